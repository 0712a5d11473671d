#include "rules/policy/local_hours.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::int64_t ns_a_second = 1'000'000'000;
constexpr std::int64_t seconds_a_week = std::int64_t{7} * 24 * 3600;
constexpr std::int64_t minutes_a_week = seconds_a_week / 60;
constexpr std::int64_t first_monday_s = std::int64_t{4} * 24 * 3600;  // 1970 began on a Thursday

// Towards the past, also before 1970.
constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

LocalHours::LocalTime LocalHours::local_time(std::int64_t now_s) const noexcept {
  auto next = std::ranges::upper_bound(*zone_, now_s, {}, &Shift::from_s);
  if (next == zone_->begin()) ++next;
  const auto local_s = now_s + std::prev(next)->ahead_s - first_monday_s;
  const auto of_week = local_s - floor_div(local_s, seconds_a_week) * seconds_a_week;
  return {of_week / 60, of_week % 60, next == zone_->end() ? never : next->from_s};
}

bool LocalHours::hold(std::int64_t now_ns) const noexcept {
  if (spans_.empty()) return true;
  const auto minute = local_time(floor_div(now_ns, ns_a_second)).minute;
  return std::ranges::any_of(spans_, [&](const Span& span) { return span.begin <= minute && minute < span.end; });
}

std::int64_t LocalHours::next_change(std::int64_t now_ns) const noexcept {
  if (spans_.empty()) return never;
  const auto now_s = floor_div(now_ns, ns_a_second);
  const auto now = local_time(now_s);
  auto wait = minutes_a_week;
  for (const auto& span : spans_)
    for (const std::int64_t edge : {span.begin, span.end})
      wait = std::min(wait, edge > now.minute ? edge - now.minute : edge + minutes_a_week - now.minute);
  const auto then_s = now_s - now.second + wait * 60;
  return std::min(then_s, now.until_s) * ns_a_second;
}

}  // namespace sluice
