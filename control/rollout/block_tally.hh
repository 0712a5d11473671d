// What new rules block, or would block, by rule: what the fuse and trials go by. Filled by the reader of events, which
// must never wait; bounded, whatever the wire brings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/exchange/hold_file.hh"
#include "rules/names/address.hh"

namespace sluice {

struct BlockCounts {
  std::uint64_t blocks = 0;   // times
  std::uint64_t flows = 0;    // that it was
  std::uint64_t devices = 0;  // whose they were
};

class BlockTally {
 public:
  static constexpr std::size_t rule_limit = 8192;       // rules that are counted apart
  static constexpr std::size_t device_limit = 262'144;  // pairs of a rule and a device
  // A flow that is blocked more than once counts once, where not so many other ones of the rule came between.
  static constexpr std::size_t recent_flows = 16;

  // Counts these from now on, and what it has counted of others is forgotten.
  void watch(std::vector<RuleIds> rules);
  struct Block {
    std::string_view rule_id;
    std::uint64_t flow = 0;
    Address device;
    bool done = false;  // else it would have been
  };
  void note(const Block& block);
  void forget(const std::string& rule_id);

  struct Row {
    std::string rule_id;
    BlockCounts done;
    BlockCounts would;  // what was done included
  };
  [[nodiscard]] std::vector<Row> rows() const;
  // Of all rules that `rules` means: would.
  [[nodiscard]] BlockCounts sum(const RuleIds& rules) const;
  // Blocks of new rules that found no room to be counted by rule, and devices that may have been counted twice.
  [[nodiscard]] std::uint64_t cut() const;

 private:
  // Devices beyond the bound count each time: rather too many than too few.
  struct Count {
    BlockCounts counts;
    std::set<Address> devices;
    std::array<std::uint64_t, recent_flows> recent{};
    std::size_t next = 0;
  };
  struct Rule {
    Count done;
    Count would;
  };
  void add(Count& count, const Block& block);

  mutable std::mutex mutex_;
  std::vector<RuleIds> watched_;
  std::map<std::string, Rule, std::less<>> rules_;
  std::size_t devices_ = 0;
  std::uint64_t cut_ = 0;
};

}  // namespace sluice
