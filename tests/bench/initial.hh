// Initial packets of a QUIC client, really sealed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/unit/frames.hh"

namespace sluice::bench {

// One CRYPTO frame: bytes [begin, end) of the hello (RFC 9000 section 19.6).
void put_crypto(test::Frame& payload, Bytes hello, std::size_t begin, std::size_t end);

// A datagram of one Initial with that payload, padded to `size` where it is shorter (RFC 9000 sections 14.1, 17.2.2).
// Throws std::runtime_error where the crypto library has no AES-128.
[[nodiscard]] test::Frame sealed_initial(std::uint32_t version, Bytes dcid, unsigned number, test::Frame payload,
                                         std::size_t size);

}  // namespace sluice::bench
