#include "dataplane/quic/quic_crypto.hh"

#include <algorithm>
#include <string_view>

#include "dataplane/quic/hkdf.hh"

namespace sluice {
namespace {

constexpr std::size_t tag_size = 16;          // RFC 9001 section 5.3
constexpr std::size_t sample_size = 16;       // RFC 9001 section 5.4.3
constexpr std::size_t packet_number_max = 4;  // RFC 9000 section 17.1

using Salt = std::array<std::uint8_t, 20>;

// RFC 9001 section 5.2; draft-ietf-quic-tls-33 and -34 already had it.
constexpr Salt salt_v1{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                       0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
// RFC 9369 section 3.3.1
constexpr Salt salt_v2{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                       0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
// draft-ietf-quic-tls-29 section 5.2, until -32
constexpr Salt salt_draft_29{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                             0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
// draft-ietf-quic-tls-23 section 5.2, until -28
constexpr Salt salt_draft_23{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                             0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};
// draft-ietf-quic-tls-21 section 5.2, until -22
constexpr Salt salt_draft_22{0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                             0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a};
// Chromium, quic/core/crypto/crypto_utils.cc: InitialSaltForVersion()
constexpr Salt salt_q050{0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94,
                         0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45};
constexpr Salt salt_t050{0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
                         0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10};
constexpr Salt salt_t051{0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                         0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d};

// RFC 9001 section 5.1, RFC 9369 section 3.3.2
struct Labels {
  std::string_view key;
  std::string_view iv;
  std::string_view header;
};
constexpr Labels labels_v1{"quic key", "quic iv", "quic hp"};
constexpr Labels labels_v2{"quicv2 key", "quicv2 iv", "quicv2 hp"};

// Nothing where the version has no Initial keys that we know.
const Salt* salt_of(std::uint32_t version) noexcept {
  if (version == quic_version_1 || version == quic_version_mvfst_v1) return &salt_v1;
  if (version == quic_version_2) return &salt_v2;
  // facebook/mvfst, quic/fizz/handshake: the first number kept the salt of draft-22, the others took that of draft-23.
  if (version == quic_version_mvfst_first) return &salt_draft_22;
  if (is_quic_version_mvfst(version)) return &salt_draft_23;
  if (version == quic_version_q050) return &salt_q050;
  if (version == quic_version_t050) return &salt_t050;
  if (version == quic_version_t051) return &salt_t051;
  if (version < quic_version_draft_22 || version > quic_version_draft_34) return nullptr;
  if (version < quic_version_draft_23) return &salt_draft_22;
  if (version < quic_version_draft_29) return &salt_draft_23;
  return version < quic_version_draft_33 ? &salt_draft_29 : &salt_v1;
}

auto error(QuicError reason) noexcept { return tl::unexpected{reason}; }

int as_int(std::size_t size) noexcept { return static_cast<int>(size); }

// Encrypts one block in place.
bool encrypt_block(EVP_CIPHER_CTX* context, std::span<std::uint8_t, sample_size> block) noexcept {
  int size = 0;
  return EVP_EncryptUpdate(context, block.data(), &size, block.data(), as_int(block.size())) == 1 &&
         size == as_int(block.size());
}

bool add_associated_data(EVP_CIPHER_CTX* context, Bytes data) noexcept {
  int size = 0;
  return EVP_DecryptUpdate(context, nullptr, &size, data.data(), as_int(data.size())) == 1;
}

// A context that is bound to its cipher; from then on setting a key allocates nothing.
EVP_CIPHER_CTX* new_context(const char* cipher_name, bool encrypts) noexcept {
  auto* cipher = EVP_CIPHER_fetch(nullptr, cipher_name, nullptr);
  auto* context = EVP_CIPHER_CTX_new();
  const bool bound = cipher != nullptr && context != nullptr &&
                     EVP_CipherInit_ex2(context, cipher, nullptr, nullptr, encrypts ? 1 : 0, nullptr) == 1;
  EVP_CIPHER_free(cipher);  // the context holds its own reference
  if (bound) return context;
  EVP_CIPHER_CTX_free(context);
  return nullptr;
}

}  // namespace

tl::expected<QuicInitialKeys, QuicError> QuicInitialKeys::derive(std::uint32_t version, Bytes dcid,
                                                                 QuicEnd end) noexcept {
  const auto* salt = salt_of(version);
  if (salt == nullptr) return error(QuicError::no_keys);
  // RFC 9001 section 5.2
  const auto initial_secret = hkdf_extract(*salt, dcid);
  Sha256Digest secret;
  hkdf_expand_label(initial_secret, end == QuicEnd::client ? "client in" : "server in", secret);
  const auto& labels = quic_family(version) == QuicFamily::v2 ? labels_v2 : labels_v1;
  QuicInitialKeys keys;
  hkdf_expand_label(secret, labels.key, keys.key);
  hkdf_expand_label(secret, labels.iv, keys.iv);
  hkdf_expand_label(secret, labels.header, keys.header_key);
  return keys;
}

QuicOpener::QuicOpener() noexcept
    : header_(new_context("AES-128-ECB", true)), payload_(new_context("AES-128-GCM", false)) {}

tl::expected<Bytes, QuicError> QuicOpener::open(const QuicInitialKeys& keys, const QuicLongPacket& packet,
                                                std::span<std::uint8_t> out) noexcept {
  if (!ready()) return error(QuicError::cipher);
  if (packet.type != QuicPacketType::initial) return error(QuicError::not_initial);

  // RFC 9001 section 5.4.2: the sample stands where it would for the longest packet number.
  Reader reader{packet.whole_packet};
  const auto header = reader.take(packet.packet_number_offset);
  const auto protected_number = reader.take(packet_number_max);
  const auto sample = reader.take(sample_size);
  if (!reader.ok() || header.empty()) return error(QuicError::truncated);

  // RFC 9001 section 5.4.1, on copies of the few bytes that are masked.
  std::array<std::uint8_t, sample_size> mask;
  std::copy(sample.begin(), sample.end(), mask.begin());
  if (EVP_EncryptInit_ex2(header_.get(), nullptr, keys.header_key.data(), nullptr, nullptr) != 1 ||
      !encrypt_block(header_.get(), mask))
    return error(QuicError::cipher);
  const std::array<std::uint8_t, 1> first{static_cast<std::uint8_t>(header.front() ^ (mask[0] & 0x0f))};
  const std::size_t number_size = (first[0] & 0x03U) + 1;
  std::array<std::uint8_t, packet_number_max> number{};
  // RFC 9001 section 5.3: the nonce is the IV with the packet number in its last bytes. A client sends few Initial
  // packets, so the number on the wire is all of it (RFC 9000 section 17.1 cuts it to what tells it apart).
  auto nonce = keys.iv;
  for (std::size_t i = 0; i < number_size; ++i) {
    number[i] = protected_number[i] ^ mask[1 + i];
    nonce[nonce.size() - number_size + i] ^= number[i];
  }

  const auto rest = packet.whole_packet.subspan(header.size() + number_size);
  if (rest.size() <= tag_size) return error(QuicError::truncated);
  const auto ciphertext = rest.first(rest.size() - tag_size);
  std::array<std::uint8_t, tag_size> tag;
  std::copy_n(rest.last(tag_size).begin(), tag_size, tag.begin());
  if (ciphertext.size() > out.size()) return error(QuicError::buffer_too_small);

  auto* context = payload_.get();
  int size = 0;
  if (EVP_DecryptInit_ex2(context, nullptr, keys.key.data(), nonce.data(), nullptr) != 1 ||
      !add_associated_data(context, first) || !add_associated_data(context, header.subspan(1)) ||
      !add_associated_data(context, {number.data(), number_size}) ||
      EVP_DecryptUpdate(context, out.data(), &size, ciphertext.data(), as_int(ciphertext.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, as_int(tag.size()), tag.data()) != 1)
    return error(QuicError::cipher);
  if (EVP_DecryptFinal_ex(context, out.data() + size, &size) != 1) return error(QuicError::authentication);
  return Bytes{out.first(ciphertext.size())};
}

tl::expected<Bytes, QuicError> open_client_initial(QuicOpener& opener, std::uint32_t version,
                                                   Bytes dcid_of_first_client_initial, const QuicLongPacket& packet,
                                                   std::span<std::uint8_t> out) noexcept {
  const auto keys = QuicInitialKeys::derive(version, dcid_of_first_client_initial);
  if (!keys) return error(keys.error());
  return opener.open(*keys, packet, out);
}

tl::expected<Bytes, QuicError> QuicInitialState::open_with(QuicOpener& opener, Bytes dcid, const QuicLongPacket& packet,
                                                           std::span<std::uint8_t> out) noexcept {
  std::array versions{packet.version, packet.version};
  if (is_quic_version_reserved(packet.version)) versions = {quic_version_1, quic_version_draft_29};
  auto opened = open_client_initial(opener, versions[0], dcid, packet, out);
  auto used = versions[0];
  if (!opened && opened.error() == QuicError::authentication && versions[1] != used) {
    used = versions[1];
    opened = open_client_initial(opener, used, dcid, packet, out);
  }
  if (opened) version_ = used;
  return opened;
}

tl::expected<Bytes, QuicError> QuicInitialState::open(QuicOpener& opener, const QuicLongPacket& packet,
                                                      std::span<std::uint8_t> out) noexcept {
  if (failures_ >= quic_failed_opens_limit) return error(QuicError::attempts_spent);
  if (packet.dcid.size() > dcid_.size()) return error(QuicError::connection_id_length);
  const bool has_opened = version_ != 0;
  const Bytes kept{dcid_.data(), dcid_size_};
  if (has_opened) {
    auto opened = open_with(opener, kept, packet, out);
    if (opened || opened.error() != QuicError::authentication) return opened;
  }
  auto opened = tl::expected<Bytes, QuicError>{error(QuicError::authentication)};
  if (!has_opened || !std::ranges::equal(kept, packet.dcid)) opened = open_with(opener, packet.dcid, packet, out);
  if (opened) {
    dcid_size_ = static_cast<std::uint8_t>(packet.dcid.size());
    std::copy(packet.dcid.begin(), packet.dcid.end(), dcid_.begin());
  } else if (opened.error() == QuicError::authentication) {
    ++failures_;
  }
  return opened;
}

tl::expected<Bytes, QuicError> QuicInitialState::open_answer(QuicOpener& opener, const QuicLongPacket& packet,
                                                             std::span<std::uint8_t> out) noexcept {
  if (failures_ >= quic_failed_opens_limit) return error(QuicError::attempts_spent);
  // It may answer in another version than it was asked in (RFC 9368 section 2.3).
  const auto version = is_quic_version_reserved(packet.version) ? version_ : packet.version;
  const auto keys = QuicInitialKeys::derive(version, {dcid_.data(), dcid_size_}, QuicEnd::server);
  if (!keys) return error(keys.error());
  auto opened = opener.open(*keys, packet, out);
  if (!opened && opened.error() == QuicError::authentication) ++failures_;
  return opened;
}

}  // namespace sluice
