#include "dataplane/flow/reassembly.hh"

#include <algorithm>
#include <cstring>

namespace sluice {

bool ReassemblyBuffer::takes_over(Copy copy, const Range& old, std::size_t begin, std::size_t end) const noexcept {
  if (copy == Copy::first) return false;
  // In order: the application may have read it.
  const bool is_final = old.begin <= consumed_;
  const bool in_linux = !is_final && (begin < old.begin || (begin == old.begin && end > old.end));
  return in_linux == (copy == Copy::linux);
}

ReassemblyBuffer::Stored ReassemblyBuffer::insert(std::ptrdiff_t offset, Bytes data, Copy copy) noexcept {
  if (offset < 0) {
    const auto before = static_cast<std::size_t>(-offset);
    if (before >= data.size()) return Stored::all;
    data = data.subspan(before);
    offset = 0;
  }
  if (data.empty()) return Stored::all;
  const auto begin = static_cast<std::size_t>(offset);
  if (begin >= window) return Stored::part;
  const auto fitting = std::min(data.size(), window - begin);
  const auto stored = fitting == data.size() ? Stored::all : Stored::part;
  const auto end = begin + fitting;

  // The ranges that touch or overlap [begin, end) become one with it.
  std::size_t first = 0;
  while (first < count_ && ranges_[first].end < begin) ++first;
  std::size_t last = first;
  while (last < count_ && ranges_[last].begin <= end) ++last;
  if (first == last && count_ == ranges_limit) return Stored::part;

  auto at = begin;
  const auto copy_to = [&](std::size_t to) {
    if (at < to) std::memcpy(bytes_.data() + at, data.data() + (at - begin), to - at);
  };
  for (auto i = first; i < last; ++i) {
    copy_to(std::min<std::size_t>(ranges_[i].begin, end));
    at = std::max<std::size_t>(at, ranges_[i].begin);
    const auto overlap_end = std::min<std::size_t>(ranges_[i].end, end);
    if (takes_over(copy, ranges_[i], begin, end)) copy_to(overlap_end);
    at = std::max(at, overlap_end);
  }
  copy_to(end);

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

bool ReassemblyBuffer::differs(std::ptrdiff_t offset, Bytes data) const noexcept {
  const auto begin = offset;
  const auto end = begin + static_cast<std::ptrdiff_t>(data.size());
  for (std::uint32_t i = 0; i < count_; ++i) {
    const auto from = std::max<std::ptrdiff_t>(begin, ranges_[i].begin);
    const auto to = std::min<std::ptrdiff_t>(end, ranges_[i].end);
    if (from < to &&
        std::memcmp(bytes_.data() + from, data.data() + (from - begin), static_cast<std::size_t>(to - from)) != 0)
      return true;
  }
  return false;
}

Bytes ReassemblyBuffer::contiguous() const noexcept {
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (ranges_[i].end <= consumed_) continue;
    if (ranges_[i].begin > consumed_) break;
    return Bytes{bytes_}.subspan(consumed_, ranges_[i].end - consumed_);
  }
  return {};
}

std::optional<std::size_t> ReassemblyBuffer::behind_first_hole() const noexcept {
  for (std::uint32_t i = 0; i < count_; ++i)
    if (ranges_[i].begin > consumed_) return ranges_[i].begin - consumed_;
  return std::nullopt;
}

void ReassemblyBuffer::forget() noexcept {
  const auto all = end();
  if (consumed_ >= all) return clear();
  if (consumed_ == 0) return;
  std::memmove(bytes_.data(), bytes_.data() + consumed_, all - consumed_);
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (ranges_[i].end <= consumed_) continue;
    ranges_[kept++] = {static_cast<std::uint16_t>(ranges_[i].begin < consumed_ ? 0 : ranges_[i].begin - consumed_),
                       static_cast<std::uint16_t>(ranges_[i].end - consumed_)};
  }
  count_ = kept;
  consumed_ = 0;
}

}  // namespace sluice
