// HPACK (RFC 7541): one direction's field blocks, decoded by nghttp2 in bounded memory of its own.
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/arena.hh"
#include "dataplane/base/bytes.hh"

namespace sluice {

enum class HpackError : std::uint8_t {
  corrupt,  // the block breaks RFC 7541, or refers to what was not seen
  list,     // the fields take more room than there is: a bomb
  memory,   // the dynamic table takes more than HpackDecoder::memory
};

class HpackDecoder {
 public:
  static constexpr std::size_t memory = std::size_t{48} << 10;  // bytes, for the dynamic table and a field at hand

  // As at the start of a connection. False where the library refuses.
  [[nodiscard]] bool reset() noexcept;

  // The fields of one whole block as lines "name: value", CR LF behind each, in `room`. Bytes that would end a line,
  // which no field may hold (RFC 9113 section 8.2.1), become spaces. After an error the direction cannot be decoded any
  // more.
  [[nodiscard]] tl::expected<std::string_view, HpackError> decode(std::span<const Bytes> pieces,
                                                                  std::span<char> room) noexcept;

 private:
  // No member is initialised here: see Pool.
  nghttp2_mem functions_;
  nghttp2_hd_inflater* inflater_;  // in arena_
  Arena arena_;
  alignas(Arena::alignment) std::array<std::uint8_t, memory> room_;
};

}  // namespace sluice
