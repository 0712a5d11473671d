#include "rules/signatures/signature_message_number.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "rules/signatures/number_name.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr auto all_keywords = std::to_array<std::string_view>({
    "tls.version",
    "ssl_version",
    "ssl_state",
    "tls.cert_chain_len",
    "tls_cert_notbefore",
    "tls_cert_notafter",
    "tls_cert_expired",
    "tls_cert_valid",
    "dns.opcode",
    "dns.rcode",
    "dns.rrtype",
    "http2.frametype",
    "http2.errorcode",
    "http2.priority",
    "http2.window",
    "http2.settings",
    "filesize",
});

std::string lower(std::string_view text) {
  std::string folded{text};
  for (auto& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
  return folded;
}

std::optional<std::uint64_t> find(std::span<const NamedNumber> names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const NamedNumber& entry) { return entry.name == name; });
  if (found == names.end()) return std::nullopt;
  return found->value;
}

std::string listed(std::span<const NamedNumber> names) {
  std::string text;
  for (const auto& entry : names) text += fmt::format("{}{}", text.empty() ? "" : ", ", entry.name);
  return text;
}

// A number, or its name, or ! and its name.
std::optional<IntegerTest> named_test(std::string_view text, std::span<const NamedNumber> names,
                                      std::uint64_t maximum) {
  if (const auto test = read_integer_test(text, maximum)) return test;
  const bool negated = text.starts_with('!');
  const auto value = find(names, lower(text.substr(negated ? 1 : 0)));
  if (!value) return std::nullopt;
  return negated ? IntegerTest::different(*value) : IntegerTest::equal(*value);
}

bool take_number(std::string_view& text, std::size_t digits, unsigned& value) {
  const auto head = text.substr(0, digits);
  const auto [end, error] = std::from_chars(head.data(), head.data() + head.size(), value);
  if (error != std::errc{} || head.size() != digits || end != head.data() + head.size()) return false;
  text.remove_prefix(digits);
  return true;
}

// 2008, 2008-05, 2008-05-01, 2008-05-01 13, ... 2008-05-01 13:05:59, or a T for the blank: seconds since
// certificate_epoch.
std::optional<std::uint64_t> read_time(std::string_view text) {
  unsigned year = 0;
  unsigned month = 1;
  unsigned day = 1;
  std::array<unsigned, 3> time{};
  const auto take = [&](char sign, unsigned& value) {
    if (text.empty()) return true;
    if (!text.starts_with(sign) && !(sign == ' ' && text.starts_with('T'))) return false;
    text.remove_prefix(1);
    return take_number(text, 2, value);
  };
  if (!take_number(text, 4, year) || !take('-', month) || !take('-', day) || !take(' ', time[0]) ||
      !take(':', time[1]) || !take(':', time[2]) || !text.empty())
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok() || time[0] > 23 || time[1] > 59 || time[2] > 59) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  const auto seconds = std::int64_t{days} * 86'400 + time[0] * 3600 + time[1] * 60 + time[2];
  return certificate_epoch + static_cast<std::uint64_t>(seconds);
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<IntegerTest> read_time_test(std::string_view text) {
  using Kind = IntegerTest::Kind;
  constexpr auto last = std::numeric_limits<std::uint64_t>::max();
  const bool before = text.starts_with('<');
  const bool after = text.starts_with('>');
  if (before || after) {
    const auto time = read_time(without_blanks(text.substr(1)));
    if (!time || *time == 0) return std::nullopt;
    return before ? IntegerTest{Kind::within, 0, *time - 1} : IntegerTest{Kind::within, *time + 1, last};
  }
  const auto between = text.find("<>");
  const auto first = read_time(without_blanks(text.substr(0, between)));
  if (!first || between == std::string_view::npos)
    return first ? std::optional{IntegerTest::equal(*first)} : std::nullopt;
  const auto second = read_time(without_blanks(text.substr(between + 2)));
  if (!second || *second < *first + 2) return std::nullopt;
  return IntegerTest{Kind::within, *first + 1, *second - 1};
}

}  // namespace

std::span<const std::string_view> SignatureNumbers::keywords() noexcept { return all_keywords; }

