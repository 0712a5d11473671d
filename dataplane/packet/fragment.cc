#include "dataplane/packet/fragment.hh"

#include <algorithm>
#include <chrono>

#include "dataplane/base/resident_memory.hh"

namespace sluice {
namespace {

// From the first piece on: IP_FRAG_TIME and IPV6_FRAG_TIMEOUT of Linux; the latter is RFC 8200 section 4.5's.
constexpr Duration v4_timeout = std::chrono::seconds{30};
constexpr Duration v6_timeout = std::chrono::seconds{60};
constexpr std::uint32_t expiry_budget = 64;  // datagrams that one expire() looks at
constexpr unsigned index_bits = 16;
constexpr std::uint32_t v4_header = 20;  // bytes, the least

}  // namespace

FragmentTable::FragmentTable(std::uint64_t secret, InspectionCounters& counters)
    : hash_(secret),
      counters_(&counters),
      blocks_(blocks_limit),
      datagrams_(datagrams_limit),
      chains_(datagrams_limit, no_index),
      whole_(std::make_unique_for_overwrite<std::uint8_t[]>(whole_limit)) {
  for (std::uint32_t i = 0; i < datagrams_limit; ++i) datagrams_[i].next = i + 1 < datagrams_limit ? i + 1 : no_index;
}

void FragmentTable::make_resident() noexcept {
  blocks_.make_resident();
  sluice::make_resident(whole_.get(), whole_limit);
}

FragmentTable::Handle FragmentTable::handle_of(std::uint32_t index) const noexcept {
  return index | std::uint32_t{datagrams_[index].taken} << index_bits;
}

bool FragmentTable::is_dropped(Handle handle) const noexcept {
  const auto index = handle & ((1U << index_bits) - 1);
  return handle_of(index) == handle && datagrams_[index].dropped;
}

void FragmentTable::settle(Handle handle, bool dropped, Tick now) noexcept {
  const auto index = handle & ((1U << index_bits) - 1);
  if (handle_of(index) != handle) return;  // it is over, or gave way
  auto& datagram = datagrams_[index];
  if (dropped) {
    datagram.dropped = true;
    datagram.deadline = std::max(datagram.deadline, now + v6_timeout);
  } else if (!datagram.collecting && !datagram.dropped) {
    remove(index);
  }
}

std::uint32_t FragmentTable::find(const FragmentKey& key, std::uint32_t chain) const noexcept {
  auto index = chains_[chain];
  while (index != no_index && !(datagrams_[index].key == key)) index = datagrams_[index].next;
  return index;
}

// The oldest gives way where there is no room.
std::uint32_t FragmentTable::make(const FragmentKey& key, std::uint32_t chain) noexcept {
  if (free_ == no_index) give_up(oldest_, UninspectedReason::fragment_table_full);
  const auto index = free_;
  auto& datagram = datagrams_[index];
  free_ = datagram.next;
  datagram.key = key;
  datagram.dropped = false;
  datagram.collecting = false;
  datagram.next = chains_[chain];
  chains_[chain] = index;
  datagram.older = newest_;
  datagram.newer = no_index;
  (newest_ == no_index ? oldest_ : datagrams_[newest_].newer) = index;
  newest_ = index;
  ++in_use_;
  return index;
}

void FragmentTable::start(Datagram& datagram, Tick deadline) noexcept {
  datagram.collecting = true;
  datagram.deadline = std::max(deadline, datagram.dropped ? datagram.deadline : deadline);
  datagram.bytes = 0;
  datagram.length = 0;
  datagram.packets = 0;
  datagram.run_count = 0;
  datagram.has_last = false;
  datagram.blocks.fill(no_index);
}

void FragmentTable::release(Datagram& datagram) noexcept {
  if (!datagram.collecting) return;
  for (const auto block : datagram.blocks)
    if (block != no_index) blocks_.give(block);
  datagram.collecting = false;
}

void FragmentTable::remove(std::uint32_t index) noexcept {
  auto& datagram = datagrams_[index];
  release(datagram);
  auto* link = &chains_[hash_(datagram.key) % datagrams_limit];
  while (*link != index) link = &datagrams_[*link].next;
  *link = datagram.next;
  (datagram.older == no_index ? oldest_ : datagrams_[datagram.older].newer) = datagram.newer;
  (datagram.newer == no_index ? newest_ : datagrams_[datagram.newer].older) = datagram.older;
  datagram.dropped = false;
  ++datagram.taken;  // what was said of it before means nobody else
  datagram.next = free_;
  free_ = index;
  --in_use_;
}

void FragmentTable::give_up(std::uint32_t index, UninspectedReason reason) noexcept {
  auto& datagram = datagrams_[index];
  if (datagram.collecting) counters_->uninspected[reason] += datagram.packets;
  remove(index);
}

// The datagram is over, the packet at hand included; that it was dropped before stays known.
FragmentTable::Result FragmentTable::refuse(std::uint32_t index, UninspectedReason reason) noexcept {
  auto& datagram = datagrams_[index];
  Result result;
  result.reason = reason;
  result.handle = handle_of(index);
  if (datagram.dropped) {
    counters_->uninspected[reason] += datagram.packets;
    release(datagram);
  } else {
    give_up(index, reason);
  }
  return result;
}

// What Linux asks of a piece's length before it looks where it lies (ip_frag_queue, ip6_frag_queue).
bool FragmentTable::fits(Datagram& datagram, const Fragment& fragment, std::uint32_t end) noexcept {
  if (!fragment.more) {
    if (end < datagram.length || (datagram.has_last && end != datagram.length)) return false;
    datagram.has_last = true;
    datagram.length = end;
  } else if (end > datagram.length) {
    if (datagram.has_last) return false;
    datagram.length = end;
  }
  return end != fragment.offset;
}

// Runs are sorted and do not overlap. Only what continues the last one becomes a part of it, as in Linux: this decides
// what counts as a duplicate (inet_frag_queue_insert).
FragmentTable::Placed FragmentTable::place(Datagram& datagram, std::uint16_t begin, std::uint16_t end) noexcept {
  auto* const first = datagram.runs.data();
  auto* const last = first + datagram.run_count;
  if (first != last && last[-1].end == begin) {
    last[-1].end = end;
    return Placed::placed;
  }
  auto* const at = std::upper_bound(first, last, begin, [](auto value, const Run& run) { return value < run.end; });
  if (at != last && at->begin < end) return begin >= at->begin && end <= at->end ? Placed::duplicate : Placed::overlap;
  if (datagram.run_count == runs_limit) return Placed::too_many;
  std::move_backward(at, last, last + 1);
  *at = {begin, end};
  ++datagram.run_count;
  return Placed::placed;
}

// Into blocks by their place in the datagram; where none is free, the oldest other datagrams give way.
bool FragmentTable::copy(std::uint32_t index, std::uint32_t offset, Bytes data) noexcept {
  while (!data.empty()) {
    auto& block = datagrams_[index].blocks[offset / block_bytes];
    while (block == no_index && (block = blocks_.take()) == no_index) {
      const auto victim = oldest_ == index ? datagrams_[index].newer : oldest_;
      if (victim == no_index) return false;
      give_up(victim, UninspectedReason::fragment_table_full);
    }
    const auto within = offset % block_bytes;
    const auto count = std::min(data.size(), block_bytes - within);
    std::copy_n(data.begin(), count, blocks_.at(block).bytes.begin() + within);
    data = data.subspan(count);
    offset += static_cast<std::uint32_t>(count);
  }
  return true;
}

// Empty where this burst has completed more than there is room for.
Bytes FragmentTable::join(Datagram& datagram) noexcept {
  if (datagram.length > whole_limit - whole_used_) return {};
  auto* const whole = whole_.get() + whole_used_;
  for (std::size_t done = 0; done < datagram.length; done += block_bytes)
    std::copy_n(blocks_.at(datagram.blocks[done / block_bytes]).bytes.begin(),
                std::min<std::size_t>(block_bytes, datagram.length - done), whole + done);
  whole_used_ += datagram.length;
  return {whole, datagram.length};
}

FragmentTable::Result FragmentTable::add(const Fragment& fragment) noexcept {
  Result result;
  auto data = fragment.data;
  // RFC 8200 section 4.5: such a piece is refused by itself. Linux cuts that of IPv4 instead.
  if (fragment.more && data.size() % 8 != 0) {
    if (fragment.is_v6) return result;
    data = data.first(data.size() / 8 * 8);
  }
  const auto end = fragment.offset + static_cast<std::uint32_t>(data.size());
  if (fragment.is_v6 && end > datagram_limit) return result;

  const auto chain = static_cast<std::uint32_t>(hash_(fragment.key) % datagrams_limit);
  auto index = find(fragment.key, chain);
  if (index != no_index && fragment.time > datagrams_[index].deadline) {
    give_up(index, UninspectedReason::fragment);
    index = no_index;
  }
  if (index == no_index) index = make(fragment.key, chain);
  auto& datagram = datagrams_[index];
  if (!datagram.collecting) start(datagram, fragment.time + (fragment.is_v6 ? v6_timeout : v4_timeout));
  const auto header = fragment.is_v6 ? 0U : v4_header;
  if (end + header > datagram_limit || !fits(datagram, fragment, end)) {
    const bool ends_inside = !fragment.more && end < datagram.length;
    result = refuse(index, UninspectedReason::fragment);
    result.overlaps = ends_inside;
    return result;
  }

  switch (place(datagram, static_cast<std::uint16_t>(fragment.offset), static_cast<std::uint16_t>(end))) {
    case Placed::placed: break;
    case Placed::duplicate:
      result.state = State::kept;
      result.overlaps = true;
      break;
    case Placed::overlap:
      result = refuse(index, UninspectedReason::fragment_overlap);
      result.overlaps = true;
      return result;
    case Placed::too_many: return refuse(index, UninspectedReason::fragment_table_full);
  }
  result.handle = handle_of(index);
  if (result.state == State::kept) return result;
  if (!copy(index, fragment.offset, data)) return refuse(index, UninspectedReason::fragment_table_full);
  ++datagram.packets;
  datagram.bytes += static_cast<std::uint32_t>(data.size());
  if (fragment.offset == 0) datagram.next_header = fragment.next_header;
  result.state = State::kept;
  if (!datagram.has_last || datagram.bytes != datagram.length) return result;

  result.datagram = join(datagram);
  --datagram.packets;  // the one at hand counts by itself from here on
  if (result.datagram.empty()) return refuse(index, UninspectedReason::fragment_table_full);
  release(datagram);
  result.state = State::complete;
  result.next_header = datagram.next_header;
  return result;
}

void FragmentTable::expire(Tick now) noexcept {
  for (auto budget = expiry_budget; budget > 0 && oldest_ != no_index && now > datagrams_[oldest_].deadline; --budget)
    give_up(oldest_, UninspectedReason::fragment);
}

void FragmentTable::finish() noexcept {
  while (oldest_ != no_index) give_up(oldest_, UninspectedReason::fragment);
}

}  // namespace sluice
