// Bytes that somebody sends twice. What was read is kept until its receiver has confirmed it, so that a copy that
// differs is seen; of what a receiver may have read instead, a version is put together and read too.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/base/pool.hh"
#include "dataplane/flow/flow.hh"
#include "dataplane/flow/reassembly.hh"

namespace sluice {

// One direction as its receiver may have read it, if it took the other of two copies, or none of its urgent bytes.
class StreamVersion {
 public:
  static constexpr std::size_t urgent_limit = 8;  // bytes that may be taken out; further ones stay in

  void clear() noexcept { urgent_count_ = 0; }
  // begin: the direction as it stood at number `origin`, where the window of `bytes` begins.
  void fork(const ReassemblyBuffer& bytes, const StreamSide& begin, std::uint32_t origin) noexcept;
  // is_other: the direction itself holds other bytes there. Where this version then differs from what was read of it,
  // all is read anew from the origin. False where there is no room for it.
  [[nodiscard]] bool insert(std::uint32_t sequence, Bytes data, bool is_other) noexcept;
  void take_out(std::uint32_t sequence) noexcept;

  // What is to be read next, without the bytes that are taken out; copied to `room` where there are any.
  [[nodiscard]] Bytes ready(std::span<std::uint8_t> room) const noexcept;
  // `count` of those are done with.
  void consume(std::size_t count) noexcept;
  // `count` more that no parser wants.
  void pass_over(std::uint64_t count) noexcept { bytes_.consume(count); }
  // Nothing waits to be read.
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  // The number behind its last byte.
  [[nodiscard]] std::uint32_t end() const noexcept { return origin_ + static_cast<std::uint32_t>(bytes_.end()); }

  StreamSide side;  // the parser's state

 private:
  [[nodiscard]] bool is_taken_out(std::size_t offset) const noexcept;
  void restart() noexcept;

  StreamSide begin_;
  std::uint32_t origin_;
  std::uint32_t urgent_count_;
  std::array<std::uint16_t, urgent_limit> urgent_;  // offsets from the start of the window
  ReassemblyBuffer bytes_;
};

using VersionPool = Pool<StreamVersion>;

}  // namespace sluice
