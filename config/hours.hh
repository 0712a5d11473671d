// Times of a week, as options write them: "Mon-Fri 08:00-18:00", "Sat,Sun 22:00-06:00", "12:00-13:30".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice::config {

// Minutes since Monday, 00:00; `end` is the first that does not belong to it.
struct WeekSpan {
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
};
constexpr std::uint16_t minutes_a_week = 7 * 24 * 60;

// Days, where there are none every day, and a span of each; one that ends before it begins lasts into the next day.
// 24:00 ends a day. The spans are in order and apart. Nothing where the text is none of these.
[[nodiscard]] std::optional<std::vector<WeekSpan>> parse_hours(std::string_view text);
// Whether the two have a minute in common.
[[nodiscard]] bool overlap(const std::vector<WeekSpan>& one, const std::vector<WeekSpan>& other);

}  // namespace sluice::config
