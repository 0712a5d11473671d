// Transforms of the rule language: a buffer turned into something else before a rule looks at it. What does not apply
// (no match of a pcrexform, bytes that gunzip cannot read) leaves the buffer as it was, as in Suricata.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dataplane/base/arena.hh"
#include "dataplane/base/bytes.hh"
#include "dataplane/signatures/pcre_set.hh"
#include "rules/signatures/part_check.hh"

namespace sluice {

constexpr std::size_t transformed_limit = 16'384;  // bytes that go in, and that come out

// A transform as it is applied.
struct TransformStep {
  Transform what;
  std::uint32_t pcre = 0;  // pcrexform: number in the set
};

// One worker's room for what transforms and base64_decode make.
class TransformRoom {
 public:
  TransformRoom() : memory_(std::make_unique_for_overwrite<Memory>()) {}

  // What comes out of all of them, good until the next call; nothing where more goes in than there is room for, or a
  // regular expression ran into a limit. `scratch` may be null where no step is a pcrexform.
  [[nodiscard]] std::optional<Bytes> apply(std::span<const TransformStep> steps, Bytes buffer,
                                           const PcreSet& expressions, PcreScratch* scratch) noexcept;
  // Where base64_decode puts what it decodes.
  [[nodiscard]] std::span<std::uint8_t> decoded() noexcept { return memory_->decoded; }

 private:
  static constexpr std::size_t inflate_room = 64 * 1024;  // zlib takes 40 KiB
  using Room = std::array<std::uint8_t, transformed_limit>;
  struct Memory {
    alignas(Arena::alignment) std::array<std::uint8_t, inflate_room> inflate;
    std::array<Room, 2> transformed;
    Room decoded;
  };

  [[nodiscard]] Bytes plain(const Transform& transform, Bytes in, Room& out) noexcept;
  [[nodiscard]] Bytes inflate(const Transform& transform, Bytes in, Room& out) noexcept;

  std::unique_ptr<Memory> memory_;
};

}  // namespace sluice
