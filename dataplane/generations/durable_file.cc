#include "dataplane/generations/durable_file.hh"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/descriptor.hh"
#include "rules/databases/memory_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::string_view checksum_word = "sha256 ";

tl::unexpected<std::string> failure(const char* what, const std::string& path) {
  return tl::unexpected(std::string{what} + " " + path + ": " + std::strerror(errno));
}

bool write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

std::string sum_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hex();
}

}  // namespace

tl::expected<void, std::string> write_durably(const std::string& path, std::span<const std::uint8_t> bytes) {
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.is_open()) return failure("cannot make", fresh);
    if (!write_all(file.number(), bytes) || ::fsync(file.number()) != 0) {
      auto error = failure("cannot write", fresh);
      ::unlink(fresh.c_str());
      return error;
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failure("cannot rename a new file to", path);
  // The name too must be on disk.
  const auto folder = std::filesystem::path{path}.parent_path();
  const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.is_open() || ::fsync(directory.number()) != 0) return failure("cannot flush", folder.string());
  return {};
}

tl::expected<std::optional<std::vector<std::uint8_t>>, std::string> read_file(const std::string& path,
                                                                              std::size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    return failure("cannot open", path);
  }
  auto bytes = read_whole(file.number(), limit);
  if (!bytes) return tl::unexpected(path + ": " + bytes.error());
  return std::optional{std::move(*bytes)};
}

std::string with_checksum(std::string lines) {
  const auto sum = sum_of(lines);
  lines.append(checksum_word).append(sum).append("\n");
  return lines;
}

std::optional<std::string_view> checked_lines(std::string_view text) {
  const auto last_size = checksum_word.size() + sha256_text_size + 1;
  if (text.size() < last_size) return std::nullopt;
  const auto lines = text.substr(0, text.size() - last_size);
  if (text.substr(lines.size()) != std::string{checksum_word} + sum_of(lines) + "\n") return std::nullopt;
  return lines;
}

}  // namespace sluice
