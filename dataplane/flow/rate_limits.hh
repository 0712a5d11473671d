// What devices may still send, and be sent, under the limits of the site's policy; of one worker, which sees all of a
// device's traffic (placement.hh).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/base/expiring_table.hh"
#include "rules/names/address.hh"
#include "rules/policy/rate_limit.hh"

namespace sluice {

constexpr std::uint32_t rate_limits_entries =
    4096;  // devices under a limit at a time; beyond, the idlest starts afresh
constexpr Duration rate_limit_burst = std::chrono::milliseconds{100};  // so much at full rate may come at once

// The generic cell rate algorithm (ITU-T I.371, Annex A), by the packets' own time: rte_meter reads the processor's
// clock, which a replay does not go by.
class RateLimits {
 public:
  // `evicted` counts devices whose rate is counted anew before its time: no room for all.
  RateLimits(std::uint64_t secret, std::uint64_t& evicted) : table_(rate_limits_entries, secret), evicted_(&evicted) {}
  void make_resident() noexcept { table_.make_resident(); }

  // Whether a frame of `bytes` may pass at `now`; it counts where it does. `sends`: it is the device's own.
  [[nodiscard]] bool admit(const RateLimit& limit, const Address& device, bool sends, std::uint32_t bytes,
                           Tick now) noexcept;

 private:
  struct Entry {
    struct Key {
      Address device;
      std::uint64_t limit = 0;
    } key;
    Tick until{};                  // when both directions have their whole burst again
    std::array<Tick, 2> filled{};  // when what has passed would be through at the limit's rate: sent, received
  };

  ExpiringTable<Entry> table_;
  std::uint64_t* evicted_;
};

}  // namespace sluice
