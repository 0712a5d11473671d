// Packs as files: read, and checked against the keys that are trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/pack/pack.hh"
#include "rules/signing/keyring.hh"

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

// As a person names it on the command line.
struct KeyringSources {
  std::vector<std::string> trusted_keys{};  // minisign's .pub files
  std::vector<std::string> revoked_keys{};  // ids
  std::uint32_t threshold = 1;
};
// Errors name the file, or the id.
[[nodiscard]] tl::expected<Keyring, std::string> load_keyring(const KeyringSources& sources);

// The trusted comments of what is signed beside a file, joined; or why its signatures do not count.
[[nodiscard]] tl::expected<std::string, std::string> verify_beside(const std::string& path,
                                                                   std::span<const std::uint8_t> bytes,
                                                                   const Keyring& keyring);

// With keys, the signatures beside the pack must be what the keyring wants, and are checked before anything in the pack
// is read.
[[nodiscard]] tl::expected<PackFile, std::string> load_pack_file(const std::string& path, const Keyring& keyring);

}  // namespace sluice
