// What a worker keeps of one direction's clear text from segment to segment: the last bytes, in which a signature is
// confirmed when its pattern has come, and the signatures whose pattern has come before the rest of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/pool.hh"

namespace sluice {

class PayloadWindow {
 public:
  static constexpr std::size_t size = 4096;          // bytes kept: contents of one signature may lie as far apart
  static constexpr std::size_t waiting_limit = 8;    // signatures; the one that would be given up first gives way
  static constexpr std::size_t reported_limit = 16;  // signatures; the oldest gives way

  // A signature of which some parts have not come.
  struct Waiting {
    std::uint32_t row;    // in its generation
    std::uint64_t until;  // tried again while the window begins before this position
  };

  struct Reported {
    std::uint32_t row;
    std::uint64_t behind;  // position of the first byte that was not there
  };

  // Nothing was seen, and the next byte stands at position 0.
  void clear() noexcept {
    position_ = 0;
    held_ = 0;
    forget_rules();
    generation_ = 0;
  }
  // The next byte stands at `position`: nothing that was kept touches it, or what was kept from there on comes again.
  void move_to(std::uint64_t position) noexcept;
  void append(Bytes data) noexcept;
  // The bytes that are kept, in their order. room: `size` bytes.
  void copy_to(std::uint8_t* room) const noexcept;
  // Of the next byte in its stream.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] std::size_t held() const noexcept { return held_; }
  // Of the first byte that is kept.
  [[nodiscard]] std::uint64_t base() const noexcept { return position_ - held_; }

  // The rules are those of this generation from here on. True where they are others than before, and bytes are kept
  // that the new ones have not seen.
  [[nodiscard]] bool use(std::uint32_t generation) noexcept {
    if (generation_ == generation) return false;
    const bool is_change = generation_ != 0 && held_ != 0;
    forget_rules();
    generation_ = generation;
    return is_change;
  }
  // Whether it was reported with bytes behind `end`.
  [[nodiscard]] bool was_reported(std::uint32_t row, std::uint64_t end) const noexcept {
    const auto known = std::min<std::size_t>(reported_count_, reported_limit);
    return std::any_of(reported_.begin(), reported_.begin() + known,
                       [&](const Reported& one) { return one.row == row && one.behind > end; });
  }
  void report(std::uint32_t row, std::uint64_t behind) noexcept {
    reported_[reported_count_++ % reported_limit] = {row, behind};
  }

  // For who matches, of the generation in use:
  bool is_open;             // Hyperscan's stream stands at position()
  bool in_blocks;           // patterns come too often for a stream
  std::uint32_t matches;    // signatures whose pattern came, once for each time
  std::uint64_t opened_at;  // position at which Hyperscan's stream began
  std::uint32_t waiting_count;
  std::array<Waiting, waiting_limit> waiting;

 private:
  void forget_rules() noexcept {
    is_open = in_blocks = false;
    matches = waiting_count = reported_count_ = 0;
  }

  // No member is initialised here: see Pool.
  std::uint64_t position_;
  std::uint32_t held_;
  std::uint32_t generation_;
  std::uint32_t reported_count_;
  std::array<Reported, reported_limit> reported_;
  std::array<std::uint8_t, size> bytes_;  // the byte at position P stands at P % size
};

constexpr std::uint32_t default_payload_windows = 4096;  // a worker

using PayloadWindowPool = Pool<PayloadWindow>;

}  // namespace sluice
