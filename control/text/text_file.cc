#include "control/text/text_file.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "dataplane/base/descriptor.hh"

namespace sluice {
namespace {

tl::unexpected<std::string> failure(const std::string& what, const std::string& path) {
  return tl::unexpected(what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

tl::expected<std::optional<std::string>, std::string> read_text_file(const std::string& path, std::size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open() && errno == ENOENT) return std::optional<std::string>{};
  if (!file.is_open()) return failure("cannot read", path);
  std::string text;
  for (;;) {
    char chunk[65536];
    const auto got = ::read(file.number(), chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("cannot read", path);
    if (got == 0) return std::optional{std::move(text)};
    text.append(chunk, static_cast<std::size_t>(got));
    if (text.size() > limit) return tl::unexpected(path + " has more than " + std::to_string(limit) + " bytes");
  }
}

tl::expected<void, std::string> replace_text_file(const std::string& path, std::string_view text) {
  const auto folder = std::filesystem::path{path}.parent_path();
  std::error_code ignored;  // open() below says what is wrong with the folder
  if (std::filesystem::create_directories(folder, ignored))
    std::filesystem::permissions(folder, std::filesystem::perms{0750}, ignored);
  const auto fresh = path + ".new";
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.is_open()) return failure("cannot write", fresh);
    if (!write_all(file.number(), text) || ::fsync(file.number()) != 0) return failure("cannot write", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failure("cannot rename " + fresh + " to", path);
  const Descriptor parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.is_open()) (void)::fsync(parent.number());  // a file system without it keeps its own order
  return {};
}

}  // namespace sluice
