// What a protocol says of the head of a stream or of a datagram before anything is parsed.
#pragma once

#include <cstdint>

namespace sluice {

enum class Probe : std::uint8_t {
  no,     // certainly another protocol
  maybe,  // nothing speaks against it, but more bytes are needed to be sure
  yes,    // this protocol
};

}  // namespace sluice
