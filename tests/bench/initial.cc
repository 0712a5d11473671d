#include "tests/bench/initial.hh"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "dataplane/quic/quic_crypto.hh"
#include "dataplane/quic/quic_version.hh"

namespace sluice::bench {
namespace {

using test::Frame;
using test::put;
using test::put16;
using test::put32;

constexpr std::size_t tag_size = 16;
constexpr std::size_t sample_offset = 4;  // from the packet number on (RFC 9001 section 5.4.2)

// RFC 9000 section 16, in two bytes
void put_varint(Frame& message, std::size_t value) { put16(message, 0x4000U | static_cast<unsigned>(value)); }

void must(bool done) {
  if (!done) throw std::runtime_error("the crypto library cannot encrypt a QUIC Initial");
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// RFC 9001 sections 5.3 and 5.4: `packet` is header (its packet number in the last two bytes) and payload in clear.
void protect(Frame& packet, std::size_t header_size, unsigned number, const QuicInitialKeys& keys) {
  auto nonce = keys.iv;
  nonce[10] ^= static_cast<std::uint8_t>(number >> 8);
  nonce[11] ^= static_cast<std::uint8_t>(number);
  const Context seal{EVP_CIPHER_CTX_new()};
  int size = 0;
  const auto clear = Frame(packet.begin() + static_cast<std::ptrdiff_t>(header_size), packet.end());
  must(EVP_EncryptInit_ex(seal.get(), EVP_aes_128_gcm(), nullptr, keys.key.data(), nonce.data()) == 1);
  must(EVP_EncryptUpdate(seal.get(), nullptr, &size, packet.data(), static_cast<int>(header_size)) == 1);
  must(EVP_EncryptUpdate(seal.get(), packet.data() + header_size, &size, clear.data(),
                         static_cast<int>(clear.size())) == 1);
  packet.resize(packet.size() + tag_size);
  must(EVP_EncryptFinal_ex(seal.get(), packet.data() + packet.size() - tag_size, &size) == 1);
  must(EVP_CIPHER_CTX_ctrl(seal.get(), EVP_CTRL_GCM_GET_TAG, tag_size, packet.data() + packet.size() - tag_size) == 1);

  const auto number_at = header_size - 2;
  std::array<std::uint8_t, 32> mask{};
  const Context header{EVP_CIPHER_CTX_new()};
  must(EVP_EncryptInit_ex(header.get(), EVP_aes_128_ecb(), nullptr, keys.header_key.data(), nullptr) == 1);
  must(EVP_EncryptUpdate(header.get(), mask.data(), &size, packet.data() + number_at + sample_offset, 16) == 1);
  packet[0] ^= mask[0] & 0x0f;
  packet[number_at] ^= mask[1];
  packet[number_at + 1] ^= mask[2];
}

}  // namespace

void put_crypto(Frame& payload, Bytes hello, std::size_t begin, std::size_t end) {
  payload.push_back(0x06);
  put_varint(payload, begin);
  put_varint(payload, end - begin);
  put(payload, hello.subspan(begin, end - begin));
}

Frame sealed_initial(std::uint32_t version, Bytes dcid, unsigned number, Frame payload, std::size_t size) {
  const auto keys = QuicInitialKeys::derive(version, dcid);
  must(keys.has_value());
  Frame packet;
  // Initial, packet number of two bytes (RFC 9000 section 17.2.2, RFC 9369 section 3.2).
  packet.push_back(version == quic_version_2 ? 0xd1 : 0xc1);
  put32(packet, version);
  packet.push_back(static_cast<std::uint8_t>(dcid.size()));
  put(packet, dcid);
  packet.push_back(0);
  packet.push_back(0);
  const auto header_size = packet.size() + 4;
  if (header_size + payload.size() + tag_size < size) payload.resize(size - header_size - tag_size);
  put_varint(packet, 2 + payload.size() + tag_size);
  put16(packet, number);
  put(packet, payload);
  protect(packet, header_size, number, *keys);
  return packet;
}

}  // namespace sluice::bench
