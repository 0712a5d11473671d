#include "control/text/timestamp.hh"

#include <fmt/format.h>
#include <chrono>

namespace sluice {
namespace {

using std::chrono::floor;

// Seconds first: in nanoseconds, the midnight before the earliest moment has no number.
std::chrono::seconds seconds_of(Tick time) { return floor<std::chrono::seconds>(time.time_since_epoch()); }

std::chrono::sys_days day_of(Tick time) { return std::chrono::sys_days{floor<std::chrono::days>(seconds_of(time))}; }

std::string time_of_day(Tick time) {
  const std::chrono::hh_mm_ss clock{seconds_of(time) - day_of(time).time_since_epoch()};
  return fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string timestamp_text(Tick time) {
  const auto micros = floor<std::chrono::microseconds>(time.time_since_epoch());
  const auto within_second = micros - floor<std::chrono::seconds>(micros);
  return fmt::format("{}T{}.{:06}+0000", day_text(time), time_of_day(time), within_second.count());
}

std::optional<std::int64_t> seconds_from(std::string_view timestamp) noexcept {
  constexpr std::string_view form = "0000-00-00T00:00:00.000000+0000";
  if (timestamp.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_digit = timestamp[i] >= '0' && timestamp[i] <= '9';
    if (form[i] == '0' ? !is_digit : timestamp[i] != form[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const auto c : timestamp.substr(at, digits)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok()) return std::nullopt;
  const auto time = std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{number(11, 2)} +
                    std::chrono::minutes{number(14, 2)} + std::chrono::seconds{number(17, 2)};
  return std::chrono::seconds{time}.count();
}

std::string day_text(Tick time) {
  const std::chrono::year_month_day date{day_of(time)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string second_text(Tick time) { return day_text(time) + ' ' + time_of_day(time); }

std::string second_text(Tick time, Tick since) {
  return day_of(time) == day_of(since) ? time_of_day(time) : second_text(time);
}

std::int64_t unix_seconds(Tick time) { return seconds_of(time).count(); }

}  // namespace sluice
