// A single-producer single-consumer ring of event records in memory that two processes may share. Each side treats
// the other as hostile: it keeps its own index to itself and only shows it, whatever becomes of what it showed; the
// producer range-checks the consumer's index, the consumer copies a record out and then checks it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/base/bytes.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Counts bytes ever written or read; each on a cache line of its own.
struct alignas(64) RingIndex {
  std::atomic<std::uint64_t> position{0};
};

// What precedes each record in the ring. Records start at multiples of 8 and never wrap.
struct RingFrame {
  std::uint32_t size;  // of the record; wrap_marker: go on at the start of the ring
  std::uint32_t reserved;
  std::uint64_t tag;  // the number of the packet that caused the record: replay merges workers by it
  static constexpr std::uint32_t wrap_marker = 0xffffffff;
};
static_assert(sizeof(RingFrame) == 16);

class RingProducer {
 public:
  // data: a power of two of at least 2 * event_size_limit bytes. written: producer wo, consumer ro;
  // read: consumer wo, producer ro.
  RingProducer(std::span<std::uint8_t> data, RingIndex& written, const RingIndex& read) noexcept
      : data_(data), written_(&written), read_(&read), position_(written.position.load() / 8 * 8) {}

  // False where the ring has no room (or the consumer's index makes no sense): the record is not in it.
  [[nodiscard]] bool push(std::uint64_t tag, Bytes record) noexcept;

 private:
  std::span<std::uint8_t> data_;
  RingIndex* written_;
  const RingIndex* read_;
  std::uint64_t position_;  // what `written` should say; a multiple of 8
};

struct RingRecord {
  std::uint64_t tag = 0;
  Bytes bytes;  // valid until the next pop
};

class RingConsumer {
 public:
  RingConsumer(std::span<const std::uint8_t> data, const RingIndex& written, RingIndex& read) noexcept
      : data_(data), written_(&written), read_(&read), position_(read.position.load()) {}

  // The tag of the next record, without taking it.
  [[nodiscard]] std::optional<std::uint64_t> next_tag() noexcept;
  [[nodiscard]] std::optional<RingRecord> pop() noexcept;
  // Times that the ring's content made no sense and everything in it was given up.
  [[nodiscard]] std::uint64_t damaged() const noexcept { return damaged_; }

 private:
  [[nodiscard]] std::optional<RingFrame> front() noexcept;
  void give_up(std::uint64_t written) noexcept;
  void move_to(std::uint64_t position) noexcept;

  std::span<const std::uint8_t> data_;
  const RingIndex* written_;
  RingIndex* read_;
  std::uint64_t position_;  // what `read` should say
  std::uint64_t damaged_ = 0;
  alignas(8) std::array<std::uint8_t, event_size_limit> record_{};
};

}  // namespace sluice
