// The signatures of one generation as a worker matches them: prefilter databases, then the whole of each candidate.
// Immutable once built, shared by all workers; what a worker writes while it matches is its SignatureScratch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/signatures/captured_texts.hh"
#include "dataplane/signatures/rule_cost.hh"
#include "dataplane/signatures/signature_input.hh"
#include "dataplane/signatures/signature_state.hh"
#include "dataplane/signatures/signature_trace.hh"
#include "rules/databases/databases.hh"
#include "rules/signatures/buffer.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

// Signatures that matched, as positions in the list; more than `limit` are cut and counted.
struct SignatureHits {
  static constexpr std::size_t limit = 16;
  std::array<std::uint32_t, limit> signatures{};
  std::size_t count = 0;
  std::uint16_t silent = 0;  // bit by position: what the rule does is done, and nothing is said
  bool passed = false;       // a rule lets it pass: what comes behind it in rank was not looked at
  bool flow_passed = false;  // and its flow
};

struct SignatureCounters {
  std::uint64_t scans = 0;
  std::uint64_t candidates = 0;
  std::uint64_t cut = 0;         // a bound above was hit
  std::uint64_t state_full = 0;  // SignatureState had no room
  std::uint64_t suspended = 0;   // not tried: its rule is suspended (rule_cost.hh)
};

// Signatures whose pattern comes in one direction, once for each time, until that direction is scanned in blocks, where
// each pattern is reported once: a stream tells every time.
constexpr std::uint32_t stream_matches_limit = 256;

class SignatureScratch;
class PayloadWindow;

class SignatureSet {
 public:
  // Takes all memory that matching will need. The error names the signature (sid) and what is wrong, or says that the
  // databases are not for this list, this Hyperscan or this CPU.
  [[nodiscard]] static tl::expected<std::unique_ptr<const SignatureSet>, std::string> build(
      const SignatureList& signatures, const Databases& databases);
  ~SignatureSet();

  [[nodiscard]] std::size_t size() const noexcept;
  // Whether any signature looks there: what nobody asks for need not be collected.
  [[nodiscard]] bool wants(Buffer buffer) const noexcept;
  [[nodiscard]] bool wants(MessageNumber number) const noexcept;
  // Whether any signature is looked for in messages then.
  [[nodiscard]] bool wants(Moments moments) const noexcept;
  [[nodiscard]] bool wants(SignatureProtocol protocol) const noexcept;
  // Whether packets are looked at by themselves.
  [[nodiscard]] bool wants(SignatureMoment moment) const noexcept;
  // Of a packet's rule that drops or lets pass: the packet alone, not its flow.
  [[nodiscard]] bool is_of_packet_alone(std::uint32_t row) const noexcept;
  // What a flow's variable is called.
  [[nodiscard]] std::string_view variable_name(std::uint32_t name) const noexcept;
  [[nodiscard]] bool is_number(std::uint32_t name) const noexcept;
  // What the expressions of the rules that matched captured, since it was forgotten: before each message.
  [[nodiscard]] static std::span<const RuleCaptures::Text> captures(SignatureScratch& scratch) noexcept;
  static void forget_captures(SignatureScratch& scratch) noexcept;
  [[nodiscard]] std::string_view capture_name(std::uint32_t name) const noexcept;
  // Null where the flow has none, of this generation.
  [[nodiscard]] static const FlowVariables* variables(const SignatureTrace& trace, SignatureScratch& scratch) noexcept;

  // One a worker, made before the set is published. `streams`: directions of clear text that it may follow.
  [[nodiscard]] tl::expected<std::unique_ptr<SignatureScratch>, std::string> make_scratch(
      std::uint32_t streams = 0) const;

  // Looks in each database for a text that one of its own patterns matches, and gives the number of the first one that
  // does not answer as it must: its buffer, buffer_count for the one of streams. Nothing that traffic or rules left is
  // touched, and nothing is counted.
  [[nodiscard]] std::optional<std::size_t> first_silent(SignatureScratch& scratch) const noexcept;

  // Gives back what the flow holds, of this generation.
  static void release(SignatureTrace& trace, SignatureScratch& scratch) noexcept;

  // Overwrites `hits`, which come in the order of rank: pass before drop before reject before alert, who sets a bit
  // before who asks for it, then by priority, then as in the list. No allocation, no lock. `counters` are the worker's.
  void match(const SignatureInput& input, SignatureScratch& scratch, SignatureHits& hits,
             SignatureCounters& counters) const noexcept;
  // The same for clear text of TCP, `fresh` being what follows in its direction: at most stream_piece_limit bytes.
  // Signatures are confirmed in what `window` holds and in `fresh`, which the window holds then. `stream`: which of the
  // scratch's is the window's. `input` has no buffers. Hits come in no order, and none twice as long as the window
  // remembers it.
  void match_stream(SignatureInput& input, Bytes fresh, PayloadWindow& window, std::uint32_t stream,
                    SignatureScratch& scratch, SignatureHits& hits, SignatureCounters& counters) const noexcept;

 private:
  struct Parts;
  explicit SignatureSet(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// What one worker writes while it matches. Never shared.
class SignatureScratch {
 public:
  struct Parts;
  explicit SignatureScratch(std::unique_ptr<Parts> parts);
  ~SignatureScratch();
  [[nodiscard]] Parts& parts() noexcept { return *parts_; }
  [[nodiscard]] RuleCosts& costs() noexcept;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice
