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
