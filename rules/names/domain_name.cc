#include "rules/names/domain_name.hh"

#include <algorithm>
#include <memory>

#include <idn2.h>

namespace sluice {
namespace {

// Longer text than this cannot be a name even if every character shrinks (a U-label of 4-byte characters, RFC 5890
// section 4.2); keeps hostile input away from the conversion.
constexpr std::size_t unicode_name_size_limit = 4 * domain_name_size_limit;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_allowed(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; }

// Empty where libidn2 refuses. Non-transitional: "ss" and the German sharp s are two names, as in every browser now.
std::string to_ascii(std::string_view label) {
  const std::string terminated(label);
  std::uint8_t* converted = nullptr;
  const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(terminated.c_str()), &converted,
                                  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(converted, idn2_free);
  return code == IDN2_OK ? std::string(reinterpret_cast<const char*>(converted)) : std::string();
}

// Label by label, because libidn2 need not see the plain ones (it has its own mind about underscores).
tl::expected<std::string, DomainNameError> all_ascii(std::string_view text) {
  if (text.size() > unicode_name_size_limit) return tl::unexpected(DomainNameError::long_name);
  // A NUL would end the text that libidn2 sees.
  if (text.find('\0') != std::string_view::npos) return tl::unexpected(DomainNameError::character);
  std::string name;
  while (true) {
    const auto dot = text.find('.');
    const auto label = text.substr(0, dot);
    const auto converted = is_ascii(label) ? std::string(label) : to_ascii(label);
    if (converted.empty() && !label.empty()) return tl::unexpected(DomainNameError::international);
    name += converted;
    if (dot == std::string_view::npos) return name;
    name += '.';
    text.remove_prefix(dot + 1);
  }
}

std::optional<DomainNameError> label_error(std::string_view label) {
  if (label.empty()) return DomainNameError::empty_label;
  if (label.size() > label_size_limit) return DomainNameError::long_label;
  if (!std::all_of(label.begin(), label.end(), is_allowed)) return DomainNameError::character;
  if (label.front() == '-' || label.back() == '-') return DomainNameError::hyphen;
  return std::nullopt;
}

}  // namespace

std::string_view explain(DomainNameError error) noexcept {
  switch (error) {
    case DomainNameError::empty: return "is empty: write a name such as telemetry.example.com";
    case DomainNameError::wildcard:
      return "begins with \"*.\": leave it out, kind domain matches the name and all names below it";
    case DomainNameError::empty_label: return "has an empty label: remove the leading or doubled dot";
    case DomainNameError::long_label: return "has a label of more than 63 bytes, which DNS cannot carry";
    case DomainNameError::long_name: return "is longer than 253 bytes, which DNS cannot carry";
    case DomainNameError::character:
      return "has a character that no host name has: write the name alone, without scheme, port, path or spaces";
    case DomainNameError::hyphen: return "has a label that begins or ends with a hyphen: check the spelling";
    case DomainNameError::numeric: return "ends in a number: for an address use kind ip or cidr";
    case DomainNameError::international:
      return "is no valid internationalised name: check the spelling, or write it in its xn-- form";
  }
  return "is no domain name";
}

tl::expected<std::string, DomainNameError> parse_domain_name(std::string_view text) {
  if (text.starts_with("*.") || text == "*") return tl::unexpected(DomainNameError::wildcard);
  auto name = std::string(text);
  if (!is_ascii(text)) {
    auto converted = all_ascii(text);
    if (!converted) return converted;
    name = std::move(*converted);
  }
  std::transform(name.begin(), name.end(), name.begin(), lower);
  if (name.ends_with('.')) name.pop_back();
  if (name.empty()) return tl::unexpected(DomainNameError::empty);

  // The conversion may have made dots of other full stops (UTS 46), so labels are judged on its result.
  std::string_view rest = name;
  std::string_view label;
  while (true) {
    const auto dot = rest.find('.');
    label = rest.substr(0, dot);
    if (const auto error = label_error(label)) return tl::unexpected(*error);
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (name.size() > domain_name_size_limit) return tl::unexpected(DomainNameError::long_name);
  if (std::all_of(label.begin(), label.end(), is_digit)) return tl::unexpected(DomainNameError::numeric);
  return name;
}

std::optional<std::string> normal_domain(std::string_view text) {
  auto name = parse_domain_name(text);
  if (!name) return std::nullopt;
  return std::move(*name);
}

}  // namespace sluice
