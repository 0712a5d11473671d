#include "dataplane/dns/resolved_names.hh"

#include <algorithm>

namespace sluice {

void ResolvedNames::answered(const Address& client, Tick now) noexcept {
  auto& entry = clients_.place({client});
  const bool is_known = entry.until >= now && entry.key.client == client;
  if (!is_known) entry = {{client}, {}, now, now};
  entry.until = std::max(entry.until, now + dns_client_idle);
}

bool ResolvedNames::remember(const Address& client, const Address& address, const AliasChain& chain, Duration ttl,
                             Tick now) noexcept {
  const Pair key{client, address};
  auto& entry = names_.place(key);
  const bool is_same = entry.key.client == client && entry.key.address == address;
  const bool evicts = !is_same && entry.until != Tick{};
  if (evicts)
    if (auto* const loser = clients_.find({entry.key.client})) loser->complete_from = now + resolved_name_ceiling;
  const bool before_its_time = evicts && entry.until > now;
  entry = {key, now + std::clamp(ttl, resolved_name_floor, resolved_name_ceiling), chain};
  return !before_its_time;
}

const AliasChain* ResolvedNames::find(const Address& client, const Address& address, Tick now) const noexcept {
  const auto* const entry = names_.find({client, address});
  return entry != nullptr && entry->until >= now ? &entry->chain : nullptr;
}

bool ResolvedNames::never_resolved(const Address& client, const Address& address, Tick since) const noexcept {
  const auto* const entry = clients_.find({client});
  if (entry == nullptr || entry->until < since || entry->first_answer >= since || entry->complete_from > since)
    return false;
  return names_.find({client, address}) == nullptr;
}

}  // namespace sluice
