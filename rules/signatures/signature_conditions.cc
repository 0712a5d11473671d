#include "rules/signatures/signature_conditions.hh"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_header.hh"
#include "rules/signatures/signature_number.hh"
#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::uint64_t most_u8 = 0xff;
constexpr std::uint64_t most_u16 = 0xffff;
constexpr std::uint64_t most_u32 = 0xffff'ffff;

// Those that are one number to compare with.
struct NumberKeyword {
  std::string_view name;
  ConditionKind kind;
  std::uint64_t most;
};
constexpr std::array<NumberKeyword, 16> numbers{{{"dsize", ConditionKind::payload_size, most_u16},
                                                 {"ttl", ConditionKind::ttl, most_u8},
                                                 {"id", ConditionKind::ip_id, most_u16},
                                                 {"itype", ConditionKind::icmp_type, most_u8},
                                                 {"icode", ConditionKind::icmp_code, most_u8},
                                                 {"icmp_id", ConditionKind::icmp_id, most_u16},
                                                 {"icmp_seq", ConditionKind::icmp_sequence, most_u16},
                                                 {"fragoffset", ConditionKind::fragment_offset, most_u16},
                                                 {"tos", ConditionKind::type_of_service, most_u8},
                                                 {"seq", ConditionKind::tcp_sequence, most_u32},
                                                 {"tcp.seq", ConditionKind::tcp_sequence, most_u32},
                                                 {"ack", ConditionKind::tcp_acknowledgement, most_u32},
                                                 {"tcp.ack", ConditionKind::tcp_acknowledgement, most_u32},
                                                 {"window", ConditionKind::tcp_window, most_u16},
                                                 {"tcp.mss", ConditionKind::tcp_mss, most_u16},
                                                 {"flow.age", ConditionKind::flow_age, most_u32}}};

constexpr std::array<std::string_view, 26> all_keywords{
    "prefilter", "dsize",    "ttl",      "id",     "itype",   "icode",      "icmp_id", "icmp_seq", "fragoffset",
    "tos",       "seq",      "tcp.seq",  "ack",    "tcp.ack", "window",     "tcp.mss", "flow.age", "flags",
    "tcp.flags", "fragbits", "ip_proto", "ipopts", "sameip",  "tcp.window", "noalert", "alert"};

// IANA's protocol numbers by the names of its registry that rules use.
struct NamedNumber {
  std::string_view name;
  std::uint8_t number;
};
constexpr std::array<NamedNumber, 16> ip_protocols{{{"icmp", 1},
                                                    {"igmp", 2},
                                                    {"ipip", 4},
                                                    {"ip-in-ip", 4},
                                                    {"tcp", 6},
                                                    {"egp", 8},
                                                    {"udp", 17},
                                                    {"ipv6", 41},
                                                    {"rsvp", 46},
                                                    {"gre", 47},
                                                    {"esp", 50},
                                                    {"ah", 51},
                                                    {"icmpv6", 58},
                                                    {"ipv6-icmp", 58},
                                                    {"pim", 103},
                                                    {"sctp", 132}}};

// RFC 791 section 3.1 and IANA's "Internet Protocol Version 4 Parameters": the whole octet of the option's type.
struct NamedOption {
  std::string_view name;
  std::uint16_t number;
};
constexpr std::array<NamedOption, 11> ip_options{{{"rr", 7},
                                                  {"lsrr", 131},
                                                  {"eol", 0},
                                                  {"nop", 1},
                                                  {"ts", 68},
                                                  {"sec", 130},
                                                  {"esec", 133},
                                                  {"cipso", 134},
                                                  {"ssrr", 137},
                                                  {"satid", 136},
                                                  {"any", any_option}}};

std::string_view value_of(const SignatureOption& option) { return option.value.value_or(std::string_view{}); }

// Values may stand in quotes.
std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? trimmed(text.substr(1, text.size() - 2))
                                                                       : text;
}

SignatureCondition compared(ConditionKind kind, const ComparedNumber& number) {
  SignatureCondition condition;
  condition.kind = kind;
  condition.comparison = number.comparison;
  condition.first = number.first;
  condition.second = number.second;
  return condition;
}

}  // namespace

std::span<const std::string_view> SignatureConditions::keywords() noexcept { return all_keywords; }

bool SignatureConditions::read(const SignatureOption& option, Signature& signature) {
  const auto name = option.name;
  if (std::find(all_keywords.begin(), all_keywords.end(), name) == all_keywords.end()) return false;
  const auto* const number =
      std::find_if(numbers.begin(), numbers.end(), [&](const NumberKeyword& keyword) { return keyword.name == name; });
  if (number != numbers.end()) {
    read_number(option, number->kind, number->most, signature);
  } else if (name == "tcp.window") {
    read_number(option, ConditionKind::tcp_window, most_u16, signature);
  } else if (name == "flags" || name == "tcp.flags") {
    read_tcp_flags(option, signature);
  } else if (name == "fragbits") {
    read_fragment_bits(option, signature);
  } else if (name == "ip_proto") {
    read_protocol(option, signature);
  } else if (name == "ipopts") {
    read_options(option, signature);
  } else if (name == "sameip") {
    if (option.value) return fail(option.value_at, "sameip takes no value: write sameip;"), true;
    SignatureCondition condition;
    condition.kind = ConditionKind::same_address;
    add(option, signature, std::move(condition));
  } else if (name == "prefilter") {  // where Suricata looks first; the order of looking changes no result
    if (option.value) fail(option.value_at, "prefilter takes no value: write prefilter;");
  } else if (name == "noalert" || name == "alert") {
    if (option.value) return fail(option.value_at, fmt::format("{} takes no value: write {};", name, name)), true;
    if (signature.silent || signature.speaks)
      return fail(option.at, fmt::format("{} beside another word for the same: remove one", name)), true;
    (name == "noalert" ? signature.silent : signature.speaks) = true;
  }
  return true;
}

