#include "control/devices/vote_text.hh"

#include <algorithm>
#include <vector>

namespace sluice {
namespace {

constexpr std::string_view alternative = " or ";

std::vector<std::string_view> alternatives_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(alternative);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + alternative.size());
  }
}

// Adds what no alternative is yet, as long as there is room.
void add_alternative(std::string& text, std::string_view part) {
  if (part.empty()) return;
  for (const auto known : alternatives_of(text))
    if (are_same(known, part)) return;
  const auto link = text.empty() ? std::string_view{} : alternative;
  if (text.size() + link.size() + part.size() <= vote_text_limit) text.append(link).append(part);
}

struct System {
  std::string_view family;
  std::string_view version;
};

System system_of(std::string_view text) {
  const auto space = text.rfind(' ');
  if (space == std::string_view::npos || space + 1 == text.size() || !is_digit(text[space + 1])) return {text, {}};
  return {text.substr(0, space), text.substr(space + 1)};
}

// "16.5" is a 16.
bool is_version_of(std::string_view exact, std::string_view rough) {
  return rough.empty() || exact == rough ||
         (exact.size() > rough.size() && exact.starts_with(rough) && exact[rough.size()] == '.');
}

std::string_view common_one(std::string_view one, std::string_view other) {
  const auto first = system_of(one);
  const auto second = system_of(other);
  if (!are_same(first.family, second.family)) return {};
  if (is_version_of(first.version, second.version)) return one;
  return is_version_of(second.version, first.version) ? other : std::string_view{};
}

template <class Common>
std::string common_of(std::string_view one, std::string_view other, Common common) {
  if (one.empty() || other.empty()) return std::string{one.empty() ? other : one};
  std::string text;
  for (const auto first : alternatives_of(one))
    for (const auto second : alternatives_of(other)) add_alternative(text, common(first, second));
  return text;
}

bool is_family_of(std::string_view family, std::string_view model) {
  return family.size() < model.size() && are_same(family, model.substr(0, family.size())) &&
         std::none_of(family.begin(), family.end(), is_digit);
}

bool is_identifier(std::string_view text) {
  constexpr std::size_t least = 12;
  return text.size() >= least && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

}  // namespace

char lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; }

bool are_same(std::string_view one, std::string_view other) noexcept {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower_case(a) == lower_case(b); });
}

std::string vote_text(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.size() > vote_text_limit || is_identifier(text)) return {};
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return is_printable ? std::string{text} : std::string{};
}

std::string_view version_at(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && (is_digit(text[size]) || (size > 0 && text[size] == '.'))) ++size;
  auto version = text.substr(0, size);
  while (version.ends_with('.')) version.remove_suffix(1);
  return version;
}

std::string common_vendor(std::string_view one, std::string_view other) {
  return common_of(one, other, [](std::string_view first, std::string_view second) {
    return are_same(first, second) ? first : std::string_view{};
  });
}

std::string common_system(std::string_view one, std::string_view other) { return common_of(one, other, common_one); }

std::string common_model(std::string_view one, std::string_view other) {
  if (one.empty() || is_family_of(one, other)) return std::string{other};
  if (other.empty() || is_family_of(other, one) || are_same(one, other)) return std::string{one};
  return {};
}

std::string system_family(std::string_view system) {
  std::string families;
  for (const auto part : alternatives_of(system)) add_alternative(families, system_of(part).family);
  return families;
}

}  // namespace sluice
