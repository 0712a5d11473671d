#include "rules/signatures/signature_facts.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "rules/facts/classtype.hh"
#include "rules/facts/rule_fact_text.hh"
#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 10> fact_keywords{"msg",       "sid",      "rev",      "gid",    "classtype",
                                                         "reference", "metadata", "priority", "target", "requires"};
constexpr std::uint32_t most_priority = 255;  // as in Suricata; 1 is the most urgent

constexpr std::uint32_t default_generator_id = 1;  // Suricata's for rules that state none

// Rules in the wild write `confidence High` and dates as 2024_02_29; the facts have one spelling. Where a line was
// continued, several blanks stand for one.
std::string fact_spelling(std::string_view name, std::string_view value) {
  std::string text;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank || text.back() != ' ') text += blank ? ' ' : c;
  }
  if (name == "confidence")
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name == "first_seen" || name == "last_verified" || name == "expires")
    std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

// 7.0.4 as one number; nothing where it is none.
std::optional<std::uint32_t> version_number(std::string_view text) {
  std::uint32_t number = 0;
  for (int part = 0; part < 3; ++part) {
    const auto dot = std::min(text.find('.'), text.size());
    std::uint8_t value = 0;
    if (dot > 0) {
      const auto [stopped, error] = std::from_chars(text.data(), text.data() + dot, value);
      if (error != std::errc{} || stopped != text.data() + dot) return std::nullopt;
    } else if (part == 0) {
      return std::nullopt;
    }
    number = number << 8 | value;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return number;
}

constexpr std::uint32_t language_version = 8U << 16;  // Suricata 8.0.0

// ">= 7.0.4 < 9 | >= 10": whether any of the alternatives holds for the language that is read here.
std::optional<bool> meets_version(std::string_view text) {
  bool any = false;
  for (std::size_t from = 0; from <= text.size();) {
    const auto bar = std::min(text.find('|', from), text.size());
    auto rest = trimmed(text.substr(from, bar - from));
    bool all = !rest.empty();
    if (!all) return std::nullopt;
    while (!rest.empty()) {
      const auto sign = rest.substr(0, std::min(rest.find_first_not_of("<>="), rest.size()));
      rest = trimmed(rest.substr(sign.size()));
      const auto end = std::min(rest.find_first_of(" \t<>="), rest.size());
      const auto version = version_number(rest.substr(0, end));
      if (!version) return std::nullopt;
      rest = trimmed(rest.substr(end));
      if (sign == ">=")
        all = all && language_version >= *version;
      else if (sign == ">")
        all = all && language_version > *version;
      else if (sign == "<")
        all = all && language_version < *version;
      else if (sign == "<=")
        all = all && language_version <= *version;
      else
        return std::nullopt;
    }
    any = any || all;
    from = bar + 1;
  }
  return any;
}

}  // namespace

SignatureFacts::SignatureFacts(RuleFaults& faults) : faults_(faults) {
  facts_.kind = RuleKind::signature;
  facts_.finding_class = FindingClass::unclassified;
  facts_.confidence = Confidence::medium;
  facts_.tlp = "clear";
  facts_.generator_id = default_generator_id;
  facts_.revision = 0;  // as Suricata shows a rule that states none
}

std::span<const std::string_view> SignatureFacts::keywords() noexcept { return fact_keywords; }

bool SignatureFacts::read(const SignatureOption& option) {
  const auto* const found = std::find(fact_keywords.begin(), fact_keywords.end(), option.name);
  if (found == fact_keywords.end()) return false;
  const auto name = *found;
  const bool repeatable = name == "reference" || name == "metadata";
  if (!repeatable && !seen_.insert(name).second) {
    fail(option.at, fmt::format("{} stands twice: remove one", name));
  } else if (name == "msg") {
    read_msg(option);
  } else if (name == "sid") {
    read_number(option, facts_.signature_id, 1);
  } else if (name == "rev") {
    read_number(option, facts_.revision, 0);
  } else if (name == "priority") {
    read_priority(option);
  } else if (name == "target") {
    read_target(option);
  } else if (name == "requires") {
    read_requires(option);
  } else if (name == "gid") {
    read_number(option, facts_.generator_id, 0);
    if (facts_.generator_id == alert_generator_id)
      fail(option.value_at, fmt::format("gid {} is that of indicators: leave gid out", alert_generator_id));
  } else if (name == "classtype") {
    read_classtype(option);
  } else if (name == "reference") {
    read_reference(option);
  } else {
    read_metadata(option);
  }
  return true;
}

RuleFacts SignatureFacts::finish(std::string_view list_name) {
  if (seen_.count("sid") == 0) fail(0, "no sid: give the rule a number of its own, sid:1000001;");
  if (auto fault = fault_of_dates(facts_)) fail(last_verified_at_, std::move(*fault));
  facts_.rule_id = fmt::format("{}/{}", list_name, facts_.signature_id);
  if (facts_.source.empty()) facts_.source = std::move(references_);
  return std::move(facts_);
}

