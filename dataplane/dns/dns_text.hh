// Bytes of a DNS message as unambiguous text: printable ASCII as it is; '\', every other byte and (inside labels) '.'
// as \DDD, three decimal digits (RFC 1035 section 5.1).
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

// Writes into a caller's buffer; what does not fit any more is left out, an escape never in part.
class DnsText {
 public:
  explicit DnsText(std::span<char> out) noexcept : out_(out) {}

  void put(char c) noexcept {
    if (used_ < out_.size()) out_[used_++] = c;
  }
  void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  void decimal(unsigned value) noexcept {
    const auto end = out_.data() + out_.size();
    if (const auto result = std::to_chars(out_.data() + used_, end, value); result.ec == std::errc{}) {
      used_ = static_cast<std::size_t>(result.ptr - out_.data());
    }
  }

  // A label of a name: a '.' in it is no separator.
  void label(Bytes bytes) noexcept {
    for (const auto byte : bytes) byte == '.' ? escape(byte) : printable(byte);
  }
  void text(Bytes bytes) noexcept {
    for (const auto byte : bytes) printable(byte);
  }

  [[nodiscard]] std::string_view view() const noexcept { return {out_.data(), used_}; }

 private:
  void printable(std::uint8_t byte) noexcept {
    byte >= 0x20 && byte <= 0x7e && byte != '\\' ? put(static_cast<char>(byte)) : escape(byte);
  }
  void escape(std::uint8_t byte) noexcept {
    if (out_.size() - used_ < 4) return;
    put('\\');
    put(static_cast<char>('0' + byte / 100));
    put(static_cast<char>('0' + byte / 10 % 10));
    put(static_cast<char>('0' + byte % 10));
  }

  std::span<char> out_;
  std::size_t used_ = 0;
};

}  // namespace sluice
