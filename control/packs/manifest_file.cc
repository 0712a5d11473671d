#include "control/packs/manifest_file.hh"

#include <fmt/format.h>

#include <fstream>

#include "control/text/text_file.hh"
#include "control/text/timestamp.hh"

namespace sluice {

bool is_manifest_file(const std::string& path) {
  std::string line;
  line.resize(64);
  std::ifstream file{path, std::ios::binary};
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(file.gcount()));
  return is_manifest(line);
}

tl::expected<ManifestFile, std::string> load_manifest_file(const std::string& path, const Keyring& keyring) {
  auto text = read_text_file(path, manifest_size_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": there is no such file");
  ManifestFile file{path, std::move(**text), {}, std::nullopt};
  if (!keyring.empty()) {
    auto comment =
        verify_beside(path, {reinterpret_cast<const std::uint8_t*>(file.text.data()), file.text.size()}, keyring);
    if (!comment) return tl::unexpected(comment.error());
    file.trusted_comment = std::move(*comment);
  }
  auto manifest = read_manifest(file.text);
  if (!manifest) return tl::unexpected(fmt::format("{}: {}", path, manifest.error()));
  file.manifest = std::move(*manifest);
  return file;
}

ManifestPack manifest_entry(const PackInfo& info, const std::string& digest) {
  return {info.name, info.channel, info.sequence, digest};
}

std::string release_text(const PackInfo& info) {
  return fmt::format("pack {}, channel {}, sequence {}, created {}", info.name, info.channel, info.sequence,
                     day_text(Tick{Duration{info.created_ns}}));
}

std::string release_text(const Manifest& manifest) {
  return fmt::format("ruleset {}, created {}", manifest.title(), day_text(Tick{Duration{manifest.created_ns}}));
}

}  // namespace sluice
