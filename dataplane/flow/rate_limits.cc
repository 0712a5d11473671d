#include "dataplane/flow/rate_limits.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::uint32_t frame_bytes_limit = 65'536;

// What sending so much takes at that rate.
Duration time_of(std::uint32_t bytes, std::uint32_t kbit_per_s) noexcept {
  return Duration{static_cast<std::int64_t>(std::uint64_t{bytes} * 8 * 1'000'000 / kbit_per_s)};
}

}  // namespace

bool RateLimits::admit(const RateLimit& limit, const Address& device, bool sends, std::uint32_t bytes,
                       Tick now) noexcept {
  const Entry::Key key{device, limit.id};
  auto* entry = table_.find(key);
  if (entry == nullptr) {
    entry = &table_.place(key);
    if (entry->until > now) ++*evicted_;
    *entry = {key, now, {now, now}};
  }
  auto& filled = entry->filled[sends ? 0 : 1];
  // Further ahead than it can have come: the clock was set back.
  if (filled - now > rate_limit_burst + time_of(frame_bytes_limit, limit.kbit_per_s)) filled = now;
  if (filled - now > rate_limit_burst) return false;
  filled = std::max(filled, now) + time_of(bytes, limit.kbit_per_s);
  entry->until = std::max(entry->until, filled);
  return true;
}

}  // namespace sluice