void SignatureConditions::add(const SignatureOption& option, Signature& signature, SignatureCondition condition) {
  if (signature.conditions.size() == signature_condition_limit)
    return fail(option.at, fmt::format("more than {} conditions: split the rule", signature_condition_limit));
  signature.conditions.push_back(std::move(condition));
}

void SignatureConditions::read_number(const SignatureOption& option, ConditionKind kind, std::uint64_t most,
                                      Signature& signature) {
  const auto number = compared_number(unquoted(value_of(option)), most);
  if (!number)
    return fail(option.value_at, fmt::format("{}:{}: write a number up to {}, or !5, <5, >5, 5<>9", option.name,
                                             printable(value_of(option)), most));
  if (number->comparison == Comparison::less && number->first == 0)
    return fail(option.value_at, fmt::format("{}:<0 holds for nothing: correct the number", option.name));
  add(option, signature, compared(kind, *number));
}

// RFC 9293 section 3.1, with the modifiers of the rule language: + these and others, * any of these, ! not all of them.
void SignatureConditions::read_tcp_flags(const SignatureOption& option, Signature& signature) {
  const auto text = value_of(option);
  const auto comma = text.find(',');
  SignatureCondition condition;
  condition.kind = ConditionKind::tcp_flags;
  condition.second = most_u8;
  const auto read_letters = [&](std::string_view letters, std::uint64_t& out) {
    constexpr std::string_view known = "FSRPAUEC";  // from the lowest bit
    for (const char c : letters) {
      const auto upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      const auto bit = upper == '1' ? 7 : upper == '2' ? 6 : known.find(upper);
      if (bit != std::string_view::npos)
        out |= std::uint64_t{1} << bit;
      else if (c != '0')
        return false;
    }
    return true;
  };
  auto flags = trimmed(text.substr(0, comma));
  bool good = !flags.empty();
  for (const char modifier : {'+', '*', '!'}) {
    if (!good || (flags.front() != modifier && flags.back() != modifier)) continue;
    condition.comparison = modifier == '+'   ? Comparison::all_bits
                           : modifier == '*' ? Comparison::any_bit
                                             : Comparison::not_all_bits;
    flags = flags.front() == modifier ? flags.substr(1) : flags.substr(0, flags.size() - 1);
    good = !flags.empty();
  }
  good = good && read_letters(flags, condition.first);
  if (comma != std::string_view::npos) {
    std::uint64_t ignored = 0;
    good = good && read_letters(trimmed(text.substr(comma + 1)), ignored);
    condition.second &= ~ignored;
  }
  if (!good)
    return fail(option.value_at, fmt::format("{}:{}: write letters of F S R P A U E C, or 0 for none, with + * or ! in "
                                             "front, and behind a comma those that are not looked at",
                                             option.name, printable(text)));
  add(option, signature, std::move(condition));
}

// RFC 791 section 3.1: D (don't fragment), M (more fragments), R (reserved).
void SignatureConditions::read_fragment_bits(const SignatureOption& option, Signature& signature) {
  auto text = value_of(option);
  SignatureCondition condition;
  condition.kind = ConditionKind::fragment_bits;
  bool good = !text.empty();
  for (const char c : text) {
    switch (c) {
      case 'M': condition.first |= 1; break;
      case 'D': condition.first |= 2; break;
      case 'R': condition.first |= 4; break;
      case '+': condition.comparison = Comparison::all_bits; break;
      case '*': condition.comparison = Comparison::any_bit; break;
      case '!': condition.comparison = Comparison::not_all_bits; break;
      default: good = good && (c == ' ' || c == '[' || c == ']'); break;
    }
  }
  if (!good || condition.first == 0)
    return fail(option.value_at,
                fmt::format("fragbits:{}: write letters of D M R, with + * or ! in front", printable(text)));
  add(option, signature, std::move(condition));
}

void SignatureConditions::read_protocol(const SignatureOption& option, Signature& signature) {
  auto text = value_of(option);
  SignatureCondition condition;
  condition.kind = ConditionKind::ip_protocol;
  const auto rest = trimmed(text.substr(text.starts_with('!') ? 1 : 0));
  const auto* const named = std::find_if(ip_protocols.begin(), ip_protocols.end(), [&](const NamedNumber& one) {
    return one.name.size() == rest.size() && std::equal(rest.begin(), rest.end(), one.name.begin(), [](char a, char b) {
             return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
  });
  if (named != ip_protocols.end()) {
    condition.comparison = text.starts_with('!') ? Comparison::not_equal : Comparison::equal;
    condition.first = named->number;
    return add(option, signature, std::move(condition));
  }
  const auto number = compared_number(text, most_u8);
  if (!number)
    return fail(option.value_at, fmt::format("ip_proto:{}: write a number up to 255, or a name such as tcp, gre or esp",
                                             printable(text)));
  add(option, signature, compared(ConditionKind::ip_protocol, *number));
}

void SignatureConditions::read_options(const SignatureOption& option, Signature& signature) {
  const auto text = value_of(option);
  const auto* const found =
      std::find_if(ip_options.begin(), ip_options.end(), [&](const NamedOption& one) { return one.name == text; });
  if (found == ip_options.end())
    return fail(option.value_at, fmt::format("ipopts:{}: write one of rr, eol, nop, ts, sec, esec, cipso, lsrr, ssrr, "
                                             "satid, any",
                                             printable(text)));
  SignatureCondition condition;
  condition.kind = ConditionKind::ip_options;
  condition.first = found->number;
  add(option, signature, std::move(condition));
}

}  // namespace sluice
