#include "control/findings/redaction_key.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

using Result = tl::expected<RedactionKey, std::string>;

constexpr ::mode_t of_others = 077;

class File {
 public:
  explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

tl::unexpected<std::string> system_error(const std::string& path, std::string_view what) {
  return tl::unexpected(fmt::format("{}: the key of redaction cannot be {}: {}", path, what, std::strerror(errno)));
}

// Nothing where there is no such file.
std::optional<Result> load(const std::string& path) {
  // Not through a link, and without waiting for whoever writes to a pipe.
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    return system_error(path, "opened");
  }
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error(path, "looked at");
  if (!S_ISREG(status.st_mode))
    return tl::unexpected(path + ": is no plain file: name another one for the key of redaction");
  if ((status.st_mode & of_others) != 0)
    return tl::unexpected(
        fmt::format("{}: the key of redaction is open to others (mode {:04o}): `chmod 600` it, or "
                    "remove it where others may have read it; then a new one is made, and digests "
                    "differ from earlier ones",
                    path, status.st_mode & 07777U));
  RedactionKey key{};
  std::size_t size = 0;
  while (size < key.size()) {
    const auto got = ::read(file.get(), key.data() + size, key.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, "read");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size < key.size() || status.st_size != static_cast<::off_t>(key.size()))
    return tl::unexpected(
        fmt::format("{}: the key of redaction has {} bytes instead of {}: remove it; then a new one "
                    "is made, and digests differ from earlier ones",
                    path, status.st_size, key.size()));
  return key;
}

// The folders above, outermost first.
bool make_folders(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    constexpr ::mode_t own = 0700;
    if (::mkdir(path.substr(0, slash).c_str(), own) != 0 && errno != EEXIST) return false;
  }
  return true;
}

bool write_whole(int file, const RedactionKey& key) {
  std::size_t size = 0;
  while (size < key.size()) {
    const auto put = ::write(file, key.data() + size, key.size() - size);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    size += static_cast<std::size_t>(put);
  }
  return ::fsync(file) == 0;
}

}  // namespace

Result random_key() {
  RedactionKey key{};
  if (::getentropy(key.data(), key.size()) != 0)
    return tl::unexpected(fmt::format("no random numbers for a key of redaction: {}", std::strerror(errno)));
  return key;
}

Result load_or_make_key(const std::string& path) {
  if (path.empty()) return tl::unexpected(std::string{"there is no place for the key of redaction: HOME is not set"});
  if (const auto existing = load(path)) return *existing;
  const auto key = random_key();
  if (!key) return key;
  if (!make_folders(path)) return system_error(path, "written");

  // Written whole under another name first, so that nobody ever reads half a key.
  auto draft = path + ".XXXXXX";
  const File file{::mkostemp(draft.data(), O_CLOEXEC)};  // mode 0600
  if (file.get() < 0) return system_error(path, "written");
  const bool is_written = write_whole(file.get(), *key) && ::link(draft.c_str(), path.c_str()) == 0;
  const auto error = errno;
  ::unlink(draft.c_str());
  errno = error;
  if (is_written) return key;
  if (errno == EEXIST) {  // another program was faster
    if (const auto existing = load(path)) return *existing;
  }
  return system_error(path, "written");
}

std::string own_key_path() {
  constexpr std::string_view name = "/sluice/redaction.key";
  // A relative path there is to be ignored, says the specification.
  if (const auto* const state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/')
    return std::string{state}.append(name);
  if (const auto* const home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::string{home}.append("/.local/state").append(name);
  return {};
}

}  // namespace sluice
