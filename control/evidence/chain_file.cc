#include "control/evidence/chain_file.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "control/evidence/chain_line.hh"

namespace sluice {

tl::unexpected<std::string> ChainFile::failure(const char* what) const {
  return tl::unexpected(path_ + ": cannot be " + what + ": " + std::strerror(errno));
}

tl::expected<ChainFile, std::string> ChainFile::open(const std::string& path, Use use) {
  const int flags = use == Use::write ? O_RDWR | O_CREAT : O_RDONLY;
  ChainFile file{Descriptor{::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)}, path};
  if (!file.file_.is_open()) return file.failure("opened");
  return file;
}

tl::expected<std::optional<std::string>, std::string> ChainFile::next() {
  for (std::size_t searched = used_;;) {
    const auto end = buffer_.find('\n', searched);
    if (end != std::string::npos || buffer_.size() - used_ > chain_line_limit) {
      const bool is_whole = end != std::string::npos;
      auto line = buffer_.substr(used_, is_whole ? end - used_ : chain_line_limit + 1);
      const auto taken = is_whole ? line.size() + 1 : line.size();
      used_ += taken;
      position_ += taken;
      return std::optional{std::move(line)};
    }
    buffer_.erase(0, used_);
    used_ = 0;
    searched = buffer_.size();
    char chunk[65536];
    const auto got = ::pread(file_.number(), chunk, sizeof chunk, static_cast<::off_t>(position_ + buffer_.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read");
    if (got == 0) return std::nullopt;
    buffer_.append(chunk, static_cast<std::size_t>(got));
  }
}

tl::expected<void, std::string> ChainFile::lock() {
  while (::flock(file_.number(), LOCK_EX) != 0)
    if (errno != EINTR) return failure("locked");
  return {};
}

void ChainFile::unlock() noexcept { (void)::flock(file_.number(), LOCK_UN); }

tl::expected<void, std::string> ChainFile::cut_here() {
  buffer_.clear();
  used_ = 0;
  if (::ftruncate(file_.number(), static_cast<::off_t>(position_)) != 0) return failure("shortened");
  return {};
}

tl::expected<void, std::string> ChainFile::append(std::string_view lines) {
  const auto size = lines.size();
  auto at = position_;
  while (!lines.empty()) {
    const auto put = ::pwrite(file_.number(), lines.data(), lines.size(), static_cast<::off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;
    at += static_cast<std::uint64_t>(put);
    lines.remove_prefix(static_cast<std::size_t>(put));
  }
  if (!lines.empty() || ::fdatasync(file_.number()) != 0) {
    auto error = failure("written");
    (void)cut_here();
    return error;
  }
  position_ += size;
  return {};
}

}  // namespace sluice
