#include "dataplane/event/event_ring.hh"

#include <cstring>

namespace sluice {

bool RingProducer::push(std::uint64_t tag, Bytes record) noexcept {
  const auto size = data_.size();
  auto written = position_;
  const auto used = written - read_->position.load(std::memory_order_acquire);
  const auto need = sizeof(RingFrame) + record.size();
  if (used > size) {
    // A consumer that was led astray by an index that somebody wrote over must see the true one to come back.
    written_->position.store(written, std::memory_order_release);
    return false;
  }
  if (record.size() > event_size_limit) return false;

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
  position_ = written + need;
  written_->position.store(position_, std::memory_order_release);
  return true;
}

void RingConsumer::give_up(std::uint64_t written) noexcept {
  ++damaged_;
  move_to(written);
}

void RingConsumer::move_to(std::uint64_t position) noexcept {
  position_ = position;
  read_->position.store(position, std::memory_order_release);
}

std::optional<RingFrame> RingConsumer::front() noexcept {
  const auto size = data_.size();
  const auto written = written_->position.load(std::memory_order_acquire);
  auto read = position_;
  for (int wraps = 0; wraps < 2; ++wraps) {
    const auto available = written - read;
    if (available == 0) {
      // Shown again: an index that somebody else wrote over would look like a full ring for ever.
      move_to(read);
      return std::nullopt;
    }
    const auto offset = static_cast<std::size_t>(read & (size - 1));
    std::uint32_t length = 0;
    if (available > size || read % 8 != 0) break;
    std::memcpy(&length, data_.data() + offset, sizeof length);
    if (length == RingFrame::wrap_marker) {
      read += size - offset;
      if (read > written) break;
      move_to(read);
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
  std::memcpy(record_.data(), data_.data() + (position_ & (data_.size() - 1)) + sizeof *frame, frame->size);
  move_to(position_ + sizeof *frame + frame->size);
  return RingRecord{frame->tag, Bytes{record_}.first(frame->size)};
}

}  // namespace sluice
