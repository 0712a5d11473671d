#include "dataplane/event/event_queue.hh"

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

Bytes EventQueue::at(std::size_t offset) const noexcept {
  if (offset >= size_) return {};
  Length length;
  std::memcpy(&length, bytes_.data() + offset, sizeof length);
  return Bytes{bytes_}.subspan(offset + sizeof length, length);
}

Bytes EventQueue::next(Bytes record) const noexcept {
  return at(static_cast<std::size_t>(record.data() + record.size() - bytes_.data()));
}

void EventQueue::erase(Bytes record) noexcept {
  if (record.empty()) return;
  const auto begin = static_cast<std::size_t>(record.data() - bytes_.data()) - sizeof(Length);
  const auto used = sizeof(Length) + record.size();
  std::memmove(bytes_.data() + begin, bytes_.data() + begin + used, size_ - begin - used);
  size_ -= static_cast<std::uint32_t>(used);
}

}  // namespace sluice
