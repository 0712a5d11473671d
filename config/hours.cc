#include "config/hours.hh"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::config {
namespace {

constexpr std::uint16_t minutes_a_day = 24 * 60;
constexpr std::array<std::string_view, 7> days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

// What stands before `mark`, which is taken off `text` with it; all of the text where there is no mark.
std::string_view take(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const auto part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return part;
}

std::optional<unsigned> two_digits(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.size() != 2 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "08:30", in minutes of the day; up to 24:00.
std::optional<unsigned> parse_time(std::string_view text) {
  const auto hours = two_digits(take(text, ':'));
  const auto minutes = two_digits(text);
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const auto time = *hours * 60 + *minutes;
  return time <= minutes_a_day ? std::optional{time} : std::nullopt;
}

std::optional<std::size_t> parse_day(std::string_view text) {
  const auto found = std::ranges::find(days, text);
  return found == days.end() ? std::nullopt : std::optional{static_cast<std::size_t>(found - days.begin())};
}

// "Mon-Fri,Sun"; each day once.
std::optional<std::array<bool, 7>> parse_days(std::string_view text) {
  std::array<bool, 7> named{};
  if (text.ends_with(',')) return std::nullopt;
  do {
    auto range = take(text, ',');
    const bool is_range = range.find('-') != std::string_view::npos;
    const auto first = parse_day(take(range, '-'));
    const auto last = is_range ? parse_day(range) : first;
    if (!first || !last) return std::nullopt;
    for (auto day = *first;; day = (day + 1) % days.size()) {
      if (named[day]) return std::nullopt;
      named[day] = true;
      if (day == *last) break;
    }
  } while (!text.empty());
  return named;
}

}  // namespace

std::optional<std::vector<WeekSpan>> parse_hours(std::string_view text) {
  std::optional<std::array<bool, 7>> named{{true, true, true, true, true, true, true}};
  if (text.find(' ') != std::string_view::npos) named = parse_days(take(text, ' '));
  const auto begin = parse_time(take(text, '-'));
  const auto end = parse_time(text);
  if (!named || !begin || !end || *begin == *end || *begin == minutes_a_day) return std::nullopt;
  std::vector<WeekSpan> spans;
  const auto add = [&](std::size_t from, std::size_t to) {
    spans.push_back({static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to)});
  };
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (!(*named)[day]) continue;
    const auto midnight = day * minutes_a_day;
    const auto length = *end > *begin ? *end - *begin : *end + minutes_a_day - *begin;
    const auto from = midnight + *begin;
    add(from, std::min<std::size_t>(from + length, minutes_a_week));
    if (from + length > minutes_a_week) add(0, from + length - minutes_a_week);  // of Sunday night
  }
  std::ranges::sort(spans, {}, &WeekSpan::begin);
  return spans;
}

bool overlap(const std::vector<WeekSpan>& one, const std::vector<WeekSpan>& other) {
  return std::ranges::any_of(one, [&](const WeekSpan& a) {
    return std::ranges::any_of(other, [&](const WeekSpan& b) { return a.begin < b.end && b.begin < a.end; });
  });
}

}  // namespace sluice::config
