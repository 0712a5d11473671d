#include "dataplane/sets/range_index.hh"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

namespace sluice {
namespace {

// The address after `address`, or nothing after the last one.
std::optional<Address> successor(Address address) {
  for (auto byte = address.bytes.rbegin(); byte != address.bytes.rend(); ++byte)
    if (++*byte != 0) return address;
  return std::nullopt;
}

Address predecessor(Address address) {
  for (auto byte = address.bytes.rbegin(); byte != address.bytes.rend(); ++byte)
    if ((*byte)-- != 0) break;
  return address;
}

}  // namespace

void RangeIndex::add(const AddressRange& range, std::uint32_t number) {
  ends_.push_back({range.first, number, true});
  if (const auto after = successor(range.last)) ends_.push_back({*after, number, false});
}

// A sweep over the ends of all ranges: between two neighbouring ends the set of containing ranges is constant.
void RangeIndex::index() {
  std::sort(ends_.begin(), ends_.end(), [](const End& one, const End& other) {
    return std::tie(one.at, one.number) < std::tie(other.at, other.number);
  });
  std::vector<std::uint32_t> inside;  // in order; as often as ranges of that number hold
  for (auto at = ends_.begin(); at != ends_.end();) {
    const auto first = at->at;
    for (; at != ends_.end() && at->at == first; ++at) {
      const auto place = std::lower_bound(inside.begin(), inside.end(), at->number);
      if (at->is_begin)
        inside.insert(place, at->number);
      else
        inside.erase(place);
    }
    if (inside.empty()) continue;
    Address last;
    last.bytes.fill(0xff);
    if (at != ends_.end()) last = predecessor(at->at);
    const auto offset = static_cast<std::uint32_t>(numbers_.size());
    std::unique_copy(inside.begin(), inside.end(), std::back_inserter(numbers_));
    intervals_.push_back({first, last, offset, static_cast<std::uint32_t>(numbers_.size()) - offset});
  }
  ends_ = {};
}

std::span<const std::uint32_t> RangeIndex::find(const Address& address) const noexcept {
  const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), address,
                                      [](const Address& a, const Interval& b) { return a < b.first; });
  if (after == intervals_.begin()) return {};
  const auto& interval = *std::prev(after);
  if (interval.last < address) return {};
  return {numbers_.data() + interval.numbers, interval.count};
}

}  // namespace sluice