void SignatureFacts::read_msg(const SignatureOption& option) {
  const auto value = quoted_value(option, false, faults_);
  if (!value) return;
  const auto text = unescaped(*value, "msg", faults_);
  if (!text) return;
  facts_.subject = trimmed(*text);
  if (facts_.subject.empty()) fail(value->at, "an empty msg: say what the rule observes");
}

void SignatureFacts::read_number(const SignatureOption& option, std::uint32_t& number, std::uint32_t low) {
  const auto text = option.value.value_or(std::string_view());
  std::uint32_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stopped == end && value >= low) {
    number = value;
  } else {
    fail(option.value_at, fmt::format("{} \"{}\": write a number from {} to {}", option.name, printable(text), low,
                                      std::numeric_limits<std::uint32_t>::max()));
  }
}

void SignatureFacts::read_classtype(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  if (text.empty()) return fail(option.value_at, "classtype: write one of Suricata's, classtype:trojan-activity;");
  facts_.classtype = classtype_number(text);
  // The metadata says it in our own words; priority says it for this rule.
  if (seen_.count("class") == 0) facts_.finding_class = class_of_classtype(facts_.classtype);
  if (seen_.count("priority") == 0) facts_.priority = classtype_priority(facts_.classtype);
}

void SignatureFacts::read_priority(const SignatureOption& option) {
  std::uint32_t priority = default_priority;
  read_number(option, priority, 1);
  if (priority > most_priority) return fail(option.value_at, fmt::format("priority: write 1 to {}", most_priority));
  facts_.priority = static_cast<std::uint8_t>(priority);
}

void SignatureFacts::read_reference(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  const auto comma = text.find(',');
  if (comma == std::string_view::npos || trimmed(text.substr(0, comma)).empty() ||
      trimmed(text.substr(comma + 1)).empty())
    return fail(option.value_at,
                fmt::format("reference \"{}\": write reference:url,example.com/page;", printable(text)));
  if (!references_.empty()) references_ += "; ";
  references_ += fmt::format("{},{}", trimmed(text.substr(0, comma)), trimmed(text.substr(comma + 1)));
}

// Which end of the connection is the one that something is done to.
void SignatureFacts::read_target(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  if (text != "src_ip" && text != "dest_ip")
    fail(option.value_at, fmt::format("target \"{}\": write src_ip or dest_ip", printable(text)));
}

// requires:version >= 7.0.4 < 9 | >= 10, keyword content, feature hyperscan. What this program reads is the language of
// Suricata 8; a keyword that is required and not read is refused where it stands in the rule.
void SignatureFacts::read_requires(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto word = trimmed(text.substr(from, comma - from));
    const auto blank = std::min(word.find_first_of(" \t"), word.size());
    const auto key = word.substr(0, blank);
    if (key == "version") {
      const auto met = meets_version(trimmed(word.substr(blank)));
      if (!met) return fail(option.value_at, fmt::format("requires \"{}\": write version >= 7.0.4", printable(word)));
      if (!*met)
        return fail(option.value_at, fmt::format("requires {}: this version reads the language of Suricata 8", word));
    } else if (key != "keyword" && key != "feature") {
      return fail(option.value_at, fmt::format("requires \"{}\": write version, keyword or feature", printable(word)));
    } else if (key == "feature") {
      return fail(option.value_at, fmt::format("requires {}: no such feature here", printable(word)));
    }
    from = comma + 1;
  }
}

void SignatureFacts::read_metadata(const SignatureOption& option) {
  const auto text = option.value.value_or(std::string_view());
  if (text.empty()) return fail(option.at, "an empty metadata: write metadata:KEY VALUE, KEY VALUE; or remove it");
  facts_.metadata.append(facts_.metadata.empty() ? "" : ", ").append(text);
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto pair = trimmed(text.substr(from, comma - from));
    const auto pair_at = option.value_at + static_cast<std::size_t>(pair.empty() ? from : pair.data() - text.data());
    const auto blank = std::min(pair.find_first_of(" \t"), pair.size());
    const auto value = trimmed(pair.substr(blank));
    read_pair(pair.substr(0, blank), pair_at, value, pair_at + (pair.size() - value.size()));
    from = comma + 1;
  }
}

void SignatureFacts::read_pair(std::string_view key, std::size_t key_at, std::string_view value, std::size_t value_at) {
  const auto* const fact = std::find(rule_fact_names.begin(), rule_fact_names.end(), key);
  if (fact == rule_fact_names.end()) return;  // of others, who may write what they like
  if (value.empty()) return fail(key_at, fmt::format("{} without a value: write {} VALUE, or remove it", key, key));
  if (!seen_.insert(*fact).second) return fail(key_at, fmt::format("{} stands twice: remove one", key));
  if (key == "last_verified") last_verified_at_ = value_at;
  if (auto fault = set_rule_fact(facts_, key, fact_spelling(key, value))) fail(value_at, std::move(*fault));
}

}  // namespace sluice
