#include "rules/signatures/signature_number.hh"

#include "rules/signatures/integer_test.hh"
#include "rules/text/list_file.hh"

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
  return read_integer(trimmed(text), most);
}

std::optional<ComparedNumber> compared_number(std::string_view text, std::uint64_t most) noexcept {
  text = trimmed(text);
  if (text.starts_with("==")) text.remove_prefix(1);  // as stream_size writes it
  const auto test = read_integer_test(text, most);
  if (!test) return std::nullopt;
  const auto [kind, first, second] = *test;
  switch (kind) {
    case IntegerTest::Kind::within:
      if (first == second) return ComparedNumber{Comparison::equal, first, 0};
      if (first == 0) return ComparedNumber{Comparison::at_most, second, 0};
      if (second == most) return ComparedNumber{Comparison::at_least, first, 0};
      return ComparedNumber{Comparison::between, first - 1, second + 1};
    case IntegerTest::Kind::outside:
      if (first == second) return ComparedNumber{Comparison::not_equal, first, 0};
      return ComparedNumber{Comparison::outside, first - 1, second + 1};
    case IntegerTest::Kind::masked:
      if (first == second) return ComparedNumber{Comparison::all_bits, first, 0};
      return std::nullopt;
    case IntegerTest::Kind::unmasked:
      if (first == second) return ComparedNumber{Comparison::not_all_bits, first, 0};
      if (second == 0) return ComparedNumber{Comparison::any_bit, first, 0};
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sluice
