#include "rules/signing/keyring.hh"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace sluice {
namespace {

constexpr std::size_t lines_of_signature = 4;

using Key = decltype(MinisignPublicKey::key);

bool is_revoked(const MinisignKeyId& id, const Keyring& keyring) {
  return std::ranges::find(keyring.revoked, id) != keyring.revoked.end();
}

// Those that count. A key under two ids is one key, and revoked with either of them.
std::vector<MinisignPublicKey> usable(const Keyring& keyring) {
  std::vector<Key> revoked;
  for (const auto& key : keyring.trusted)
    if (is_revoked(key.id, keyring)) revoked.push_back(key.key);
  std::vector<MinisignPublicKey> keys;
  std::ranges::copy_if(keyring.trusted, std::back_inserter(keys), [&](const MinisignPublicKey& key) {
    return std::ranges::find(revoked, key.key) == revoked.end();
  });
  return keys;
}

std::string revoked_text(const MinisignKeyId& id) {
  return fmt::format(
      "signed with key {}, which is revoked here: fetch a release that a key signed which is trusted "
      "and not revoked",
      text_of(id));
}

std::string too_few(const std::vector<GoodSignature>& good, const std::string& others, const Keyring& keyring) {
  std::string ids;
  for (const auto& one : good) ids += (ids.empty() ? "" : ", ") + text_of(one.key);
  return fmt::format(
      "signatures of {} different trusted keys are needed here, and {} {} good{}: let the owners of further keys sign "
      "it (sluice rules sign){}",
      keyring.threshold, good.size(), good.size() == 1 ? "is" : "are", ids.empty() ? "" : " (" + ids + ")",
      others.empty() ? "" : "; " + others);
}

class Verification {
 public:
  Verification(std::span<const std::uint8_t> data, const Keyring& keyring)
      : data_(data), keyring_(keyring), keys_(usable(keyring)) {}

  // An error where the text is none, or one of a trusted key that this key did not make.
  std::optional<std::string> judge(std::string_view signature) {
    const auto id = minisign_signer(signature);
    if (!id) return id.error();
    std::string error;
    for (const auto& key : keys_) {
      if (key.id != *id) continue;
      auto comment = verify_minisign(data_, signature, {&key, 1});
      if (comment) {
        count(key, std::move(*comment));
        return std::nullopt;
      }
      error = comment.error();
    }
    if (!error.empty()) return error;
    const bool known = std::ranges::any_of(keyring_.trusted, [&](const auto& key) { return key.id == *id; });
    note(known || is_revoked(*id, keyring_) ? revoked_text(*id) : verify_minisign(data_, signature, keys_).error());
    return std::nullopt;
  }

  tl::expected<std::vector<GoodSignature>, std::string> outcome() && {
    if (good_.size() >= std::max(keyring_.threshold, std::uint32_t{1})) return std::move(good_);
    if (keyring_.threshold <= 1) return tl::unexpected(notes_);
    return tl::unexpected(too_few(good_, notes_, keyring_));
  }

 private:
  void count(const MinisignPublicKey& key, std::string comment) {
    if (std::ranges::find(counted_, key.key) != counted_.end()) return;
    counted_.push_back(key.key);
    good_.push_back({key.id, std::move(comment)});
  }
  void note(const std::string& text) { notes_ += (notes_.empty() ? "" : "; ") + text; }

  std::span<const std::uint8_t> data_;
  const Keyring& keyring_;
  std::vector<MinisignPublicKey> keys_;
  std::vector<Key> counted_;
  std::vector<GoodSignature> good_;
  std::string notes_;  // why others do not count
};

}  // namespace

tl::expected<std::vector<std::string_view>, std::string> signatures_in(std::string_view text) {
  if (text.empty()) return tl::unexpected<std::string>("no signature: sign the file with a key that is trusted here");
  if (text.size() > minisign_file_limit)
    return tl::unexpected(fmt::format("the signatures are larger than {} bytes", minisign_file_limit));
  std::vector<std::string_view> signatures;
  while (!text.empty()) {
    std::size_t end = 0;
    for (std::size_t line = 0; line < lines_of_signature && end < text.size(); ++line) {
      const auto at = text.find('\n', end);
      end = at == std::string_view::npos ? text.size() : at + 1;
    }
    signatures.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  if (signatures.size() > signature_count_limit)
    return tl::unexpected(fmt::format("more than {} signatures", signature_count_limit));
  return signatures;
}

tl::expected<std::vector<GoodSignature>, std::string> verify_signatures(std::span<const std::uint8_t> data,
                                                                        std::string_view signatures,
                                                                        const Keyring& keyring) {
  const auto texts = signatures_in(signatures);
  if (!texts) return tl::unexpected(texts.error());
  Verification verification{data, keyring};
  for (const auto text : *texts)
    if (auto error = verification.judge(text)) return tl::unexpected(std::move(*error));
  return std::move(verification).outcome();
}

}  // namespace sluice
