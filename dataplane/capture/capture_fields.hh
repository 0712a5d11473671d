// Numbers of a capture file, in the byte order that the file declares.
#pragma once

#include <boost/endian/conversion.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/capture/capture_packet.hh"

namespace sluice {

// The contract is Reader's: take what you need, then ask ok() once.
class CaptureFields {
 public:
  CaptureFields(Bytes bytes, ByteOrder order) noexcept : reader_(bytes), order_(order) {}

  [[nodiscard]] bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] std::size_t left() const noexcept { return reader_.left(); }

  std::uint8_t u8() noexcept { return reader_.u8(); }
  std::uint16_t u16() noexcept { return ordered(reader_.be16()); }
  std::uint32_t u32() noexcept { return ordered(reader_.be32()); }
  std::uint64_t u64() noexcept { return ordered(reader_.be64()); }
  Bytes take(std::size_t count) noexcept { return reader_.take(count); }
  void skip(std::size_t count) noexcept { reader_.skip(count); }

 private:
  template <class Integer>
  [[nodiscard]] Integer ordered(Integer big) const noexcept {
    return order_ == ByteOrder::big ? big : boost::endian::endian_reverse(big);
  }

  Reader reader_;
  ByteOrder order_;
};

}  // namespace sluice
