#include "rules/text/date.hh"

#include <charconv>

namespace sluice {
namespace {

// -1 where a character is no digit.
int number(std::string_view digits) {
  unsigned value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && stopped == end ? static_cast<int>(value) : -1;
}

}  // namespace

std::optional<std::chrono::sys_days> parse_date(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  if (year < first_year || year > last_year || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::int64_t end_of_day_nanoseconds(std::chrono::sys_days date) noexcept {
  return std::chrono::nanoseconds{date.time_since_epoch() + std::chrono::days{1}}.count();
}

}  // namespace sluice
