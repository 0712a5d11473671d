#include "rules/signing/minisign_sign.hh"

#include <sodium.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// What line 2 of a secret key file holds, in order and without gaps. Numbers are little-endian.
constexpr std::size_t salt_at = 6;  // behind the kinds of signature, of key derivation and of checksum, 2 bytes each
constexpr std::size_t work_at = salt_at + crypto_pwhash_scryptsalsa208sha256_SALTBYTES;
constexpr std::size_t memory_at = work_at + 8;
constexpr std::size_t sealed_at = memory_at + 8;  // from here on under the stream that the password gives
constexpr std::size_t secret_at = sealed_at + 8;  // behind the key id
constexpr std::size_t checksum_at = secret_at + crypto_sign_SECRETKEYBYTES;
constexpr std::size_t checksum_size = 32;
constexpr std::size_t file_size = checksum_at + checksum_size;

constexpr MinisignAlgorithm scrypt{'S', 'c'};
constexpr MinisignAlgorithm no_derivation{0, 0};
constexpr MinisignAlgorithm blake2b{'B', '2'};

using Raw = std::array<std::uint8_t, file_size>;
using Stream = std::array<std::uint8_t, file_size - sealed_at>;

// Wipes at the end of the scope, whichever way it is left.
template <typename Bytes>
struct Wiped {
  Bytes bytes{};
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { sodium_memzero(bytes.data(), bytes.size()); }
};

std::uint64_t little_endian(const Raw& raw, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | raw[at + i];
  return value;
}

bool is_at(const Raw& raw, std::size_t at, const MinisignAlgorithm& kind) {
  return std::equal(kind.begin(), kind.end(), raw.begin() + static_cast<std::ptrdiff_t>(at));
}

// BLAKE2b-256 over kind of signature, key id and key.
bool checksum_holds(const Raw& raw) {
  std::array<std::uint8_t, checksum_size> sum{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, sum.size());
  crypto_generichash_update(&state, raw.data(), minisign_ed25519.size());
  crypto_generichash_update(&state, raw.data() + sealed_at, checksum_at - sealed_at);
  crypto_generichash_final(&state, sum.data(), sum.size());
  return sodium_memcmp(sum.data(), raw.data() + checksum_at, sum.size()) == 0;
}

// Lifts the password's stream off; an error text where that cannot be.
std::optional<std::string> open_sealed(Raw& raw, std::optional<std::string_view> password) {
  if (!password) return "the secret key is protected: give its password";
  const auto work = little_endian(raw, work_at);
  const auto memory = little_endian(raw, memory_at);
  if (work > minisign_kdf_work_limit || memory > minisign_kdf_memory_limit)
    return "the secret key asks for more memory or work than minisign does: it is altered, or none of minisign's";
  Wiped<Stream> stream;
  if (crypto_pwhash_scryptsalsa208sha256(stream.bytes.data(), stream.bytes.size(), password->data(), password->size(),
                                         raw.data() + salt_at, work, static_cast<std::size_t>(memory)) != 0)
    return "no memory to open the secret key with its password (minisign's keys take 1 GiB)";
  for (std::size_t i = 0; i < stream.bytes.size(); ++i) raw[sealed_at + i] ^= stream.bytes[i];
  if (!checksum_holds(raw)) return "wrong password, or the secret key file was altered";
  return std::nullopt;
}

// Unprotected keys of minisign 0.11 have zeros for a checksum.
bool unsealed_is_whole(const Raw& raw) {
  const auto zero = [](std::uint8_t byte) { return byte == 0; };
  return std::all_of(raw.begin() + checksum_at, raw.end(), zero) || checksum_holds(raw);
}

// Whether the second half of the key is the public key of the first: only then do signatures verify.
bool halves_agree(std::span<const std::uint8_t> key) {
  Wiped<std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES>> own;
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key{};
  crypto_sign_seed_keypair(public_key.data(), own.bytes.data(), key.data());
  return sodium_memcmp(own.bytes.data(), key.data(), own.bytes.size()) == 0;
}

}  // namespace

