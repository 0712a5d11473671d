// The one way to read bytes that came from outside: a checked reader with a sticky failure.
//
// Contract for every parser: take what you need from a Reader, then ask ok() once. After a short read every
// further read gives zero or an empty span and ok() stays false, so no accessor can fail in the middle and no
// byte outside the span is ever touched.
#pragma once

#include <boost/endian/conversion.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice {

using Bytes = std::span<const std::uint8_t>;

// The same bytes seen as text; nothing is decoded or copied.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class Reader {
 public:
  explicit Reader(Bytes bytes) noexcept : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  // Bytes not read yet.
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] Bytes rest() const noexcept { return {at_, left()}; }

  // Integers in network byte order.
  std::uint8_t u8() noexcept {
    const auto* p = step(1);
    return p == nullptr ? std::uint8_t{0} : *p;
  }
  std::uint16_t be16() noexcept {
    const auto* p = step(2);
    return p == nullptr ? std::uint16_t{0} : boost::endian::load_big_u16(p);
  }
  std::uint32_t be24() noexcept {
    const auto* p = step(3);
    return p == nullptr ? 0U : boost::endian::load_big_u24(p);
  }
  std::uint32_t be32() noexcept {
    const auto* p = step(4);
    return p == nullptr ? 0U : boost::endian::load_big_u32(p);
  }
  std::uint64_t be64() noexcept {
    const auto* p = step(8);
    return p == nullptr ? 0U : boost::endian::load_big_u64(p);
  }

  // The next `count` bytes; empty (and failed) where fewer are left.
  Bytes take(std::size_t count) noexcept {
    const auto* p = step(count);
    return p == nullptr ? Bytes{} : Bytes{p, count};
  }
  void skip(std::size_t count) noexcept { (void)step(count); }

  // Vectors of TLS and friends: a length of 1, 2 or 3 bytes, then that many bytes.
  Bytes vector8() noexcept { return take(u8()); }
  Bytes vector16() noexcept { return take(be16()); }
  Bytes vector24() noexcept { return take(be24()); }

  // For what a length check cannot say: a value that makes the rest meaningless.
  void fail() noexcept {
    failed_ = true;
    at_ = end_;
  }

 private:
  const std::uint8_t* step(std::size_t count) noexcept {
    if (count > left()) {
      fail();
      return nullptr;
    }
    const auto* p = at_;
    at_ += count;
    return p;
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool failed_ = false;
};

}  // namespace sluice
