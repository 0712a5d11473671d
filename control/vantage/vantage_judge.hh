// Whether the tap stands where it sees what it is to see: samples over time in, a judgement of each condition out.
// Pure: time is the samples' own. README.md says what it takes.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/vantage/vantage_sample.hh"

namespace sluice {

enum class VantageCondition : std::uint8_t {
  ports_swapped,
  one_direction_only,
  no_dhcp,
  nat_suspected,
  router_between
};
constexpr std::array<std::string_view, 5> vantage_condition_names{"ports-swapped", "one-direction-only", "no-dhcp",
                                                                  "nat-suspected", "router-between"};
[[nodiscard]] constexpr std::string_view text_of(VantageCondition condition) noexcept {
  return vantage_condition_names[static_cast<std::size_t>(condition)];
}
// Of one pair of ports, and wrong wherever it is found; the others are of the tap, and may be so on purpose.
[[nodiscard]] constexpr bool is_of_wiring(VantageCondition condition) noexcept {
  return condition <= VantageCondition::one_direction_only;
}

enum class VantageState : std::uint8_t { not_known, not_found, found };
constexpr std::array<std::string_view, 3> vantage_state_names{"not-known", "not-found", "found"};

struct VantageJudgement {
  VantageCondition condition{};
  std::string pair;  // empty where it is of the tap
  VantageState state{};
  Tick since{};                // of the state; wall time
  bool silent_inside = false;  // one-direction-only: the side that is not heard, else the outside
  // On which it stands: names of JSON, and how many in the stretch of time that it was judged by.
  std::vector<std::pair<std::string_view, std::uint64_t>> figures;
  std::vector<std::string> devices;  // ids of the first of them
};

class VantageJudge {
 public:
  static constexpr auto window = std::chrono::seconds{60};        // of connections
  static constexpr auto setup_window = std::chrono::minutes{10};  // of DHCP and router advertisements
  static constexpr auto silence = std::chrono::seconds{25};       // in which nothing comes in at all
  static constexpr auto memory = std::chrono::minutes{10};        // of "not found", without a further sign

  // In the order of their times; one of another epoch, or with other pairs, begins anew.
  void take(VantageSample sample);
  // Those of each pair, then those of the tap; nothing before the first sample.
  [[nodiscard]] const std::vector<VantageJudgement>& judgements() const noexcept { return judgements_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Evidence : std::uint8_t { none, against, in_favour };

  void begin_anew(const VantageSample& sample);
  void settle(VantageJudgement& judgement, Time& sign, Evidence evidence);
  [[nodiscard]] Evidence swapped(VantageJudgement& judgement, std::size_t pair) const;
  [[nodiscard]] Evidence one_direction(VantageJudgement& judgement, std::size_t pair, Time sign) const;
  [[nodiscard]] Evidence without_dhcp(VantageJudgement& judgement);
  [[nodiscard]] const VantageSample& since(Time begin) const;
  [[nodiscard]] Wiring grown(std::size_t pair, Time begin) const;

  std::deque<VantageSample> samples_;  // of setup_window
  std::vector<VantageJudgement> judgements_;
  std::vector<Time> signs_;  // when each of them had its last
  // Without a message of DHCP:
  std::chrono::seconds quiet_{};
  std::uint64_t quiet_device_seconds_ = 0;
};

}  // namespace sluice
