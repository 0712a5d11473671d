// Bytes in a memory file that nobody can alter any more (memfd_create(2), F_SEAL_*), mapped to be read. How packs come
// in from the control plane and go out to it: what was verified is what is used, whatever the other side does later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/descriptor.hh"

namespace sluice {

class SealedMemory {
 public:
  // Takes a descriptor of unknown origin. Refused: what is not sealed against every change, is empty, or larger than
  // `limit` bytes.
  [[nodiscard]] static tl::expected<SealedMemory, std::string> adopt(Descriptor descriptor, std::size_t limit);
  // A copy; `name` is what /proc shows.
  [[nodiscard]] static tl::expected<SealedMemory, std::string> copy_of(std::span<const std::uint8_t> bytes,
                                                                       const char* name);
  SealedMemory(SealedMemory&& other) noexcept;
  SealedMemory& operator=(SealedMemory&&) = delete;
  ~SealedMemory();

  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.number(); }

 private:
  SealedMemory(Descriptor descriptor, std::span<const std::uint8_t> bytes) noexcept
      : descriptor_(std::move(descriptor)), bytes_(bytes) {}

  Descriptor descriptor_;
  std::span<const std::uint8_t> bytes_;  // the mapping
};

// Each stays mapped as long as somebody uses it; none is null.
using SealedFiles = std::vector<std::shared_ptr<const SealedMemory>>;

}  // namespace sluice
