#include "dataplane/generations/pack_store.hh"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/generations/durable_file.hh"
#include "rules/pack/pack.hh"
#include "rules/signing/minisign_text.hh"
#include "rules/text/list_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_file_limit = std::size_t{1} << 20;
constexpr std::string_view list_title = "sluice packs 1";
constexpr std::string_view floor_title = "sluice floor 1";
constexpr std::string_view seen_word = "seen";
constexpr std::string_view ruleset_word = "ruleset:";  // no pack has such a name
constexpr mode_t directory_mode = 0700;

// "NAME VALUE" lines behind the title; nothing where the text is not whole.
using Entries = std::vector<std::pair<std::string, std::string>>;
std::optional<Entries> entries_of(std::string_view text, std::string_view title) {
  auto lines = checked_lines(text);
  if (!lines) return std::nullopt;
  Entries entries;
  bool first = true;
  while (!lines->empty()) {
    const auto end = lines->find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = lines->substr(0, end);
    lines->remove_prefix(end + 1);
    if (first && line != title) return std::nullopt;
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    if (!first) entries.emplace_back(line.substr(0, space), line.substr(space + 1));
    first = false;
  }
  return first ? std::nullopt : std::optional{std::move(entries)};
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

tl::expected<void, std::string> make_directory(const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path{path}.parent_path(), error);  // mkdir() says what is wrong
  if (::mkdir(path.c_str(), directory_mode) != 0 && errno != EEXIST)
    return tl::unexpected("cannot make the folder " + path + ": " + std::strerror(errno));
  return {};
}

std::string signature_path(const std::string& pack_path) { return pack_path + ".minisig"; }

// A file that is named by its digest, with what is signed beside it.
struct SignedFile {
  std::vector<std::uint8_t> bytes;
  std::string signatures;
};
tl::expected<SignedFile, std::string> load_signed(const std::string& path, const std::string& digest,
                                                  std::size_t limit) {
  auto bytes = read_file(path, limit);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return tl::unexpected(path + " is not there any more");
  if (pack_digest(**bytes) != digest) return tl::unexpected(path + " is not what was written");
  const auto signatures = read_file(signature_path(path), minisign_file_limit);
  if (!signatures) return tl::unexpected(signatures.error());
  if (!*signatures) return tl::unexpected(signature_path(path) + " is not there any more");
  return SignedFile{std::move(**bytes), std::string{as_text(**signatures)}};
}

}  // namespace

tl::expected<SealedPack, std::string> PackStore::load_pack(const std::string& digest) const {
  const auto stored = load_signed(pack_path(digest), digest, pack_size_limit);
  if (!stored) return tl::unexpected(stored.error());
  auto file = SealedMemory::copy_of(stored->bytes, "sluice-pack");
  if (!file) return tl::unexpected(pack_path(digest) + ": " + file.error());
  return SealedPack{std::make_shared<const SealedMemory>(std::move(*file)), stored->signatures};
}

tl::expected<SignedManifest, std::string> PackStore::load_manifest(const std::string& digest) const {
  if (!is_sha256(digest)) return tl::unexpected(list_path() + " names no manifest");
  const auto stored = load_signed(pack_path(digest), digest, manifest_size_limit);
  if (!stored) return tl::unexpected(stored.error());
  return SignedManifest{std::string{as_text(stored->bytes)}, stored->signatures};
}

StoredPacks PackStore::load() const {
  StoredPacks stored;
  const auto text = read_file(list_path(), text_file_limit);
  if (text && !*text) return stored;
  stored.found = true;
  const auto entries = text ? entries_of(as_text(**text), list_title) : std::nullopt;
  if (!entries) {
    stored.list_damaged = true;
    stored.complaints.push_back(text ? list_path() + " is damaged" : text.error());
    return stored;
  }
  for (const auto& [name, digest] : *entries) {
    if (name == ruleset_word) {
      auto manifest = load_manifest(digest);
      if (manifest)
        stored.manifest = std::move(*manifest);
      else
        stored.complaints.push_back("the manifest of the last good packs is lost: " + manifest.error());
      continue;
    }
    auto pack = is_list_id(name) && is_sha256(digest) ? load_pack(digest)
                                                      : tl::unexpected(list_path() + " names no pack: " + name);
    if (pack) {
      stored.packs.push_back({name, digest, std::move(*pack)});
    } else {
      stored.damaged.push_back(name);
      stored.complaints.push_back("last good pack " + name + " is lost: " + pack.error());
    }
  }
  return stored;
}

