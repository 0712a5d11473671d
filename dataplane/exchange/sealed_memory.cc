#include "dataplane/exchange/sealed_memory.hh"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstring>

#include "rules/databases/memory_file.hh"

namespace sluice {
namespace {

std::string because() { return std::string{": "} + std::strerror(errno); }

}  // namespace

tl::expected<SealedMemory, std::string> SealedMemory::adopt(Descriptor descriptor, std::size_t limit) {
  // Seals first: without them the size could change after it was looked at.
  constexpr int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  const int seals = ::fcntl(descriptor.number(), F_GET_SEALS);
  if (seals < 0) return tl::unexpected("is no memory file" + because());
  if ((seals & wanted) != wanted)
    return tl::unexpected(std::string{"is not sealed against every change (F_SEAL_SHRINK, GROW, WRITE, SEAL)"});
  // Not on huge pages: reading a hole of theirs may kill the process where none is left.
  struct statfs system {};
  if (::fstatfs(descriptor.number(), &system) != 0 || system.f_type != TMPFS_MAGIC)
    return tl::unexpected(std::string{"is none of ordinary memory"});
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) return tl::unexpected("has no size" + because());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size == 0) return tl::unexpected(std::string{"is empty"});
  if (size > limit)
    return tl::unexpected("has " + std::to_string(size) + " bytes; " + std::to_string(limit) + " are the most");
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number(), 0);
  if (mapped == MAP_FAILED) return tl::unexpected("cannot be mapped" + because());
  return SealedMemory{std::move(descriptor), {static_cast<const std::uint8_t*>(mapped), size}};
}

tl::expected<SealedMemory, std::string> SealedMemory::copy_of(std::span<const std::uint8_t> bytes, const char* name) {
  const auto file = MemoryFile::sealed(name, bytes);
  if (!file) return tl::unexpected(file.error());
  Descriptor own{::fcntl(file->descriptor(), F_DUPFD_CLOEXEC, 0)};
  if (!own.is_open()) return tl::unexpected("a descriptor cannot be copied" + because());
  return adopt(std::move(own), bytes.size());
}

SealedMemory::SealedMemory(SealedMemory&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), bytes_(std::exchange(other.bytes_, {})) {}

SealedMemory::~SealedMemory() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace sluice
