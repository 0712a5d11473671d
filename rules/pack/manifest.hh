// The manifest of a ruleset: which packs, of which release and with which bytes, a tap runs together. A text that
// people can read, signed like a pack in minisign's format; older releases and mixtures are refused by it (README.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

constexpr std::size_t manifest_size_limit = std::size_t{16} * 1024;  // bytes
constexpr std::size_t manifest_pack_limit = 16;                      // packs; as many as a push takes

// MAJOR.MINOR.PATCH, compared number by number.
using ProgramVersion = std::array<std::uint32_t, 3>;
[[nodiscard]] std::optional<ProgramVersion> parse_program_version(std::string_view text) noexcept;
[[nodiscard]] std::string text_of(const ProgramVersion& version);

struct ManifestPack {
  std::string name;
  std::string channel;
  std::uint64_t sequence = 0;
  std::string digest;  // pack_digest()
};

struct Manifest {
  std::string name;            // of the ruleset: letters, digits, '.', '_', '-'
  std::uint64_t sequence = 0;  // grows with every release of the ruleset
  std::int64_t created_ns = 0;
  std::int64_t expires_ns = 0;        // 0 = never; refuses a push only, what runs keeps running
  ProgramVersion program{};           // the least that understands all of it
  std::vector<ManifestPack> packs{};  // by name, at least one

  [[nodiscard]] std::string title() const;  // "phones, sequence 12"
};

// A manifest as it was published.
struct SignedManifest {
  std::string text;
  std::string signatures;  // the text of its .minisig file
};

// Whether a file means to be a manifest, from its first bytes.
[[nodiscard]] bool is_manifest(std::string_view text) noexcept;
// Moments are cut to seconds.
[[nodiscard]] std::string write_manifest(const Manifest& manifest);
// The error names the line, what is wrong and what to do. A text is taken only as write_manifest() writes it.
[[nodiscard]] tl::expected<Manifest, std::string> read_manifest(std::string_view text);
// Of a moment in UTC, in the form of RFC 3339: 2026-11-21T04:16:27Z.
[[nodiscard]] std::string moment_text(std::int64_t since_epoch_ns);

// What keeps it from being taken now: it has expired, or asks for a newer program. Empty where nothing does.
[[nodiscard]] std::string objection_to(const Manifest& manifest, std::int64_t now_ns, const ProgramVersion& program);
// What keeps these packs from being those of the manifest, all of them and no other. Empty where nothing does.
[[nodiscard]] std::string mismatch_of(const Manifest& manifest, std::span<const ManifestPack> packs);
// The same of one pack.
[[nodiscard]] std::string mismatch_of(const Manifest& manifest, const ManifestPack& pack);

}  // namespace sluice
