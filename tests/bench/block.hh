// Frames in memory, written anew for each pass: what is timed never waits for what made it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "tests/bench/frame_head.hh"

namespace sluice::bench {

constexpr std::size_t block_frames = 2048;
constexpr std::size_t small_payload = 18;  // of UDP: with Ethernet's FCS a frame of 64 bytes

// No two numbers below 2^32 have the same ends.
[[nodiscard]] inline Ends ends_of(std::uint32_t number, std::uint16_t port) noexcept {
  return {number & 0xffff, number >> 16, static_cast<std::uint16_t>(1024 + number % 60'000), port, false};
}

// A run that is not what it claims to be.
inline void require(bool is_so, const char* what) {
  if (!is_so) throw std::runtime_error(what);
}

class Block {
 public:
  Block() : buffers_(block_frames) { frames_.reserve(block_frames); }

  void clear() noexcept { frames_.clear(); }
  [[nodiscard]] bool has_room(std::size_t count = 1) const noexcept { return frames_.size() + count <= block_frames; }
  // Behind the start of the payload are zeros.
  void add(const FrameHead& head, Bytes start, std::size_t payload_size) {
    auto& buffer = buffers_[frames_.size()];
    auto* payload = std::copy(head.bytes().begin(), head.bytes().end(), buffer.data());
    std::fill(std::copy(start.begin(), start.end(), payload), payload + payload_size, std::uint8_t{0});
    frames_.emplace_back(buffer.data(), head.bytes().size() + payload_size);
  }
  void add(Bytes frame) {
    auto& buffer = buffers_[frames_.size()];
    std::copy(frame.begin(), frame.end(), buffer.begin());
    frames_.emplace_back(buffer.data(), frame.size());
  }
  [[nodiscard]] std::span<const Bytes> frames() const noexcept { return frames_; }

 private:
  std::vector<std::array<std::uint8_t, 1536>> buffers_;
  std::vector<Bytes> frames_;
};

}  // namespace sluice::bench
