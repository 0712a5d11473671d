// A manifest as a file: read, and checked against the keys that are trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/packs/pack_file.hh"
#include "rules/pack/manifest.hh"

namespace sluice {

struct ManifestFile {
  std::string path;
  std::string text;
  Manifest manifest;
  // Of those who signed it; nothing where no key was given, so that nothing was checked.
  std::optional<std::string> trusted_comment;
};

// Whether the file begins like a manifest; false for one that cannot be read.
[[nodiscard]] bool is_manifest_file(const std::string& path);
// With keys, the signatures beside the manifest must be what the keyring wants, and are checked first.
[[nodiscard]] tl::expected<ManifestFile, std::string> load_manifest_file(const std::string& path,
                                                                         const Keyring& keyring);
// What a manifest says of this pack.
[[nodiscard]] ManifestPack manifest_entry(const PackInfo& info, const std::string& digest);

// What stands in the trusted comment of a signature that Sluice makes.
[[nodiscard]] std::string release_text(const PackInfo& info);
[[nodiscard]] std::string release_text(const Manifest& manifest);

}  // namespace sluice
