#include "rules/signing/minisign.hh"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <vector>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

using Ed25519Signature = std::array<std::uint8_t, crypto_sign_BYTES>;

struct ParsedSignature {
  bool prehashed = false;
  MinisignKeyId id{};
  Ed25519Signature of_data{};
  std::string_view trusted_comment;  // into the text
  Ed25519Signature of_comment{};     // over of_data and the trusted comment
};

// Cuts `count` bytes off the front.
std::span<const std::uint8_t> take(std::span<const std::uint8_t>& rest, std::size_t count) {
  const auto taken = rest.first(count);
  rest = rest.subspan(count);
  return taken;
}

// minisign's own comments hold tabs ("timestamp:…<tab>file:…").
bool is_plain_text(std::string_view text) {
  return !first_invalid_utf8(text) && std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

tl::expected<ParsedSignature, std::string> parse_signature(std::string_view text) {
  if (text.empty()) return tl::unexpected<std::string>("no signature: sign the file with a key that is trusted here");
  const auto lines = minisign_lines(text, 4);
  if (!lines) return tl::unexpected<std::string>("the signature " + lines.error());
  std::array<std::uint8_t, 2 + 8 + crypto_sign_BYTES> raw{};
  ParsedSignature signature;
  if (!from_base64((*lines)[1], raw))
    return tl::unexpected<std::string>("line 2 of the signature is cut or altered: fetch the signature again");
  std::span<const std::uint8_t> rest = raw;
  const auto algorithm = take(rest, 2);
  signature.prehashed = std::equal(algorithm.begin(), algorithm.end(), minisign_prehashed.begin());
  if (!signature.prehashed && !std::equal(algorithm.begin(), algorithm.end(), minisign_ed25519.begin()))
    return tl::unexpected<std::string>(
        "the signature is of a kind that minisign does not write: fetch it again, or sign anew");
  std::ranges::copy(take(rest, signature.id.size()), signature.id.begin());
  std::ranges::copy(rest, signature.of_data.begin());
  const auto comment = (*lines)[2];
  if (!comment.starts_with(trusted_comment_prefix) || comment.size() > minisign_trusted_comment_limit ||
      !is_plain_text(comment))
    return tl::unexpected<std::string>("line 3 of the signature is no trusted comment: fetch the signature again");
  signature.trusted_comment = comment.substr(trusted_comment_prefix.size());
  if (!from_base64((*lines)[3], signature.of_comment))
    return tl::unexpected<std::string>("line 4 of the signature is cut or altered: fetch the signature again");
  return signature;
}

std::string ids_of(std::span<const MinisignPublicKey> keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ", ") + text_of(key.id);
  return text;
}

bool data_is_signed(std::span<const std::uint8_t> data, const ParsedSignature& signature,
                    const MinisignPublicKey& key) {
  std::array<std::uint8_t, crypto_generichash_BYTES_MAX> hash{};
  if (signature.prehashed) {
    crypto_generichash(hash.data(), hash.size(), data.data(), data.size(), nullptr, 0);
    data = hash;
  }
  return crypto_sign_verify_detached(signature.of_data.data(), data.data(), data.size(), key.key.data()) == 0;
}

bool comment_is_signed(const ParsedSignature& signature, const MinisignPublicKey& key) {
  std::vector<std::uint8_t> covered(signature.of_data.begin(), signature.of_data.end());
  covered.insert(covered.end(), signature.trusted_comment.begin(), signature.trusted_comment.end());
  return crypto_sign_verify_detached(signature.of_comment.data(), covered.data(), covered.size(), key.key.data()) == 0;
}

}  // namespace

tl::expected<MinisignPublicKey, std::string> parse_minisign_public_key(std::string_view text) {
  const auto lines = minisign_lines(text, 2);
  if (!lines) return tl::unexpected<std::string>("the public key " + lines.error());
  std::array<std::uint8_t, 2 + 8 + 32> raw{};
  if (!from_base64((*lines)[1], raw))
    return tl::unexpected<std::string>(
        "line 2 is no public key of minisign: name the .pub file that minisign -G wrote");
  std::span<const std::uint8_t> rest = raw;
  if (!std::ranges::equal(take(rest, 2), minisign_ed25519))
    return tl::unexpected<std::string>("the public key is of a kind that minisign does not write");
  MinisignPublicKey key;
  std::ranges::copy(take(rest, key.id.size()), key.id.begin());
  std::ranges::copy(rest, key.key.begin());
  return key;
}

tl::expected<MinisignKeyId, std::string> minisign_signer(std::string_view signature_text) {
  return parse_signature(signature_text).map([](const ParsedSignature& signature) { return signature.id; });
}

tl::expected<std::string, std::string> verify_minisign(std::span<const std::uint8_t> data,
                                                       std::string_view signature_text,
                                                       std::span<const MinisignPublicKey> keys) {
  const auto signature = parse_signature(signature_text);
  if (!signature) return tl::unexpected(signature.error());
  bool id_known = false;
  for (const auto& key : keys) {
    if (key.id != signature->id) continue;
    id_known = true;  // ids are random, so two keys may share one: all of them are tried
    if (!data_is_signed(data, *signature, key)) continue;
    if (!comment_is_signed(*signature, key))
      return tl::unexpected<std::string>("the trusted comment was altered: fetch the signature again");
    return std::string(signature->trusted_comment);
  }
  const auto id = text_of(signature->id);
  if (id_known)
    return tl::unexpected(
        fmt::format("key {} did not sign these bytes: the file or its signature was altered or "
                    "belongs to another release; fetch both again",
                    id));
  if (keys.empty())
    return tl::unexpected(
        fmt::format("signed with key {}, and no key is trusted here: name the publisher's public "
                    "key as a trusted one",
                    id));
  return tl::unexpected(
      fmt::format("signed with key {}, which is none of the trusted ones ({}): trust the "
                  "publisher's public key, or sign with a key that is trusted here",
                  id, ids_of(keys)));
}

}  // namespace sluice