MinisignSecretKey::MinisignSecretKey(MinisignSecretKey&& other) noexcept { *this = std::move(other); }
MinisignSecretKey& MinisignSecretKey::operator=(MinisignSecretKey&& other) noexcept {
  id_ = other.id_;
  key_ = other.key_;
  if (this != &other) sodium_memzero(other.key_.data(), other.key_.size());
  return *this;
}
MinisignSecretKey::~MinisignSecretKey() { sodium_memzero(key_.data(), key_.size()); }

tl::expected<MinisignSecretKey, std::string> MinisignSecretKey::parse(std::string_view text,
                                                                      std::optional<std::string_view> password) {
  const auto lines = minisign_lines(text, 2);
  if (!lines) return tl::unexpected<std::string>("the secret key " + lines.error());
  Wiped<Raw> raw;
  if (!from_base64((*lines)[1], raw.bytes) || !is_at(raw.bytes, 0, minisign_ed25519) || !is_at(raw.bytes, 4, blake2b))
    return tl::unexpected<std::string>(
        "line 2 is no secret key of minisign: name the .key file that minisign -G wrote");
  if (is_at(raw.bytes, 2, scrypt)) {
    if (const auto error = open_sealed(raw.bytes, password)) return tl::unexpected(*error);
  } else if (!is_at(raw.bytes, 2, no_derivation) || !unsealed_is_whole(raw.bytes)) {
    return tl::unexpected<std::string>("the secret key file was altered, or is of a newer kind");
  }
  const auto key = std::span{raw.bytes}.subspan(secret_at, crypto_sign_SECRETKEYBYTES);
  if (!halves_agree(key))
    return tl::unexpected<std::string>("the secret key file was altered: its two halves do not fit");
  MinisignSecretKey out;
  std::ranges::copy(std::span{raw.bytes}.subspan(sealed_at, out.id_.size()), out.id_.begin());
  std::ranges::copy(key, out.key_.begin());
  return out;
}

MinisignPublicKey MinisignSecretKey::public_key() const {
  MinisignPublicKey out;
  out.id = id_;
  std::copy_n(key_.begin() + crypto_sign_SEEDBYTES, out.key.size(), out.key.begin());
  return out;
}

tl::expected<std::string, std::string> MinisignSecretKey::sign(std::span<const std::uint8_t> data,
                                                               std::string_view trusted_comment) const {
  if (trusted_comment.size() + trusted_comment_prefix.size() >= minisign_trusted_comment_limit)
    return tl::unexpected<std::string>("the trusted comment is longer than minisign reads");
  if (first_invalid_utf8(trusted_comment) || std::ranges::any_of(trusted_comment, is_control))
    return tl::unexpected<std::string>("the trusted comment is not one line of plain text");
  std::array<std::uint8_t, crypto_generichash_BYTES_MAX> hash{};
  crypto_generichash(hash.data(), hash.size(), data.data(), data.size(), nullptr, 0);
  std::array<std::uint8_t, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, hash.data(), hash.size(), key_.data());

  std::vector<std::uint8_t> line(minisign_prehashed.begin(), minisign_prehashed.end());
  line.insert(line.end(), id_.begin(), id_.end());
  line.insert(line.end(), signature.begin(), signature.end());
  std::vector<std::uint8_t> covered(signature.begin(), signature.end());
  covered.insert(covered.end(), trusted_comment.begin(), trusted_comment.end());
  std::array<std::uint8_t, crypto_sign_BYTES> of_comment{};
  crypto_sign_detached(of_comment.data(), nullptr, covered.data(), covered.size(), key_.data());

  std::string text;
  text.append(untrusted_comment_prefix).append("signature of a sluice pack\n");
  text.append(to_base64(line)).append("\n");
  text.append(trusted_comment_prefix).append(trusted_comment).append("\n");
  text.append(to_base64(of_comment)).append("\n");
  return text;
}

}  // namespace sluice
