// The control plane's end of the data plane's command socket: one question at a time, each with a time limit. What
// comes back is checked like any other stranger's bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/descriptor.hh"
#include "dataplane/exchange/command.hh"
#include "dataplane/exchange/hold_file.hh"
#include "dataplane/exchange/message_socket.hh"
#include "dataplane/exchange/sealed_memory.hh"
#include "dataplane/match/rule_report.hh"

namespace sluice {

struct SignedPack {
  std::vector<std::uint8_t> bytes;
  std::string signature;  // the text of its .minisig file
};

// Errors are texts for people: the data plane's own where it refused. After an answer that did not come in time the
// connection is of no further use: connect again.
class TapClient {
 public:
  static constexpr auto answer_limit = std::chrono::seconds{5};
  // Compiling may take compile_time_limit (rules/databases/compile_process.hh), and building comes on top.
  static constexpr auto publish_limit = std::chrono::seconds{240};

  [[nodiscard]] static tl::expected<TapClient, std::string> connect(const std::string& path);

  [[nodiscard]] tl::expected<TapStatus, std::string> status();
  // Replaces all packs that were pushed before, at most pushed_packs_limit. Comes back when every worker uses them; a
  // dry run does all but that.
  [[nodiscard]] tl::expected<PublishResult, std::string> publish(const std::vector<SignedPack>& packs,
                                                                 bool allow_rollback, bool dry_run,
                                                                 const SignedManifest& manifest = {});
  // The pack files of the live generation or the one before it, in the order of its rows: events count rows over the
  // indicators of all packs, then over the signatures of all packs.
  [[nodiscard]] tl::expected<SealedFiles, std::string> rules(std::uint32_t generation);
  [[nodiscard]] tl::expected<RuleReport, std::string> costs();
  // Takes suspended rules into use again: those of these ids, or all. How many those were.
  [[nodiscard]] tl::expected<std::uint32_t, std::string> resume(const std::vector<std::string>& rules);
  // Has it hold these rules from now on, and no others: alert only. How many of the live ones those are, once every
  // worker goes by it. held_rules_limit at most.
  [[nodiscard]] tl::expected<std::uint32_t, std::string> hold(const RuleIds& rules);
  // Has it read its configuration again; comes back when every worker goes by it.
  [[nodiscard]] tl::expected<ReloadResult, std::string> reload(bool dry_run);
  // Has it copy packets into its rings, until a bound is hit or this connection ends.
  [[nodiscard]] tl::expected<CaptureState, std::string> capture(const CaptureRequest& request);
  // How far that is; `end`: it is to end now.
  [[nodiscard]] tl::expected<CaptureState, std::string> look_at_capture(bool end);

 private:
  TapClient(std::string path, Descriptor socket) : path_(std::move(path)), socket_(std::move(socket)) {}

  struct Answer {
    Reply reply;
    std::vector<Descriptor> descriptors;
  };
  // A refusal comes back as an error.
  [[nodiscard]] tl::expected<Answer, std::string> ask(const Request& request, std::span<const int> descriptors,
                                                      std::chrono::seconds limit);
  [[nodiscard]] tl::unexpected<std::string> failure(const std::string& why) const;

  std::string path_;
  Descriptor socket_;
};

}  // namespace sluice
