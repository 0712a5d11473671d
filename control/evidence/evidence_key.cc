#include "control/evidence/evidence_key.hh"

#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <new>

#include "control/text/text_file.hh"

namespace sluice {
namespace {

static_assert(evidence_key_size == crypto_box_PUBLICKEYBYTES && evidence_key_size == crypto_box_SECRETKEYBYTES);
static_assert(evidence_seal_size == crypto_box_SEALBYTES);

constexpr std::string_view public_word = "sluice-evidence-public-key ";
constexpr std::string_view secret_word = "sluice-evidence-secret-key ";
constexpr std::size_t file_limit = 256;  // bytes
constexpr ::mode_t of_others = 077;

void start() {
  if (::sodium_init() < 0) throw std::bad_alloc{};  // it fails where the kernel gives no random numbers
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The bytes of the key in such a file.
tl::expected<std::string, std::string> load(const std::string& path, std::string_view word, std::string_view what) {
  const auto text = read_text_file(path, file_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file (`sluice evidence keygen` makes a pair)");
  std::string_view line = **text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.starts_with(word)) {
    const auto bytes = hex_bytes(line.substr(word.size()));
    if (bytes && bytes->size() == evidence_key_size) return std::string{*bytes};
  }
  return tl::unexpected(path + ": is no " + std::string{what} + " key of evidence: name the one that " +
                        "`sluice evidence keygen` wrote");
}

}  // namespace

EvidenceSecretKey EvidenceSecretKey::random() {
  start();
  EvidenceSecretKey key;
  EvidencePublicKey unused;
  ::crypto_box_keypair(unused.data(), key.key_.data());
  return key;
}

std::optional<EvidenceSecretKey> EvidenceSecretKey::from(std::string_view bytes) {
  if (bytes.size() != evidence_key_size) return std::nullopt;
  EvidenceSecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.key_.begin());
  return key;
}

EvidenceSecretKey::EvidenceSecretKey(EvidenceSecretKey&& other) noexcept : key_(other.key_) {
  ::sodium_memzero(other.key_.data(), other.key_.size());
}

EvidenceSecretKey& EvidenceSecretKey::operator=(EvidenceSecretKey&& other) noexcept {
  std::swap(key_, other.key_);
  return *this;
}

EvidenceSecretKey::~EvidenceSecretKey() { ::sodium_memzero(key_.data(), key_.size()); }

EvidencePublicKey EvidenceSecretKey::public_key() const {
  EvidencePublicKey key;
  ::crypto_scalarmult_base(key.data(), key_.data());
  return key;
}

std::string_view EvidenceSecretKey::bytes() const noexcept {
  return {reinterpret_cast<const char*>(key_.data()), key_.size()};
}

std::optional<std::string> EvidenceSecretKey::open(std::string_view box) const {
  start();
  if (box.size() < evidence_seal_size) return std::nullopt;
  std::string bytes(box.size() - evidence_seal_size, '\0');
  const auto key = public_key();
  if (::crypto_box_seal_open(bytes_of(bytes), bytes_of(box), box.size(), key.data(), key_.data()) != 0)
    return std::nullopt;
  return bytes;
}

std::string seal(const EvidencePublicKey& key, std::string_view bytes) {
  start();
  std::string box(bytes.size() + evidence_seal_size, '\0');
  ::crypto_box_seal(bytes_of(box), bytes_of(bytes), bytes.size(), key.data());
  return box;
}

std::string hex_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

std::optional<std::string> hex_bytes(std::string_view text) {
  const auto value = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = value(text[i]), low = value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string hex_text(const EvidencePublicKey& key) {
  return hex_text(std::string_view{reinterpret_cast<const char*>(key.data()), key.size()});
}

std::optional<EvidencePublicKey> public_key_from(std::string_view hex) {
  const auto bytes = hex_bytes(hex);
  if (!bytes || bytes->size() != evidence_key_size) return std::nullopt;
  EvidencePublicKey key;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

std::string file_text(const EvidencePublicKey& key) { return std::string{public_word} + hex_text(key) + "\n"; }

std::string file_text(const EvidenceSecretKey& key) { return std::string{secret_word} + hex_text(key.bytes()) + "\n"; }

tl::expected<EvidencePublicKey, std::string> load_evidence_public_key(const std::string& path) {
  const auto bytes = load(path, public_word, "public");
  if (!bytes) return tl::unexpected(bytes.error());
  EvidencePublicKey key;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  // A point of small order would make boxes that anybody opens: libsodium refuses to seal to it.
  std::string box(evidence_seal_size, '\0');
  start();
  if (::crypto_box_seal(bytes_of(box), nullptr, 0, key.data()) != 0)
    return tl::unexpected(path + ": is a key that anybody can open: name another one");
  return key;
}

tl::expected<EvidenceSecretKey, std::string> load_evidence_secret_key(const std::string& path) {
  struct ::stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & of_others) != 0)
    return tl::unexpected(path + ": others may read this secret key: `chmod 600` it, and ask who has");
  auto bytes = load(path, secret_word, "secret");
  if (!bytes) return tl::unexpected(bytes.error());
  auto key = EvidenceSecretKey::from(*bytes);
  ::sodium_memzero(bytes->data(), bytes->size());
  return std::move(*key);
}

}  // namespace sluice
