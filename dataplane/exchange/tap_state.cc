#include "dataplane/exchange/tap_state.hh"

#include <array>
#include <chrono>
#include <cstdio>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 5> names{"starting", "inspecting", "degraded", "uninspected", "stopped"};

// "2026-03-01 23:59:59 UTC"
std::string moment(Tick tick) {
  const std::chrono::sys_time<Duration> time{tick.time_since_epoch()};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

std::string_view name_of(TapState state) noexcept {
  const auto number = static_cast<std::size_t>(state);
  return number < names.size() ? names[number] : "unknown";  // it may come from shared memory
}

TapVerdict judge(const TapCondition& condition) {
  if (condition.hung_worker)
    return {TapState::uninspected, "worker " + std::to_string(*condition.hung_worker) + " has stopped moving"};
  if (condition.loading_first) return {TapState::starting, "the first rules are being loaded"};
  if (!condition.has_rules) {
    return {TapState::uninspected, condition.shortcoming.empty()
                                       ? "no rules: push a pack, or name lists in the configuration"
                                       : "no rules: " + condition.shortcoming};
  }
  if (!condition.unanswered.empty()) return {TapState::uninspected, condition.unanswered};
  if (!condition.unaccounted.empty()) return {TapState::degraded, condition.unaccounted};
  if (condition.suspended_rules != 0) {
    const auto blocking = std::to_string(condition.suspended_blocking);
    return {TapState::degraded,
            std::to_string(condition.suspended_rules) + " rules suspended for their cost" +
                (condition.suspended_blocking == 0 ? std::string{}
                                                   : ", " + blocking + " that block: their traffic passes") +
                " (" + condition.suspended_rule + ")"};
  }
  if (!condition.lapsed.empty()) return {TapState::degraded, condition.lapsed};
  if (!condition.stale.empty()) {
    return {TapState::degraded,
            "rules stale since " + moment(condition.stale_since) + ": " + condition.stale + " has expired"};
  }
  if (!condition.shortcoming.empty()) return {TapState::degraded, condition.shortcoming};
  return {TapState::inspecting, {}};
}

}  // namespace sluice
