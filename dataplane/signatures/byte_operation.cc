#include "dataplane/signatures/byte_operation.hh"

#include <algorithm>
#include <bit>
#include <limits>

namespace sluice {
namespace {

using Kind = ByteOperation::Kind;
using Operator = ByteOperation::Operator;

// Further than any buffer reaches.
constexpr std::int64_t far_away = std::int64_t{1} << 40U;
constexpr std::size_t binary_bytes = 8;
constexpr std::size_t text_bytes = 23;  // of 64 bits in octal digits, with a 0 in front

struct ReadNumber {
  std::uint64_t value = 0;
  std::size_t bytes = 0;  // that it took
};

bool is_space(std::uint8_t c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

unsigned digit_of(std::uint8_t c) noexcept {
  if (c >= '0' && c <= '9') return c - unsigned{'0'};
  if (c >= 'a' && c <= 'z') return c - unsigned{'a'} + 10;
  if (c >= 'A' && c <= 'Z') return c - unsigned{'A'} + 10;
  return 36;
}

// As C's strtoull (C11 7.22.1.4): blanks, a sign, 0x; ends at the first byte that is no digit.
std::optional<ReadNumber> read_text(Bytes bytes, unsigned base) noexcept {
  const auto at = [&](std::size_t i) noexcept { return i < bytes.size() ? bytes[i] : std::uint8_t{0}; };
  std::size_t i = 0;
  while (is_space(at(i))) ++i;
  const bool negative = at(i) == '-';
  if (negative || at(i) == '+') ++i;
  const bool has_prefix = at(i) == '0' && (at(i + 1) == 'x' || at(i + 1) == 'X') && digit_of(at(i + 2)) < 16;
  if (has_prefix && (base == 0 || base == 16)) {
    i += 2;
    base = 16;
  }
  if (base == 0) base = at(i) == '0' ? 8 : 10;
  const auto first = i;
  std::uint64_t value = 0;
  for (; i < bytes.size() && digit_of(bytes[i]) < base; ++i) {
    const auto digit = digit_of(bytes[i]);
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  if (i == first) return std::nullopt;
  return ReadNumber{negative ? std::uint64_t{0} - value : value, i};
}

ReadNumber read_binary(Bytes bytes, bool little) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8U | bytes[little ? bytes.size() - 1 - i : i];
  return {value, bytes.size()};
}

std::uint64_t masked(const ByteOperation& operation, std::uint64_t value) noexcept {
  if (!operation.bitmask) return value;
  return (value & *operation.bitmask) >> static_cast<unsigned>(std::countr_zero(*operation.bitmask));
}

bool compares(Operator operation, std::uint64_t a, std::uint64_t b) noexcept {
  switch (operation) {
    case Operator::less: return a < b;
    case Operator::less_equal: return a <= b;
    case Operator::greater: return a > b;
    case Operator::greater_equal: return a >= b;
    case Operator::equal: return a == b;
    case Operator::bits_and: return (a & b) != 0;
    case Operator::bits_xor: return (a ^ b) != 0;
    default: return false;
  }
}

std::optional<std::uint64_t> calculated(Operator operation, std::uint64_t a, std::uint64_t b) noexcept {
  switch (operation) {
    case Operator::add: return a + b;
    case Operator::subtract: return a - b;
    case Operator::divide: return b == 0 ? std::nullopt : std::optional{a / b};
    case Operator::multiply: return a * b;
    case Operator::shift_left: return b < 64 ? a << b : 0;
    case Operator::shift_right: return b < 64 ? a >> b : 0;
    default: return std::nullopt;
  }
}

std::uint64_t scaled(const ByteOperation& operation, std::uint64_t value) noexcept {
  value *= operation.multiplier;
  if (operation.align != 0 && value % operation.align != 0) value += operation.align - value % operation.align;
  return value;
}

std::optional<std::int64_t> jump(const ByteOperation& operation, const ReadNumber& number, std::int64_t from,
                                 const PlacedBytes& buffer) noexcept {
  // Backwards by post_offset: below 0, and as such it is meant.
  const auto value = static_cast<std::int64_t>(scaled(operation, masked(operation, number.value)) +
                                               static_cast<std::uint64_t>(std::int64_t{operation.post_offset}));
  if (value < -far_away || value > far_away) return std::nullopt;
  auto target = value;
  if (operation.from == ByteOperation::From::end) target += buffer.end();
  if (operation.from == ByteOperation::From::number) target += from + static_cast<std::int64_t>(number.bytes);
  // Before the start means the start, behind the end means nothing (Suricata's issue 4624).
  target = std::max<std::int64_t>(target, 0);
  if (target < buffer.base || target >= buffer.end()) return std::nullopt;
  return target;
}

}  // namespace

std::int64_t place_of(std::uint64_t value) noexcept {
  return value > static_cast<std::uint64_t>(far_away) ? far_away : static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> apply(const ByteOperation& operation, const PlacedBytes& buffer, std::int64_t previous,
                                  PartValues& values) noexcept {
  const auto value_of = [&](const PartVariable& variable, std::uint64_t otherwise) noexcept {
    return variable ? values[*variable % values.size()] : otherwise;
  };
  const auto offset =
      operation.offset_variable ? place_of(values[*operation.offset_variable % values.size()]) : operation.offset;
  const auto size = value_of(operation.bytes_variable, operation.bytes);
  const auto from = (operation.relative ? previous : 0) + offset;
  const auto left = buffer.end() - from;
  if (size > (operation.text ? text_bytes : binary_bytes) || from < buffer.base ||
      left < static_cast<std::int64_t>(size))
    return std::nullopt;
  if (buffer.bytes.empty()) return std::nullopt;

  ReadNumber number;
  if (size > 0) {
    const auto bytes = buffer.bytes.subspan(static_cast<std::size_t>(from - buffer.base), size);
    if (operation.text) {
      const auto read = read_text(bytes, operation.base);
      if (!read) return std::nullopt;
      number = *read;
    } else {
      number = read_binary(bytes, operation.little);
    }
  } else if (operation.kind != Kind::jump) {
    return std::nullopt;
  }
  const auto behind = from + static_cast<std::int64_t>(number.bytes);
  switch (operation.kind) {
    case Kind::test: {
      const auto other = value_of(operation.value_variable, operation.value);
      if (compares(operation.operation, masked(operation, number.value), other) == operation.negated)
        return std::nullopt;
      return previous;
    }
    case Kind::jump: return jump(operation, number, from, buffer);
    case Kind::extract: values[operation.result % values.size()] = scaled(operation, number.value); return behind;
    case Kind::math: {
      const auto result =
          calculated(operation.operation, number.value, value_of(operation.value_variable, operation.value));
      if (!result) return std::nullopt;
      values[operation.result % values.size()] = masked(operation, *result);
      return behind;
    }
  }
  return std::nullopt;
}

}  // namespace sluice
