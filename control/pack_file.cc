#include "control/pack_file.hh"

#include <fmt/format.h>

#include "control/text_file.hh"

namespace sluice {
namespace {

tl::expected<std::string, std::string> read_file(const std::string& path, std::size_t limit) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  return std::move(**text);
}

// What is signed beside the pack.
tl::expected<std::string, std::string> verify(const std::string& path, std::span<const std::uint8_t> bytes,
                                              std::span<const MinisignPublicKey> keys) {
  const auto beside = signature_path(path);
  const auto signature = read_text_file(beside, minisign_file_limit);
  if (!signature) return tl::unexpected(signature.error());
  if (!*signature)
    return tl::unexpected(
        fmt::format("{}: no signature: {} does not exist; fetch it, or sign the pack with a trusted "
                    "key",
                    path, beside));
  auto comment = verify_minisign(bytes, **signature, keys);
  if (!comment) return tl::unexpected(fmt::format("{}: {}", path, comment.error()));
  return comment;
}

}  // namespace

std::string signature_path(const std::string& pack_path) { return pack_path + ".minisig"; }

tl::expected<std::vector<MinisignPublicKey>, std::string> load_trusted_keys(const std::vector<std::string>& paths) {
  std::vector<MinisignPublicKey> keys;
  for (const auto& path : paths) {
    const auto text = read_file(path, minisign_file_limit);
    if (!text) return tl::unexpected(text.error());
    const auto key = parse_minisign_public_key(*text);
    if (!key) return tl::unexpected(fmt::format("{}: {}", path, key.error()));
    keys.push_back(*key);
  }
  return keys;
}

tl::expected<PackFile, std::string> load_pack_file(const std::string& path, std::span<const MinisignPublicKey> keys) {
  const auto text = read_file(path, pack_size_limit);
  if (!text) return tl::unexpected(text.error());
  const std::span bytes{reinterpret_cast<const std::uint8_t*>(text->data()), text->size()};
  PackFile file;
  file.path = path;
  if (!keys.empty()) {
    auto comment = verify(path, bytes, keys);
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
