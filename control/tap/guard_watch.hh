// What the control plane knows of sluice-guard: whose the wire is, by the guard's page, and whether a guard lives.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "control/tap/tap_coverage.hh"
#include "dataplane/exchange/guard_page.hh"

namespace sluice {

// The state of the tap while frames go past the data plane.
constexpr std::string_view bypass_state = "bypass";

// What the page said last.
struct GuardStatus {
  GuardReading page;
  bool up = false;  // it has looked at the data plane within `gone_after`
};

class GuardWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto look_interval = std::chrono::milliseconds{20};
  // It looks every few milliseconds.
  static constexpr auto gone_after = std::chrono::seconds{1};

  explicit GuardWatch(std::string path) : path_(std::move(path)) {}

  void look(Clock::time_point now);
  // Nothing where no guard ever made its page.
  [[nodiscard]] const std::optional<GuardStatus>& status() const noexcept { return status_; }
  // While the guard has the wire; also one that was killed meanwhile, since what it opened stays open.
  [[nodiscard]] std::optional<TapCoverage> bypass() const;

 private:
  std::string path_;
  std::optional<GuardStatus> status_;
  std::uint64_t looks_ = 0;
  std::optional<Clock::time_point> moved_at_;  // what a dead one left behind never does
  Clock::time_point next_look_{};
};

// Gives the order to the guard at that socket (its mode says who may). An error says what and what to do.
[[nodiscard]] tl::expected<void, std::string> send_bypass_order(const std::string& socket, BypassOrder order);

}  // namespace sluice
