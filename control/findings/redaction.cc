#include "control/findings/redaction.hh"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <array>
#include <cstdint>
#include <iterator>

#include "control/text/safe_text.hh"

namespace sluice {
namespace {

constexpr std::size_t digest_bytes = 8;

}  // namespace

Redactor::~Redactor() {
  if (key_) OPENSSL_cleanse(key_->data(), key_->size());
}

void Redactor::fetch_key() const {
  if (is_fetched_ || !key_path_) return;
  is_fetched_ = true;
  const auto key = load_or_make_key(*key_path_);
  if (key) {
    key_ = *key;
    return;
  }
  const auto spare = random_key();
  if (spare) key_ = *spare;
  complaint_ = key.error() + (spare ? "; the digests of identifiers in this run compare with those of no other run"
                                    : "; identifiers in this run have no digest");
}

nlohmann::ordered_json Redactor::measure(std::string_view kind, std::string_view value) const {
  if (reveals_) return stored_text(value);
  return {{"kind", kind}, {"length", value.size()}};
}

nlohmann::ordered_json Redactor::redact(std::string_view kind, std::string_view value) const {
  auto redacted = measure(kind, value);
  if (reveals_) return redacted;
  const std::lock_guard lock{mutex_};
  fetch_key();
  if (!key_) return redacted;
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  const auto* const bytes = reinterpret_cast<const unsigned char*>(value.data());
  if (HMAC(EVP_sha256(), key_->data(), static_cast<int>(key_->size()), bytes, value.size(), mac.data(), nullptr) ==
      nullptr)
    return redacted;
  std::string digest = "hmac-sha256:";
  for (std::size_t i = 0; i < digest_bytes; ++i) fmt::format_to(std::back_inserter(digest), "{:02x}", mac[i]);
  redacted["digest"] = std::move(digest);
  return redacted;
}

std::string Redactor::complaint() const {
  const std::lock_guard lock{mutex_};
  return complaint_;
}

}  // namespace sluice
