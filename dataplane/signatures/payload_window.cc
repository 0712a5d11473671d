#include "dataplane/signatures/payload_window.hh"

namespace sluice {

void PayloadWindow::move_to(std::uint64_t position) noexcept {
  if (position == position_) return;
  is_open = false;
  waiting_count = 0;
  held_ = position < position_ && position > base() ? static_cast<std::uint32_t>(position - base()) : 0;
  position_ = position;
}

void PayloadWindow::append(Bytes data) noexcept {
  position_ += data.size();
  held_ = static_cast<std::uint32_t>(std::min(size, held_ + data.size()));
  const auto kept = data.last(std::min(size, data.size()));
  const auto at = static_cast<std::size_t>((position_ - kept.size()) % size);
  const auto first = std::min(kept.size(), size - at);
  std::memcpy(bytes_.data() + at, kept.data(), first);
  std::memcpy(bytes_.data(), kept.data() + first, kept.size() - first);
}

void PayloadWindow::copy_to(std::uint8_t* room) const noexcept {
  const auto at = static_cast<std::size_t>(base() % size);
  const auto first = std::min<std::size_t>(held_, size - at);
  std::memcpy(room, bytes_.data() + at, first);
  std::memcpy(room + first, bytes_.data(), held_ - first);
}

}  // namespace sluice
