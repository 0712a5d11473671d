#include "rules/text/base64.hh"

#include <array>

namespace sluice {
namespace {

constexpr std::uint8_t padding = 64;
constexpr std::uint8_t foreign = 255;

constexpr auto digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(foreign);
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<std::uint8_t>(alphabet[i])] = i;
  table['='] = padding;
  return table;
}();

// Four digits or signs of padding.
class Group {
 public:
  [[nodiscard]] bool full() const noexcept { return count_ == 4; }
  [[nodiscard]] bool begun() const noexcept { return count_ > 0; }
  void add(std::uint8_t digit) noexcept { digits_[count_++] = digit; }
  void pad() noexcept {
    while (count_ < 4) digits_[count_++] = padding;
  }

  // How many bytes it stands for; 0 where it is no group.
  [[nodiscard]] std::size_t take(std::array<std::uint8_t, 3>& bytes) noexcept {
    count_ = 0;
    const auto [a, b, c, d] = digits_;
    if (a >= padding || b >= padding) return 0;
    if (c != padding && c > padding) return 0;
    bytes = {static_cast<std::uint8_t>(a << 2 | b >> 4), static_cast<std::uint8_t>(b << 4 | c >> 2),
             static_cast<std::uint8_t>(c << 6 | d)};
    if (c == padding) return 1;
    return d == padding ? 2 : 3;
  }
  // Whether the bits that padding leaves over are 0, and nothing but padding follows padding (RFC 4648 section 3.5).
  [[nodiscard]] bool canonical() const noexcept {
    const auto [a, b, c, d] = digits_;
    if (c == padding) return d == padding && b % 16 == 0;
    return d != padding || c % 4 == 0;
  }

 private:
  std::array<std::uint8_t, 4> digits_{};
  std::size_t count_ = 0;
};

}  // namespace

std::size_t decode_base64(std::span<const std::uint8_t> coded, Transform::Mode mode,
                          std::span<std::uint8_t> out) noexcept {
  using Mode = Transform::Mode;
  Group group;
  std::size_t size = 0;
  bool padded = false;
  // False where it was no group, or there is no room.
  const auto flush = [&]() noexcept {
    const bool canonical = group.canonical();
    std::array<std::uint8_t, 3> bytes;
    const auto count = group.take(bytes);
    if (count == 0 || count > out.size() - size || (mode == Mode::strict && !canonical)) return false;
    for (std::size_t i = 0; i < count; ++i) out[size++] = bytes[i];
    padded = count < 3;
    return true;
  };
  for (const auto byte : coded) {
    const auto digit = digits[byte];
    if (digit == foreign) {
      if (mode == Mode::rfc2045) continue;
      if (mode == Mode::strict) return 0;
      break;
    }
    if (padded && mode == Mode::strict) return 0;
    group.add(digit);
    if (group.full() && !flush()) return mode == Mode::strict ? 0 : size;
  }
  if (!group.begun()) return size;
  if (mode == Mode::strict) return 0;
  if (mode == Mode::rfc4648) {
    group.pad();
    static_cast<void>(flush());
  }
  return size;
}

}  // namespace sluice