tl::expected<void, std::string> PackStore::store(std::span<const NamedPack> packs,
                                                 const SignedManifest& manifest) const {
  for (const auto& folder : {directory_, directory_ + "/packs"})
    if (const auto made = make_directory(folder); !made) return made;
  std::string lines = std::string{list_title} + "\n";
  std::vector<std::string> wanted;
  const auto keep = [&](std::string_view name, const std::string& digest, Bytes content,
                        const std::string& signatures) -> tl::expected<void, std::string> {
    const auto path = pack_path(digest);
    lines += std::string{name} + " " + digest + "\n";
    for (const auto& [to, bytes] :
         {std::pair{path, content}, std::pair{signature_path(path), Bytes{as_bytes(signatures)}}})
      if (const auto written = write_durably(to, bytes); !written) return written;
    wanted.push_back(path);
    wanted.push_back(signature_path(path));
    return {};
  };
  for (const auto& pack : packs)
    if (const auto kept = keep(pack.name, pack.digest, pack.pack.file->bytes(), pack.pack.signature); !kept)
      return kept;
  if (const Bytes text{as_bytes(manifest.text)}; !text.empty())
    if (const auto kept = keep(ruleset_word, pack_digest(text), text, manifest.signatures); !kept) return kept;
  if (const auto written = write_durably(list_path(), as_bytes(with_checksum(lines))); !written) return written;
  // What is left over costs room and nothing else.
  std::error_code ignored;
  std::vector<fs::path> surplus;
  for (const auto& entry : fs::directory_iterator{directory_ + "/packs", ignored})
    if (std::find(wanted.begin(), wanted.end(), entry.path().string()) == wanted.end()) surplus.push_back(entry.path());
  for (const auto& path : surplus) fs::remove(path, ignored);
  return {};
}

tl::expected<PackFloor, std::string> PackStore::load_floor() const {
  const auto text = read_file(floor_path(), text_file_limit);
  if (!text) return tl::unexpected(text.error());
  PackFloor floor;
  if (!*text) return floor;
  const auto entries = entries_of(as_text(**text), floor_title);
  const auto damaged = floor_path() + " is damaged: the protection against older packs starts anew";
  if (!entries || entries->empty() || entries->front().first != seen_word) return tl::unexpected(damaged);
  const auto seen = number_from<std::int64_t>(entries->front().second);
  if (!seen) return tl::unexpected(damaged);
  floor.last_seen = tick_from_nanoseconds(*seen);
  for (std::size_t i = 1; i < entries->size(); ++i) {
    const auto sequence = number_from<std::uint64_t>((*entries)[i].second);
    if (!sequence) return tl::unexpected(damaged);
    floor.sequences[(*entries)[i].first] = *sequence;
  }
  return floor;
}

tl::expected<void, std::string> PackStore::store_floor(const PackFloor& floor) const {
  if (const auto made = make_directory(directory_); !made) return made;
  std::string lines{floor_title};
  const auto add = [&](std::string_view word, const std::string& number) {
    lines.append("\n").append(word).append(" ").append(number);
  };
  add(seen_word, std::to_string(nanoseconds_since_epoch(floor.last_seen)));
  for (const auto& [name, sequence] : floor.sequences) add(name, std::to_string(sequence));
  lines += '\n';
  return write_durably(floor_path(), as_bytes(with_checksum(lines)));
}

}  // namespace sluice
