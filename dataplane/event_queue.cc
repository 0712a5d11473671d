#include "dataplane/event_queue.hh"

#include <cstring>

namespace sluice {

bool EventQueue::push(Bytes record) noexcept {
  if (record.empty() || record.size() + sizeof(Length) > bytes_.size() - size_) return false;
  const auto length = static_cast<Length>(record.size());
  std::memcpy(bytes_.data() + size_, &length, sizeof length);
  std::memcpy(bytes_.data() + size_ + sizeof length, record.data(), record.size());
  size_ += static_cast<std::uint32_t>(sizeof length + record.size());
  return true;
}

Bytes EventQueue::front() const noexcept {
  if (empty()) return {};
  Length length;
  std::memcpy(&length, bytes_.data(), sizeof length);
  return Bytes{bytes_}.subspan(sizeof length, length);
}

void EventQueue::pop() noexcept {
  if (empty()) return;
  const auto used = sizeof(Length) + front().size();
  std::memmove(bytes_.data(), bytes_.data() + used, size_ - used);
  size_ -= static_cast<std::uint32_t>(used);
}

}  // namespace sluice
