// Packs as files: read, and checked against the keys that are trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/minisign.hh"
#include "rules/pack.hh"

namespace sluice {

// Where minisign, too, looks for the signature of a file.
[[nodiscard]] std::string signature_path(const std::string& pack_path);

struct PackFile {
  std::string path;
  Pack pack;
  std::string digest;
  // What the publisher signed beside the pack; nothing where no key was given, so that nothing was checked.
  std::optional<std::string> trusted_comment;
};

// Errors name the file.
[[nodiscard]] tl::expected<std::vector<MinisignPublicKey>, std::string> load_trusted_keys(
    const std::vector<std::string>& paths);

// With keys, the signature beside the pack must be of one of them, and is checked before anything in the pack is read.
[[nodiscard]] tl::expected<PackFile, std::string> load_pack_file(const std::string& path,
                                                                 std::span<const MinisignPublicKey> keys);

}  // namespace sluice