bool SignatureNumbers::read(const SignatureOption& option) {
  constexpr std::string_view numbers = "a number, !, <, >, or a range such as 1-4";
  const auto name = option.name;
  if (name == "tls.version")
    read_tls_version(option);
  else if (name == "ssl_version")
    read_list(option, MessageNumber::ssl_version, ',');
  else if (name == "ssl_state")
    read_list(option, MessageNumber::ssl_state, '|');
  else if (name == "tls.cert_chain_len")
    read_integer(option, MessageNumber::tls_cert_chain_len, 0xffff'ffff, numbers);
  else if (name == "tls_cert_notbefore")
    read_validity(option, MessageNumber::tls_cert_notbefore);
  else if (name == "tls_cert_notafter")
    read_validity(option, MessageNumber::tls_cert_notafter);
  else if (name == "tls_cert_expired" || name == "tls_cert_valid")
    read_validity(option, MessageNumber::tls_cert_expired);
  else if (name == "dns.opcode")
    read_integer(option, MessageNumber::dns_opcode, 0xff, numbers);
  else if (name == "dns.rcode")
    read_named(option, MessageNumber::dns_rcode);
  else if (name == "dns.rrtype")
    read_named(option, MessageNumber::dns_rrtype);
  else if (name == "http2.frametype")
    read_named(option, MessageNumber::http2_frametype);
  else if (name == "http2.errorcode")
    read_named(option, MessageNumber::http2_errorcode);
  else if (name == "http2.priority")
    read_integer(option, MessageNumber::http2_priority, 0xff, numbers);
  else if (name == "http2.window")
    read_integer(option, MessageNumber::http2_window, 0x7fff'ffff, numbers);
  else if (name == "filesize")
    read_integer(option, MessageNumber::file_size, 0xffff'ffff'ffff'ffff, numbers);
  else if (name == "http2.settings")
    read_setting(option);
  else
    return false;
  return true;
}

std::vector<PlacedNumber> SignatureNumbers::finish() {
  if (numbers_.size() > number_conditions_limit)
    faults_.push_back({numbers_[number_conditions_limit].at,
                       fmt::format("more than {} conditions on numbers: split the rule", number_conditions_limit)});
  return std::move(numbers_);
}

void SignatureNumbers::add(const SignatureOption& option, MessageNumber number, std::vector<IntegerTest> any_of) {
  numbers_.push_back({{number, std::move(any_of)}, option.at});
}

void SignatureNumbers::refuse(const SignatureOption& option, std::string_view allowed) {
  faults_.push_back({option.value ? option.value_at : option.at,
                     fmt::format("{}:\"{}\" is not matched here: write {}", option.name,
                                 printable(option.value.value_or(std::string_view())), allowed)});
}

void SignatureNumbers::read_integer(const SignatureOption& option, MessageNumber number, std::uint64_t maximum,
                                    std::string_view allowed) {
  const auto test = read_integer_test(option.value.value_or(std::string_view()), maximum);
  if (!test) return refuse(option, allowed);
  add(option, number, {*test});
}

void SignatureNumbers::read_tls_version(const SignatureOption& option) {
  auto text = option.value.value_or(std::string_view());
  const bool negated = text.starts_with('!');
  if (negated) text.remove_prefix(1);
  auto value = find(names_of(MessageNumber::tls_version), text);
  if (!value && text.starts_with("0x")) value = sluice::read_integer(text, 0xffff);
  if (!value)
    return refuse(option, "one of " + listed(names_of(MessageNumber::tls_version)) + ", or its number such as 0x7f12");
  add(option, MessageNumber::tls_version, {negated ? IntegerTest::different(*value) : IntegerTest::equal(*value)});
}

// Any of the names, or, with ! before the one that there is, none.
void SignatureNumbers::read_list(const SignatureOption& option, MessageNumber number, char separator) {
  const auto names = names_of(number);
  const auto text = option.value.value_or(std::string_view());
  std::vector<IntegerTest> any_of;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(separator, from), text.size());
    auto word = without_blanks(text.substr(from, end - from));
    const bool negated = word.starts_with('!');
    const auto value = find(names, lower(word.substr(negated ? 1 : 0)));
    if (!value || (negated && (from != 0 || end != text.size())) || any_of.size() == number_tests_limit)
      return refuse(option,
                    fmt::format("one or several of {} with {} between them, or ! and one", listed(names), separator));
    any_of.push_back(negated ? IntegerTest::different(*value) : IntegerTest::equal(*value));
    from = end + 1;
  }
  add(option, number, std::move(any_of));
}

void SignatureNumbers::read_named(const SignatureOption& option, MessageNumber number) {
  const auto test = named_test(option.value.value_or(std::string_view()), names_of(number), 0xffff'ffff);
  if (!test) return refuse(option, "a number, !, <, >, a range such as 1-4, or a name as its standard has it");
  add(option, number, {*test});
}

// SETTINGS_ENABLE_PUSH: that it was set; SETTINGS_HEADER_TABLE_SIZE>1000: to what.
void SignatureNumbers::read_setting(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  const auto end = std::min(text.find_first_of("<>=!& "), text.size());
  const auto setting = find(names_of(MessageNumber::http2_settings), lower(text.substr(0, end)));
  const auto rest = without_blanks(text.substr(end));
  const auto test = rest.empty() ? std::optional{IntegerTest{IntegerTest::Kind::within, 0, 0xffff'ffff}}
                                 : read_integer_test(rest, 0xffff'ffff);
  if (!setting || !test || (test->kind != IntegerTest::Kind::within && test->kind != IntegerTest::Kind::outside))
    return refuse(option, "one of " + listed(names_of(MessageNumber::http2_settings)) +
                              ", with <, >, = or ! and a number behind it");
  const auto base = *setting << http2_setting_shift;
  constexpr std::uint64_t last = 0xffff'ffff;
  if (test->kind == IntegerTest::Kind::within)
    return add(option, MessageNumber::http2_settings, {{test->kind, base + test->first, base + test->second}});
  // Outside a range, but of this setting.
  std::vector<IntegerTest> any_of;
  if (test->first > 0) any_of.push_back({IntegerTest::Kind::within, base, base + test->first - 1});
  if (test->second < last) any_of.push_back({IntegerTest::Kind::within, base + test->second + 1, base + last});
  add(option, MessageNumber::http2_settings, std::move(any_of));
}

void SignatureNumbers::read_validity(const SignatureOption& option, MessageNumber number) {
  if (number == MessageNumber::tls_cert_expired) {
    if (option.value) return refuse(option, fmt::format("{};", option.name));
    return add(option, number, {IntegerTest::equal(option.name == "tls_cert_expired" ? 1 : 0)});
  }
  const auto test = read_time_test(option.value.value_or(std::string_view()));
  if (!test)
    return refuse(option, "a time such as 2015, 2015-10-22 or 2015-10-22 23:59:59, behind < or >, or two with <>");
  add(option, number, {*test});
}

}  // namespace sluice
