#include "control/packs/pack_file.hh"

#include <fmt/format.h>

#include "control/text/text_file.hh"

namespace sluice {
namespace {

tl::expected<std::string, std::string> read_file(const std::string& path, std::size_t limit) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  return std::move(**text);
}

}  // namespace

std::string signature_path(const std::string& pack_path) { return pack_path + ".minisig"; }

tl::expected<Keyring, std::string> load_keyring(const KeyringSources& sources) {
  Keyring keyring;
  keyring.threshold = sources.threshold;
  for (const auto& path : sources.trusted_keys) {
    const auto text = read_file(path, minisign_file_limit);
    if (!text) return tl::unexpected(text.error());
    const auto key = parse_minisign_public_key(*text);
    if (!key) return tl::unexpected(fmt::format("{}: {}", path, key.error()));
    keyring.trusted.push_back(*key);
  }
  for (const auto& text : sources.revoked_keys) {
    const auto id = key_id_from(text);
    if (!id)
      return tl::unexpected(fmt::format(
          "\"{}\" is no key id: write the hexadecimal digits in the first line of the key's .pub file", text));
    keyring.revoked.push_back(*id);
  }
  return keyring;
}

tl::expected<std::string, std::string> verify_beside(const std::string& path, std::span<const std::uint8_t> bytes,
                                                     const Keyring& keyring) {
  const auto beside = signature_path(path);
  const auto signatures = read_text_file(beside, minisign_file_limit);
  if (!signatures) return tl::unexpected(signatures.error());
  if (!*signatures)
    return tl::unexpected(
        fmt::format("{}: no signature: {} does not exist; fetch it, or sign the file with a trusted "
                    "key",
                    path, beside));
  const auto good = verify_signatures(bytes, **signatures, keyring);
  if (!good) return tl::unexpected(fmt::format("{}: {}", path, good.error()));
  std::string comments;
  for (const auto& one : *good) comments += (comments.empty() ? "" : "; ") + one.trusted_comment;
  return comments;
}

tl::expected<PackFile, std::string> load_pack_file(const std::string& path, const Keyring& keyring) {
  const auto text = read_file(path, pack_size_limit);
  if (!text) return tl::unexpected(text.error());
  const std::span bytes{reinterpret_cast<const std::uint8_t*>(text->data()), text->size()};
  PackFile file;
  file.path = path;
  if (!keyring.empty()) {
    auto comment = verify_beside(path, bytes, keyring);
    if (!comment) return tl::unexpected(comment.error());
    file.trusted_comment = std::move(*comment);
  }
  auto pack = read_pack(bytes);
  if (!pack) return tl::unexpected(fmt::format("{}: {}", path, pack.error()));
  file.pack = std::move(*pack);
  file.digest = pack_digest(bytes);
  return file;
}

}  // namespace sluice
