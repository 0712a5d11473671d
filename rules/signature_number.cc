#include "rules/signature_number.hh"

#include <charconv>

#include "rules/list_file.hh"

namespace sluice {

bool ComparedNumber::holds(std::uint64_t value) const noexcept {
  switch (comparison) {
    case Comparison::equal: return value == first;
    case Comparison::not_equal: return value != first;
    case Comparison::less: return value < first;
    case Comparison::at_most: return value <= first;
    case Comparison::greater: return value > first;
    case Comparison::at_least: return value >= first;
    case Comparison::between: return first < value && value < second;
    case Comparison::outside: return value <= first || second <= value;
    case Comparison::any_bit: return (value & first) != 0;
    case Comparison::all_bits: return (value & first) == first;
    case Comparison::not_all_bits: return (value & first) != first;
  }
  return false;
}

std::optional<std::uint64_t> number_of(std::string_view text, std::uint64_t most) noexcept {
  text = trimmed(text);
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, is_hex ? 16 : 10);
  if (error != std::errc{} || stopped != end || value > most) return std::nullopt;
  return value;
}

std::optional<ComparedNumber> compared_number(std::string_view text, std::uint64_t most) noexcept {
  text = trimmed(text);
  const auto behind = [&](std::size_t count, Comparison comparison) -> std::optional<ComparedNumber> {
    const auto value = number_of(text.substr(count), most);
    if (!value) return std::nullopt;
    return ComparedNumber{comparison, *value, 0};
  };
  const bool negated = text.starts_with('!');
  auto rest = negated ? trimmed(text.substr(1)) : text;
  auto dash = rest.find("<>");
  const std::size_t width = dash != std::string_view::npos ? 2 : 1;
  if (dash == std::string_view::npos) dash = rest.find('-');
  if (dash != std::string_view::npos && dash != 0) {
    const auto low = number_of(rest.substr(0, dash), most);
    const auto high = number_of(rest.substr(dash + width), most);
    if (!low || !high || *low >= *high || *high - *low == 1) return std::nullopt;
    return ComparedNumber{negated ? Comparison::outside : Comparison::between, *low, *high};
  }
  if (text.starts_with("<=")) return behind(2, Comparison::at_most);
  if (text.starts_with(">=")) return behind(2, Comparison::at_least);
  if (text.starts_with("!=")) return behind(2, Comparison::not_equal);
  if (text.starts_with("==")) return behind(2, Comparison::equal);
  if (text.starts_with('<')) return behind(1, Comparison::less);
  if (text.starts_with('>')) return behind(1, Comparison::greater);
  if (text.starts_with('!')) return behind(1, Comparison::not_equal);
  if (text.starts_with('=')) return behind(1, Comparison::equal);
  return behind(0, Comparison::equal);
}

}  // namespace sluice
