#include "dataplane/event_ring.hh"

#include <cstring>

namespace sluice {

bool RingProducer::push(std::uint64_t tag, Bytes record) noexcept {
  const auto size = data_.size();
  auto written = written_->position.load(std::memory_order_relaxed);
  const auto used = written - read_->position.load(std::memory_order_acquire);
  const auto need = sizeof(RingFrame) + record.size();
  if (used > size || record.size() > event_size_limit) return false;

  const auto offset = static_cast<std::size_t>(written & (size - 1));
  const auto to_end = size - offset;
  const auto padding = need > to_end ? to_end : 0;
  if (used + padding + need > size) return false;
  if (padding != 0) {
    // Positions are multiples of 8, so at least the size field of a marker fits before the end.
    std::memcpy(data_.data() + offset, &RingFrame::wrap_marker, sizeof RingFrame::wrap_marker);
    written += padding;
  }
  const RingFrame frame{static_cast<std::uint32_t>(record.size()), 0, tag};
  auto* at = data_.data() + (written & (size - 1));
  std::memcpy(at, &frame, sizeof frame);
  std::memcpy(at + sizeof frame, record.data(), record.size());
  written_->position.store(written + need, std::memory_order_release);
  return true;
}

void RingConsumer::give_up(std::uint64_t written) noexcept {
  ++damaged_;
  read_->position.store(written, std::memory_order_release);
}

std::optional<RingFrame> RingConsumer::front() noexcept {
  const auto size = data_.size();
  const auto written = written_->position.load(std::memory_order_acquire);
  auto read = read_->position.load(std::memory_order_relaxed);
  for (int wraps = 0; wraps < 2; ++wraps) {
    const auto available = written - read;
    if (available == 0) return std::nullopt;
    const auto offset = static_cast<std::size_t>(read & (size - 1));
    std::uint32_t length = 0;
    if (available > size || read % 8 != 0) break;
    std::memcpy(&length, data_.data() + offset, sizeof length);
    if (length == RingFrame::wrap_marker) {
      read += size - offset;
      if (read > written) break;
      read_->position.store(read, std::memory_order_release);
      continue;
    }
    RingFrame frame;
    if (sizeof frame > size - offset || sizeof frame > available) break;
    std::memcpy(&frame, data_.data() + offset, sizeof frame);
    const auto need = sizeof frame + std::uint64_t{frame.size};
    if (frame.size > event_size_limit || frame.size % 8 != 0 || need > size - offset || need > available) break;
    return frame;
  }
  give_up(written);
  return std::nullopt;
}

std::optional<std::uint64_t> RingConsumer::next_tag() noexcept {
  const auto frame = front();
  return frame ? std::optional{frame->tag} : std::nullopt;
}

std::optional<RingRecord> RingConsumer::pop() noexcept {
  const auto frame = front();
  if (!frame) return std::nullopt;
  const auto read = read_->position.load(std::memory_order_relaxed);
  std::memcpy(record_.data(), data_.data() + (read & (data_.size() - 1)) + sizeof *frame, frame->size);
  read_->position.store(read + sizeof *frame + frame->size, std::memory_order_release);
  return RingRecord{frame->tag, Bytes{record_}.first(frame->size)};
}

}  // namespace sluice
