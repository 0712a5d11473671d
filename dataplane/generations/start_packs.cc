#include "dataplane/generations/start_packs.hh"

#include <algorithm>
#include <iterator>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/generations/durable_file.hh"
#include "rules/pack/pack_view.hh"
#include "rules/signing/minisign_text.hh"

namespace sluice {
namespace {

tl::expected<std::vector<std::uint8_t>, std::string> present(const std::string& path, std::size_t limit) {
  auto bytes = read_file(path, limit);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return tl::unexpected(path + " does not exist");
  return std::move(**bytes);
}

tl::expected<SealedPack, std::string> named_pack(const std::string& path) {
  const auto bytes = present(path, pack_size_limit);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto signature = present(path + ".minisig", minisign_file_limit);
  if (!signature) return tl::unexpected(signature.error());
  auto file = SealedMemory::copy_of(*bytes, "sluice-pack");
  if (!file) return tl::unexpected(path + ": " + file.error());
  return SealedPack{std::make_shared<const SealedMemory>(std::move(*file)), std::string{as_text(*signature)}};
}

std::vector<SealedPack> named_packs(const std::vector<std::string>& paths, std::vector<std::string>& shortcomings) {
  std::vector<SealedPack> packs;
  for (const auto& path : paths) {
    auto pack = named_pack(path);
    if (pack)
      packs.push_back(std::move(*pack));
    else
      shortcomings.push_back(pack.error() + " (rules.packs)");
  }
  return packs;
}

std::string name_of(const SealedPack& pack) {
  const auto read = PackView::open(pack.file->bytes());
  return read ? read->info().name : std::string{};
}

// The manifest that the last good packs came with, where it counts.
std::optional<Manifest> last_good_manifest(const SignedManifest& stored, const Keyring& keyring,
                                           std::vector<std::string>& shortcomings) {
  if (stored.text.empty()) return std::nullopt;
  const auto lost = [&](const std::string& why) {
    shortcomings.push_back("the manifest of the last good packs is not trusted: " + why);
    return std::nullopt;
  };
  const auto signers = verify_signatures(as_bytes(stored.text), stored.signatures, keyring);
  if (!signers) return lost(signers.error());
  auto manifest = read_manifest(stored.text);
  if (!manifest) return lost(manifest.error());
  return std::move(*manifest);
}

// What keeps a last good pack from running again.
std::string objection(const NamedPack& pack, const std::optional<Manifest>& manifest, const Keyring& keyring) {
  const auto signers = verify_signatures(pack.pack.file->bytes(), pack.pack.signature, keyring);
  if (!signers) return signers.error();
  if (!manifest) return {};
  const auto read = PackView::open(pack.pack.file->bytes());
  if (!read) return read.error();
  return mismatch_of(*manifest, {read->info().name, read->info().channel, read->info().sequence, pack.digest});
}

}  // namespace

StartPacks choose_start_packs(const PackStore& store, const std::vector<std::string>& named, const Keyring& keyring) {
  StartPacks start;
  auto stored = store.load();
  start.shortcomings = std::move(stored.complaints);
  if (!stored.found || stored.list_damaged) {
    start.packs = named_packs(named, start.shortcomings);
    return start;
  }
  const auto manifest = last_good_manifest(stored.manifest, keyring, start.shortcomings);
  if (manifest) start.manifest = std::move(stored.manifest);
  for (auto& one : stored.packs) {
    if (const auto why = objection(one, manifest, keyring); !why.empty()) {
      start.shortcomings.push_back("last good pack " + one.name + " is not trusted: " + why);
      stored.damaged.push_back(one.name);
    } else {
      start.packs.push_back(std::move(one.pack));
    }
  }
  if (stored.damaged.empty()) return start;
  auto others = named_packs(named, start.shortcomings);
  std::copy_if(others.begin(), others.end(), std::back_inserter(start.packs), [&](const SealedPack& pack) {
    return std::find(stored.damaged.begin(), stored.damaged.end(), name_of(pack)) != stored.damaged.end();
  });
  return start;
}

tl::expected<std::vector<MinisignPublicKey>, std::string> read_trusted_keys(const std::vector<std::string>& paths) {
  std::vector<MinisignPublicKey> keys;
  for (const auto& path : paths) {
    const auto text = present(path, minisign_file_limit);
    if (!text) return tl::unexpected(text.error() + " (rules.trusted_keys)");
    const auto key = parse_minisign_public_key(as_text(*text));
    if (!key) return tl::unexpected(path + ": " + key.error() + " (rules.trusted_keys)");
    keys.push_back(*key);
  }
  return keys;
}

}  // namespace sluice
