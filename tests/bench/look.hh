// How much of a frame shows when it reaches a row: the same frames for all rows, but for what must not be read.
#pragma once

#include <cstdint>

namespace sluice::bench {

enum class Look : std::uint8_t {
  foreign,  // under an EtherType for local experiments (IEEE 802: 0x88b5): passed on without a look, counted `not_ip`
  opaque,   // the starts of payloads are zeros, which no parser knows: a flow is left alone after its first bytes
  plain,
};

}  // namespace sluice::bench
