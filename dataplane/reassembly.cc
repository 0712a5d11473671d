#include "dataplane/reassembly.hh"

#include <algorithm>
#include <cstring>

namespace sluice {

ReassemblyBuffer::Stored ReassemblyBuffer::insert(std::size_t offset, Bytes data) noexcept {
  if (data.empty()) return Stored::all;
  if (offset >= window) return Stored::part;
  const auto fitting = std::min(data.size(), window - offset);
  auto stored = fitting == data.size() ? Stored::all : Stored::part;
  const auto begin = offset;
  const auto end = offset + fitting;

  // The ranges that touch or overlap [begin, end) become one with it.
  std::size_t first = 0;
  while (first < count_ && ranges_[first].end < begin) ++first;
  std::size_t last = first;
  while (last < count_ && ranges_[last].begin <= end) ++last;
  if (first == last && count_ == ranges_limit) return Stored::part;

  // Copy only into the holes: what came first stays.
  auto at = begin;
  for (auto i = first; i < last; ++i) {
    if (at < ranges_[i].begin)
      std::memcpy(bytes_.data() + at, data.data() + (at - begin), std::min<std::size_t>(ranges_[i].begin, end) - at);
    at = std::max<std::size_t>(at, ranges_[i].end);
  }
  if (at < end) std::memcpy(bytes_.data() + at, data.data() + (at - begin), end - at);

  Range merged{static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end)};
  if (first < last) {
    merged.begin = std::min(merged.begin, ranges_[first].begin);
    merged.end = std::max(merged.end, ranges_[last - 1].end);
    std::copy(ranges_.begin() + last, ranges_.begin() + count_, ranges_.begin() + first + 1);
    count_ -= static_cast<std::uint32_t>(last - first - 1);
  } else {
    std::copy_backward(ranges_.begin() + first, ranges_.begin() + count_, ranges_.begin() + count_ + 1);
    ++count_;
  }
  ranges_[first] = merged;
  return stored;
}

Bytes ReassemblyBuffer::contiguous() const noexcept {
  return count_ == 0 || ranges_[0].begin != 0 ? Bytes{} : Bytes{bytes_}.first(ranges_[0].end);
}

void ReassemblyBuffer::advance(std::size_t count) noexcept {
  const std::size_t end = count_ == 0 ? 0 : ranges_[count_ - 1].end;
  if (count >= end) return clear();
  std::memmove(bytes_.data(), bytes_.data() + count, end - count);
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (ranges_[i].end <= count) continue;
    ranges_[kept++] = {static_cast<std::uint16_t>(ranges_[i].begin < count ? 0 : ranges_[i].begin - count),
                       static_cast<std::uint16_t>(ranges_[i].end - count)};
  }
  count_ = kept;
}

}  // namespace sluice
