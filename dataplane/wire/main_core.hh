// What the main core does while workers move packets: watches over them, brings rules into use, answers the control
// plane. Nothing here waits for anyone.
#pragma once

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/configuration.hh"
#include "dataplane/exchange/command_socket.hh"
#include "dataplane/generations/rule_desk.hh"
#include "dataplane/match/rule_budget.hh"
#include "dataplane/wire/tap.hh"

namespace sluice {

// The configuration that the tap goes by, and where it stands.
struct RunningConfiguration {
  std::string path;
  std::shared_ptr<const config::ConfigurationT> value;  // never null
};

class MainCore {
 public:
  // All must outlive it. `version`: of this program.
  MainCore(Tap& tap, RuleDesk& desk, RuleBudget& budget, CommandSocket& socket, RunningConfiguration configuration,
           std::string version)
      : tap_(&tap),
        desk_(&desk),
        budget_(&budget),
        socket_(&socket),
        configuration_(std::move(configuration)),
        version_(std::move(version)) {}

  // Loads the first rules; returns when they are in use (or could not be loaded, which the state says), or at `stop`.
  void start(const volatile std::sig_atomic_t& stop);
  // Until `stop` is set.
  void run(const volatile std::sig_atomic_t& stop);

 private:
  void turn();
  void take(CommandSocket::Question question, Tick now);
  void take_push(CommandSocket::Question& question, const PublishRequest& request, Tick now);
  void take_reload(CommandSocket::ClientId client, bool dry_run, Tick now);
  [[nodiscard]] Reply reload_answer(const tl::expected<PublishResult, std::string>& outcome);
  void take_hold(CommandSocket::Question& question, Tick now);
  void answer_rules(CommandSocket::ClientId client, std::uint32_t generation);
  void answer_costs(CommandSocket::ClientId client);
  void resume(CommandSocket::ClientId client, const std::vector<std::string>& rules);
  void look_at_costs(Tick now);
  [[nodiscard]] Reply begin_capture(CommandSocket::ClientId client, const CaptureRequest& request);
  [[nodiscard]] Reply look_at_capture(CommandSocket::ClientId client, bool end);
  void look_after_capture();
  [[nodiscard]] TapStatus status() const;

  Tap* tap_;
  RuleDesk* desk_;
  RuleBudget* budget_;
  CommandSocket* socket_;
  RunningConfiguration configuration_;
  std::string version_;
  struct Reload;
  CommandSocket::ClientId capturer_ = 0;           // who asked for the last capture
  bool is_capturing_ = false;                      // as said last
  std::optional<CommandSocket::ClientId> pusher_;  // waits for the end of the push, reload or hold under way
  std::shared_ptr<Reload> reload_;                 // where that is a reload
  bool holds_ = false;                             // where that is a hold
};

}  // namespace sluice
