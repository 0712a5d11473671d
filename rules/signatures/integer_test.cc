#include "rules/signatures/integer_test.hh"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice {
namespace {

std::string_view without_blanks(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool take(std::string_view& text, std::string_view word) noexcept {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 0x20 : x) == y; });
}

struct Unit {
  std::string_view name;
  unsigned shift;
};
constexpr std::array<Unit, 6> units{{{"kib", 10}, {"kb", 10}, {"mib", 20}, {"mb", 20}, {"gib", 30}, {"gb", 30}}};

// `first` - `last`; the ends that are not among the numbers are cut off.
std::optional<IntegerTest> range(IntegerTest::Kind kind, std::optional<std::uint64_t> first,
                                 std::optional<std::uint64_t> last, IntegerEnds ends) noexcept {
  if (!first || !last || *first >= *last) return std::nullopt;
  if (ends == IntegerEnds::included) return IntegerTest{kind, *first, *last};
  if (*last - *first < 2) return std::nullopt;
  return IntegerTest{kind, *first + 1, *last - 1};
}

// &0xf0=0x10, &0xf0!=0x10
std::optional<IntegerTest> mask(std::string_view text, std::uint64_t maximum) noexcept {
  const auto sign = text.find('=');
  if (sign == std::string_view::npos) return std::nullopt;
  auto before = text.substr(0, sign);
  const bool negated = before.ends_with('!');
  if (negated) before.remove_suffix(1);
  const auto bits = read_integer(without_blanks(before), maximum);
  const auto value = read_integer(without_blanks(text.substr(sign + 1)), maximum);
  if (!bits || !value || (*value & *bits) != *value) return std::nullopt;
  return IntegerTest{negated ? IntegerTest::Kind::unmasked : IntegerTest::Kind::masked, *bits, *value};
}

// <10, <=10, >10, >=10
std::optional<IntegerTest> bound(bool above, std::string_view text, std::uint64_t maximum) noexcept {
  using Kind = IntegerTest::Kind;
  const bool with_end = take(text, "=");
  const auto value = read_integer(without_blanks(text), maximum);
  if (!value) return std::nullopt;
  if (above) {
    if (with_end ? *value == 0 : *value == maximum) return std::nullopt;
    return IntegerTest{Kind::within, with_end ? *value : *value + 1, maximum};
  }
  if (with_end ? *value == maximum : *value == 0) return std::nullopt;
  return IntegerTest{Kind::within, 0, with_end ? *value : *value - 1};
}

}  // namespace

std::optional<std::uint64_t> read_integer(std::string_view text, std::uint64_t maximum) noexcept {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const bool is_hexadecimal = take(text, "0x");
  const auto [stopped, error] = std::from_chars(text.data(), end, value, is_hexadecimal ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view behind{stopped, static_cast<std::size_t>(end - stopped)};
  if (!behind.empty()) {
    const auto* const unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& known) { return same_word(behind, known.name); });
    if (is_hexadecimal || unit == units.end() || value > maximum >> unit->shift) return std::nullopt;
    value <<= unit->shift;
  }
  if (value > maximum) return std::nullopt;
  return value;
}

std::optional<IntegerTest> read_integer_test(std::string_view text, std::uint64_t maximum, IntegerEnds ends) noexcept {
  using Kind = IntegerTest::Kind;
  text = without_blanks(text);
  if (take(text, "&")) return mask(without_blanks(text), maximum);
  if (take(text, ">")) return bound(true, text, maximum);
  if (take(text, "<")) return bound(false, text, maximum);
  const bool negated = take(text, "!");
  const bool has_sign = take(text, "=");
  text = without_blanks(text);
  for (const std::string_view between : {"<>", "-"}) {
    const auto at = text.find(between);
    if (at == std::string_view::npos) continue;
    if (has_sign) return std::nullopt;
    return range(negated ? Kind::outside : Kind::within, read_integer(without_blanks(text.substr(0, at)), maximum),
                 read_integer(without_blanks(text.substr(at + between.size())), maximum), ends);
  }
  const auto value = read_integer(text, maximum);
  if (!value) return std::nullopt;
  return negated ? IntegerTest::different(*value) : IntegerTest::equal(*value);
}

}  // namespace sluice
