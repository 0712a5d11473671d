#include "rules/facts/rule_fact_text.hh"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/text/date.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// FIRST, Traffic Light Protocol 2.0, section 2.
constexpr std::array<std::string_view, 5> tlp_labels{"clear", "green", "amber", "amber+strict", "red"};

bool contains(std::span<const std::string_view> texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::string not_in_list(std::string_view name, std::string_view text, std::span<const std::string_view> texts) {
  return fmt::format("unknown {} \"{}\": write one of {} (nearest: {})", name, printable(text), fmt::join(texts, ", "),
                     nearest_word(text, texts));
}

std::optional<std::string> set_date(RuleFacts& facts, std::string_view name, std::string_view text) {
  auto& written = name == "first_seen"      ? facts.first_seen
                  : name == "last_verified" ? facts.last_verified
                                            : facts.expires;
  const auto date = parse_date(text);
  if (!date)
    return fmt::format("{} \"{}\" is no date: write YYYY-MM-DD, a day that exists, from {} to {}", name,
                       printable(text), first_year, last_year);
  written = text;
  if (name == "expires") facts.expires_ns = end_of_day_nanoseconds(*date);
  return std::nullopt;
}

// The facts that are any text.
std::string* free_text(RuleFacts& facts, std::string_view name) {
  if (name == "recipient") return &facts.recipient;
  if (name == "role") return &facts.role;
  if (name == "purpose") return &facts.purpose;
  if (name == "carries") return &facts.carries;
  if (name == "breaks") return &facts.breaks;
  if (name == "source") return &facts.source;
  if (name == "licence") return &facts.licence;
  return nullptr;
}

}  // namespace

bool is_rule_fact(std::string_view name) noexcept { return contains(rule_fact_names, name); }

std::optional<std::string> set_rule_fact(RuleFacts& facts, std::string_view name, std::string_view text) {
  if (auto* const value = free_text(facts, name)) {
    *value = text;
    return std::nullopt;
  }
  if (name == "class") {
    const auto value = class_from(text);
    if (!value) return not_in_list(name, text, class_texts());
    facts.finding_class = *value;
    return std::nullopt;
  }
  if (name == "confidence") {
    const auto value = confidence_from(text);
    if (!value) return not_in_list(name, text, confidence_texts());
    facts.confidence = *value;
    return std::nullopt;
  }
  if (name == "tlp") {
    if (!contains(tlp_labels, text))
      return fmt::format("unknown TLP label \"{}\": write one of {}{}", printable(text), fmt::join(tlp_labels, ", "),
                         text == "white" ? " (TLP 2.0 calls white clear)" : "");
    facts.tlp = text;
    return std::nullopt;
  }
  return set_date(facts, name, text);
}

std::optional<std::string> fault_of_dates(const RuleFacts& facts) {
  const auto first_seen = parse_date(facts.first_seen);
  const auto last_verified = parse_date(facts.last_verified);
  if (!first_seen || !last_verified || *first_seen <= *last_verified) return std::nullopt;
  return fmt::format("last_verified {} is before first_seen {}: correct one of them", facts.last_verified,
                     facts.first_seen);
}

}  // namespace sluice
