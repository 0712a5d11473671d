#include "rules/facts/rule_facts.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

// In the order of the enumerators, from first_class on.
constexpr std::array<std::string_view, 10> kinds{"domain", "host", "ip",        "cidr",        "signature",
                                                 "ja3",    "ja4",  "cert_sha1", "cert_sha256", "url"};
// Signatures stand in no indicator list.
constexpr std::array<std::string_view, 9> indicator_kinds{"domain", "host", "ip",        "cidr",       "url",
                                                          "ja3",    "ja4",  "cert_sha1", "cert_sha256"};
constexpr std::array<std::string_view, 12> classes{
    "telemetry",           "advertising",    "dns-bypass",        "weak-encryption",       "clear-text-identifier",
    "remote-content-list", "keyboard-input", "spyware-indicator", "stalkerware-indicator", "known-c2-indicator",
    "anonymiser",          "unclassified"};
constexpr std::array<std::string_view, 4> confidences{"low", "medium", "high", "defined"};
constexpr std::size_t first_class = 1;

std::optional<std::size_t> index_of(std::span<const std::string_view> texts, std::string_view text) {
  const auto found = std::find(texts.begin(), texts.end(), text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<std::size_t>(found - texts.begin());
}

std::string_view at(std::span<const std::string_view> texts, std::size_t index) {
  return index < texts.size() ? texts[index] : std::string_view("unknown");
}

}  // namespace

std::string_view text_of(RuleKind kind) noexcept { return at(kinds, static_cast<std::size_t>(kind)); }
std::string_view text_of(FindingClass finding_class) noexcept {
  return at(classes, static_cast<std::size_t>(finding_class) - first_class);
}
std::string_view text_of(Confidence confidence) noexcept {
  return at(confidences, static_cast<std::size_t>(confidence));
}

std::optional<RuleKind> kind_from(std::string_view text) noexcept {
  const auto index = index_of(kinds, text);
  if (!index || static_cast<RuleKind>(*index) == RuleKind::signature) return std::nullopt;
  return static_cast<RuleKind>(*index);
}
std::optional<FindingClass> class_from(std::string_view text) noexcept {
  const auto index = index_of(classes, text);
  if (!index) return std::nullopt;
  return static_cast<FindingClass>(*index + first_class);
}
std::optional<Confidence> confidence_from(std::string_view text) noexcept {
  const auto index = index_of(confidences, text);
  if (!index) return std::nullopt;
  return static_cast<Confidence>(*index);
}

Breaks breaks_of(std::string_view text) noexcept {
  constexpr std::string_view nothing = "nothing";
  if (text.empty()) return Breaks::unknown;
  if (!text.starts_with(nothing)) return Breaks::something;
  return text.size() == nothing.size() || text[nothing.size()] == ' ' ? Breaks::nothing : Breaks::something;
}

std::span<const std::string_view> kind_texts() noexcept { return indicator_kinds; }
std::span<const std::string_view> class_texts() noexcept { return classes; }
std::span<const std::string_view> confidence_texts() noexcept { return confidences; }

}  // namespace sluice
