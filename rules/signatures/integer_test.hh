// A condition on a number as Suricata's integer keywords write it: `10`, `!10`, `<10`, `>=10`, `10-20`, `&0x0f=1`.
// docs.suricata.io, "Integer Keywords".
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace sluice {

struct IntegerTest {
  // Numbers stand in packs: append only, never renumber.
  enum class Kind : std::uint8_t {
    within = 0,   // first <= value <= second
    outside = 1,  // not so
    masked = 2,   // the bits of `first` make `second`
    unmasked = 3  // they do not
  };
  Kind kind = Kind::within;
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  [[nodiscard]] constexpr bool holds(std::uint64_t value) const noexcept {
    switch (kind) {
      case Kind::within: return first <= value && value <= second;
      case Kind::outside: return value < first || second < value;
      case Kind::masked: return (value & first) == second;
      case Kind::unmasked: return (value & first) != second;
    }
    return false;
  }
  [[nodiscard]] bool operator==(const IntegerTest&) const = default;

  [[nodiscard]] static constexpr IntegerTest equal(std::uint64_t value) noexcept {
    return {Kind::within, value, value};
  }
  [[nodiscard]] static constexpr IntegerTest different(std::uint64_t value) noexcept {
    return {Kind::outside, value, value};
  }
};

// Whether the two ends of `10-20` (and `10<>20`) are among the numbers that it names: of most keywords they are not.
enum class IntegerEnds : std::uint8_t { excluded, included };

// Decimal or 0x and hexadecimal digits, with KiB, MiB or GiB (as kb, mb, gb too) behind it; nothing where it is no
// number or above `maximum`.
[[nodiscard]] std::optional<std::uint64_t> read_integer(std::string_view text, std::uint64_t maximum) noexcept;

// Nothing where the text is no condition, or one that no number up to `maximum` meets or that all meet.
[[nodiscard]] std::optional<IntegerTest> read_integer_test(
    std::string_view text, std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max(),
    IntegerEnds ends = IntegerEnds::excluded) noexcept;

}  // namespace sluice
