// A calendar date as lists write it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

// Within these years a date is also a count of nanoseconds since 1970 in 64 bits.
constexpr int first_year = 1970;
constexpr int last_year = 2200;

// YYYY-MM-DD (RFC 3339 section 5.6, full-date) that exists in the calendar, from first_year to last_year.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_date(std::string_view text) noexcept;

// The moment after the last of that day (UTC), nanoseconds since 1970.
[[nodiscard]] std::int64_t end_of_day_nanoseconds(std::chrono::sys_days date) noexcept;

}  // namespace sluice
