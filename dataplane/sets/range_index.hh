// Ranges of addresses, each with a number: which of them hold an address, by one search, however many there are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rules/names/address.hh"

namespace sluice {

class RangeIndex {
 public:
  void add(const AddressRange& range, std::uint32_t number);
  // After the last add(), before the first find().
  void index();
  // The numbers of all ranges that contain it, in order; a number whose ranges overlap stands there once.
  [[nodiscard]] std::span<const std::uint32_t> find(const Address& address) const noexcept;

 private:
  struct Interval {
    Address first;
    Address last;
    std::uint32_t numbers = 0;  // offset in numbers_
    std::uint32_t count = 0;
  };
  // Where a range begins, or the address behind it.
  struct End {
    Address at;
    std::uint32_t number = 0;
    bool is_begin = false;
  };

  std::vector<End> ends_;            // until they are indexed
  std::vector<Interval> intervals_;  // sorted, disjoint; each carries all numbers whose ranges contain it
  std::vector<std::uint32_t> numbers_;
};

}  // namespace sluice
