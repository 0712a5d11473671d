// The name that was asked for, and those that the answer says it is an alias of, in the order of the answer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

class AliasChain {
 public:
  // Bytes of names, each with its length in front: any one name (253) fits.
  static constexpr std::size_t room = 278;

  void clear() noexcept { size_ = 0; }
  // False where there is no room for it, or where the chain has it: an answer that loops.
  bool add(std::string_view name) noexcept {
    if (name.empty() || name.size() > 253 || size_ + 1 + name.size() > room || contains(name)) return false;
    text_[size_++] = static_cast<char>(name.size());
    std::copy(name.begin(), name.end(), text_.begin() + size_);
    size_ = static_cast<std::uint16_t>(size_ + name.size());
    return true;
  }
  // "" where there is none.
  [[nodiscard]] std::string_view asked() const noexcept {
    std::size_t at = 0;
    return next(at);
  }
  // Walks the names from at = 0; "" after the last.
  [[nodiscard]] std::string_view next(std::size_t& at) const noexcept {
    if (at >= size_) return {};
    const auto length = static_cast<std::uint8_t>(text_[at]);
    const std::string_view name{text_.data() + at + 1, length};
    at += 1U + length;
    return name;
  }
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; };
    std::size_t at = 0;
    for (auto known = next(at); !known.empty(); known = next(at))
      if (std::equal(known.begin(), known.end(), name.begin(), name.end(),
                     [&](char a, char b) { return lower(a) == lower(b); }))
        return true;
    return false;
  }

 private:
  std::uint16_t size_ = 0;
  std::array<char, room> text_;
};

}  // namespace sluice
