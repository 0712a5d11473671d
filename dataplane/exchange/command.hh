// Commands of the control plane and the answers to them, as values and as messages. Each side takes the other's
// messages for hostile: they are checked whole before anything in them is looked at.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "config/plan.hh"
#include "dataplane/base/bytes.hh"
#include "rules/pack/manifest.hh"

namespace sluice {

constexpr std::size_t command_size_limit = std::size_t{64} * 1024;  // bytes of a message
constexpr std::size_t pushed_packs_limit = 16;                      // packs of a publication
constexpr std::size_t resumed_rules_limit = 64;                     // rules of one request to resume them
constexpr std::size_t listed_changes_limit = 64;                    // changes of one answer to a reload
constexpr std::size_t change_text_limit = 240;                      // bytes of each text of one
// Memory files beside one message: the pushed packs, and the lists of the site (64 of each kind at most). The kernel
// passes 253 at most (SCM_MAX_FD).
constexpr std::size_t command_descriptors_limit = 16 + 2 * 64;

struct StatusQuery {};

struct PublishRequest {
  std::vector<std::string> signatures;  // of each memory file that comes with it
  bool allow_rollback = false;
  bool dry_run = false;
  SignedManifest manifest{};  // empty: packs without one
};

struct RulesQuery {
  std::uint32_t generation = 0;
};

struct CostQuery {};

struct ResumeRequest {
  std::vector<std::string> rules;  // ids; none = all that are suspended
};

struct ReloadRequest {
  bool dry_run = false;  // say what would change, and change nothing
};

struct HoldRequest {};  // a memory file beside the message: hold_file.hh; none: no rule is held

// Copies of packets (wire/capture_tap.hh).
struct CaptureRequest {
  std::vector<std::uint8_t> program;  // of packet_filter.hh
  std::uint32_t ports = 0;            // a bit each, in the order of their names
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::chrono::milliseconds time{};
  std::uint32_t snap_length = 0;
};

struct CaptureLook {
  bool end = false;  // it is to end now
};

using Request = std::variant<StatusQuery, PublishRequest, RulesQuery, CostQuery, ResumeRequest, ReloadRequest,
                             HoldRequest, CaptureRequest, CaptureLook>;

struct TapPack {
  std::string name;
  std::string channel;  // "site": a list of the site's own, unsigned
  std::uint64_t sequence = 0;
  std::string digest;           // of the file, hex
  std::int64_t expires_ns = 0;  // 0 = never
  std::uint64_t rows = 0;
};

struct TapStatus {
  std::string state;  // name_of(TapState)
  std::string reason;
  std::int64_t since_ns = 0;
  std::uint32_t generation = 0;
  std::string ruleset_digest;
  std::vector<TapPack> packs;  // in the order of the ruleset's rows
  std::string version;         // of the data plane
  std::string ruleset{};       // name of the live manifest; empty: packs without one
  std::uint64_t ruleset_sequence = 0;
  std::int64_t ruleset_expires_ns = 0;  // 0 = never
  std::string mode{};                   // "monitor" or "enforce"
  std::vector<std::string> notices{};   // what the site has decided that its readers have to know
};

struct PublishResult {
  std::uint32_t generation = 0;         // of a dry run: the one that stays live
  std::string digest;                   // of the ruleset
  std::chrono::microseconds verify{};   // signatures, form and content of the packs
  std::chrono::microseconds compile{};  // patterns into databases
  std::chrono::microseconds build{};    // of everything else that workers match against
  std::chrono::microseconds publish{};  // until every worker used it
};

struct RulesAnswer {
  std::uint32_t count = 0;  // memory files beside the message, in the order of the ruleset's rows
};

struct CostsAnswer {};  // a memory file beside the message: rule_report_file.hh

struct ResumedAnswer {
  std::uint32_t count = 0;  // rules that were suspended
};

struct ReloadResult {
  config::Plan changes;        // the first of them, long texts cut
  std::uint32_t unlisted = 0;  // further ones
  bool applied = false;        // every worker goes by them
  std::uint32_t generation = 0;
};
// As much of a plan as a message holds.
[[nodiscard]] ReloadResult listed(const config::Plan& plan);

struct HeldAnswer {
  std::uint32_t rules = 0;  // of the live ones that are held now
};

struct CaptureState {
  std::uint64_t id = 0;
  std::string end;  // why it is over (capture_end_names); empty while it is under way
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t beyond_rate = 0;
  std::uint64_t without_room = 0;
};

struct Refusal {
  std::string text;  // what is wrong and what to do
};

using Reply = std::variant<TapStatus, PublishResult, RulesAnswer, Refusal, CostsAnswer, ResumedAnswer, ReloadResult,
                           HeldAnswer, CaptureState>;

enum class CommandError : std::uint8_t {
  too_large,  // more than command_size_limit bytes
  malformed,  // no message of this format, or cut
  unknown,    // a question or answer of a newer version
  too_many,   // packs, rules, changes
};
[[nodiscard]] std::string_view text_of(CommandError error) noexcept;

// A message that would be too large is an error of the one who asks for it.
[[nodiscard]] tl::expected<std::vector<std::uint8_t>, CommandError> encode(const Request& request);
[[nodiscard]] tl::expected<std::vector<std::uint8_t>, CommandError> encode(const Reply& reply);
[[nodiscard]] tl::expected<Request, CommandError> decode_request(Bytes message);
[[nodiscard]] tl::expected<Reply, CommandError> decode_reply(Bytes message);

}  // namespace sluice
