#include "rules/databases/memory_file.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice {
namespace {

tl::unexpected<std::string> failed(const char* step) {
  return tl::unexpected(fmt::format("{}: {}", step, std::strerror(errno)));
}

}  // namespace

tl::expected<MemoryFile, std::string> MemoryFile::create(const char* name) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return failed("memfd_create");
  return MemoryFile{descriptor};
}

tl::expected<MemoryFile, std::string> MemoryFile::sealed(const char* name, std::span<const std::uint8_t> bytes) {
  auto file = create(name);
  while (file && !bytes.empty()) {
    const auto written = ::write(file->descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write to a memfd");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (!file) return file;
  if (auto done = file->seal(); !done) return tl::unexpected(done.error());
  return file;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tl::expected<void, std::string> MemoryFile::seal() {
  if (::fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return failed("seal a memfd");
  return {};
}

tl::expected<std::vector<std::uint8_t>, std::string> MemoryFile::bytes(std::size_t limit) const {
  return read_whole(descriptor_, limit);
}

tl::expected<std::vector<std::uint8_t>, std::string> read_whole(int descriptor, std::size_t limit) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return failed("fstat");
  if (!S_ISREG(status.st_mode)) return tl::unexpected(std::string{"it is not a file"});
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) return tl::unexpected(fmt::format("{} bytes are more than the limit of {}", size, limit));
  std::vector<std::uint8_t> bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const auto count = ::pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read");
    if (count == 0) return tl::unexpected(std::string{"it became shorter while it was read"});
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace sluice
