#include "rules/imports/import_value.hh"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

#include <fmt/format.h>

#include "rules/names/address.hh"
#include "rules/text/date.hh"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

constexpr std::string_view digits = "0123456789";

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string armed(std::string_view word) {
  std::string text(word);
  if (text.find_first_of("[(") != std::string::npos && text.find("://[") == std::string::npos) {
    for (const auto* const dot : {"[.]", "(.)", "[dot]", "(dot)"}) replace_all(text, dot, ".");
    replace_all(text, "[:]", ":");
  }
  if (lower_case(text.substr(0, 4)) == "hxxp") text.replace(0, 4, "http");
  return text;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

// What stands before ":PORT", or "[ADDRESS]:PORT"; nothing where there is no port.
std::string_view without_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return {};
  const auto port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size()) return {};
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host.find(':') == std::string_view::npos ? host : std::string_view{};
}

bool is_pattern(std::string_view text) { return text.find_first_of("*^$|\\{}+?()[]") != std::string_view::npos; }

void set(ImportedRow& row, std::string_view kind, std::string_view indicator) {
  row[ListColumn::kind] = kind;
  row[ListColumn::indicator] = indicator;
}

}  // namespace

bool read_import_value(std::string_view word, std::size_t place, ImportedRows& into, ImportedRow& row) {
  auto text = armed(trimmed(word));
  const auto& wanted = into.defaults().kind;
  const bool names_as_hosts = wanted == "host";
  if (text.empty() || text.front() == '/') {
    into.leave(text.empty() ? LeftOut::malformed : LeftOut::no_host, place, word);
    return false;
  }
  const auto lower = lower_case(text);
  // A prefix before a URL: both have a slash.
  if (AddressRange::parse(text)) {
    set(row, text.find('/') == std::string::npos ? "ip" : "cidr", text);
    // The prefix of one address is that address.
    const auto range = *AddressRange::parse(text);
    if (range.first == range.last) set(row, "ip", range.first.text());
    return true;
  }
  if (lower.find("://") != std::string::npos || (text.find('/') != std::string::npos && !Address::parse(text))) {
    const auto bits = text.substr(text.find('/') + 1);
    const bool prefix = Address::parse(text.substr(0, text.find('/'))) && !bits.empty() &&
                        bits.find_first_not_of(digits) == std::string::npos;
    if (prefix) {
      set(row, "cidr", text);  // with bits behind it, or beyond its family: the list says what is wrong
      return true;
    }
    set(row, "url", text);
    return true;
  }
  if (const auto host = without_port(text); !host.empty()) {
    const std::string without(host);
    into.note(TakenAs::without_port, place, text);
    if (row[ListColumn::purpose].empty())
      row[ListColumn::purpose] = fmt::format("listed with port {}", text.substr(text.rfind(':') + 1));
    set(row, Address::parse(without) ? "ip" : names_as_hosts ? "host" : "domain", without);
    return true;
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']' && Address::parse(text.substr(1, text.size() - 2))) {
    set(row, "ip", text.substr(1, text.size() - 2));
    return true;
  }
  if (text.starts_with("*.") || text.starts_with(".")) {
    into.note(TakenAs::without_star, place, text);
    text.erase(0, text.front() == '.' ? 1 : 2);
  }
  if (is_pattern(text)) {
    into.leave(LeftOut::pattern, place, word);
    return false;
  }
  const bool digest = is_hex(text) && (text.size() == 32 || text.size() == 40 || text.size() == 64);
  if (digest) {
    const bool said = (wanted == "ja3" && text.size() == 32) || (wanted == "cert_sha1" && text.size() == 40) ||
                      (wanted == "cert_sha256" && text.size() == 64);
    if (!said) {
      into.leave(LeftOut::not_on_the_wire, place, word,
                 "a digest, of a file perhaps: --kind ja3, cert_sha1 or cert_sha256 says what it is");
      return false;
    }
    set(row, wanted, text);
    return true;
  }
  set(row, names_as_hosts ? "host" : "domain", text);
  return true;
}

void take_import_value(std::string_view word, std::size_t place, ImportedRows& into, ImportedRow row) {
  if (read_import_value(word, place, into, row)) into.take(std::move(row), place);
}

std::string_view import_confidence(int percent) noexcept {
  constexpr int medium_from = 30;
  constexpr int high_from = 70;
  return percent >= high_from ? "high" : percent >= medium_from ? "medium" : "low";
}

std::string import_tlp(std::string_view label) {
  auto text = lower_case(trimmed(label));
  if (text.starts_with("tlp:")) text.erase(0, 4);
  if (text == "white") return "clear";
  for (const auto* const known : {"clear", "green", "amber", "amber+strict", "red"})
    if (text == known) return text;
  return {};
}

std::string import_day(std::string_view time) {
  constexpr std::size_t day_size = 10;
  const auto text = trimmed(time);
  if (parse_date(text.substr(0, day_size))) return std::string(text.substr(0, day_size));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t day_seconds = 86'400;
  constexpr std::int64_t last = std::int64_t{230} * 366 * day_seconds;
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds <= 0 || seconds > last)
    return {};
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{seconds / day_seconds}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace sluice
