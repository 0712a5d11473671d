// Opening Initial packets: the keys of both sides follow from the version and the client's first Destination Connection
// ID (RFC 9001 section 5.2, RFC 9369 section 3.3), so anyone on the path may read them.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/quic/quic.hh"

namespace sluice {

// Initial packets that may fail to open before a flow is not tried again; each costs up to four key derivations.
constexpr unsigned quic_failed_opens_limit = 8;

// Who sealed a packet.
enum class QuicEnd : std::uint8_t { client, server };

// RFC 9001 section 5.1: AEAD_AES_128_GCM, and AES-128-ECB for the header.
struct QuicInitialKeys {
  std::array<std::uint8_t, 16> key;
  std::array<std::uint8_t, 12> iv;
  std::array<std::uint8_t, 16> header_key;

  // dcid: from the first Initial of the client, or from the first after a Retry. no_keys for versions without a known
  // salt; versions reserved for negotiation (RFC 9000 section 15) have none of their own.
  [[nodiscard]] static tl::expected<QuicInitialKeys, QuicError> derive(std::uint32_t version, Bytes dcid,
                                                                       QuicEnd end = QuicEnd::client) noexcept;
};

// A worker's own cipher contexts: made at start, then nothing is allocated.
class QuicOpener {
 public:
  QuicOpener() noexcept;

  // False where the crypto library has no AES-128: every open() will fail.
  [[nodiscard]] bool ready() const noexcept { return header_ != nullptr && payload_ != nullptr; }

  // Removes header and packet protection (RFC 9001 sections 5.3, 5.4) and checks the tag. `packet` stays as it is;
  // the result is the payload at the start of `out`, which must hold whole_packet.size() bytes to be enough for all.
  [[nodiscard]] tl::expected<Bytes, QuicError> open(const QuicInitialKeys& keys, const QuicLongPacket& packet,
                                                    std::span<std::uint8_t> out) noexcept;

 private:
  struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

  Context header_;
  Context payload_;
};

// One packet on its own. dcid_of_first_client_initial: as for QuicInitialKeys::derive().
[[nodiscard]] tl::expected<Bytes, QuicError> open_client_initial(QuicOpener& opener, std::uint32_t version,
                                                                 Bytes dcid_of_first_client_initial,
                                                                 const QuicLongPacket& packet,
                                                                 std::span<std::uint8_t> out) noexcept;

// What a flow remembers between its client's Initial packets. All zero is its start.
class QuicInitialState {
 public:
  // Opens a packet of the side that opened the flow, with the connection ID that opened the one before, else with the
  // packet's own: it is the first, or it follows a Retry (RFC 9001 section 5.2), or it starts another connection on
  // the same ports. In a version reserved for negotiation, v1 is tried, then draft-29.
  [[nodiscard]] tl::expected<Bytes, QuicError> open(QuicOpener& opener, const QuicLongPacket& packet,
                                                    std::span<std::uint8_t> out) noexcept;

  // Opens a packet of the other side, after one of the client's was opened: with the keys that belong to that one.
  [[nodiscard]] tl::expected<Bytes, QuicError> open_answer(QuicOpener& opener, const QuicLongPacket& packet,
                                                           std::span<std::uint8_t> out) noexcept;

  // The version whose keys opened the last packet: RFC 9000's or a draft's for a reserved one. 0 = none did.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

 private:
  [[nodiscard]] tl::expected<Bytes, QuicError> open_with(QuicOpener& opener, Bytes dcid, const QuicLongPacket& packet,
                                                         std::span<std::uint8_t> out) noexcept;

  std::uint32_t version_ = 0;
  std::uint8_t failures_ = 0;  // packets that did not open
  std::uint8_t dcid_size_ = 0;
  std::array<std::uint8_t, quic_connection_id_limit> dcid_{};
};
static_assert(sizeof(QuicInitialState) <= 48);

}  // namespace sluice
