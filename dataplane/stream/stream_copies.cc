#include "dataplane/stream/stream_copies.hh"

#include <algorithm>

#include "dataplane/packet/tcp_receiver.hh"

namespace sluice {

void StreamVersion::fork(const ReassemblyBuffer& bytes, const StreamSide& begin, std::uint32_t origin) noexcept {
  bytes_ = bytes;
  begin_ = begin;
  begin_.buffer = no_index;
  begin_.window = no_index;
  begin_.scanned = begin.next_sequence;
  begin_.finished = false;
  origin_ = origin;
  side.window = no_index;
  restart();
}

void StreamVersion::restart() noexcept {
  bytes_.rewind();
  const auto window = side.window;
  side = begin_;
  side.window = window;
}

bool StreamVersion::insert(std::uint32_t sequence, Bytes data, bool is_other) noexcept {
  const auto offset = std::ptrdiff_t{sequence_distance(origin_, sequence)};
  using Copy = ReassemblyBuffer::Copy;
  if (is_other && offset < static_cast<std::ptrdiff_t>(bytes_.consumed()) && bytes_.differs(offset, data)) restart();
  return bytes_.insert(offset, data, is_other ? Copy::other : Copy::first) == ReassemblyBuffer::Stored::all;
}

void StreamVersion::take_out(std::uint32_t sequence) noexcept {
  const auto offset = sequence_distance(origin_, sequence);
  if (offset < 0 || static_cast<std::size_t>(offset) >= ReassemblyBuffer::window || urgent_count_ == urgent_limit ||
      is_taken_out(static_cast<std::size_t>(offset)))
    return;
  urgent_[urgent_count_++] = static_cast<std::uint16_t>(offset);
  if (static_cast<std::size_t>(offset) < bytes_.consumed()) restart();
}

bool StreamVersion::is_taken_out(std::size_t offset) const noexcept {
  return std::find(urgent_.begin(), urgent_.begin() + urgent_count_, offset) != urgent_.begin() + urgent_count_;
}

Bytes StreamVersion::ready(std::span<std::uint8_t> room) const noexcept {
  const auto bytes = bytes_.contiguous();
  if (urgent_count_ == 0) return bytes;
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes.size() && count < room.size(); ++i)
    if (!is_taken_out(bytes_.consumed() + i)) room[count++] = bytes[i];
  return room.first(count);
}

void StreamVersion::consume(std::size_t count) noexcept {
  if (urgent_count_ == 0) return bytes_.consume(count);
  while (count > 0) {
    if (!is_taken_out(bytes_.consumed())) --count;
    bytes_.consume(1);
  }
  while (!bytes_.empty() && is_taken_out(bytes_.consumed())) bytes_.consume(1);
}

}  // namespace sluice
