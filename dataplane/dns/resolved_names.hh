// What DNS told each client of a worker: the name behind an address, for flows that say no name themselves, and whether
// an address came out of DNS at all. Entries are found by client and address, so that what one device looked up never
// names another's traffic.
#pragma once

#include <cstdint>

#include "dataplane/base/expiring_table.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/dns/alias_chain.hh"
#include "rules/names/address.hh"

namespace sluice {

// A name counts for as long as the answer's TTL, but no shorter than this: apps keep addresses and connections for much
// longer than a TTL of seconds tells. And no longer than this, so that an address which changed hands is not misnamed.
constexpr Duration resolved_name_floor = std::chrono::minutes{10};
constexpr Duration resolved_name_ceiling = std::chrono::hours{24};
// A client that asked nothing for so long counts as one that was never seen to use DNS.
constexpr Duration dns_client_idle = std::chrono::hours{24};

class ResolvedNames {
 public:
  // `entries`: pairs of client and address; clients are a quarter of that.
  ResolvedNames(std::uint32_t entries, std::uint64_t secret) : names_(entries, secret), clients_(entries / 4, secret) {}
  void make_resident() noexcept {
    names_.make_resident();
    clients_.make_resident();
  }

  // `client` got an answer.
  void answered(const Address& client, Tick now) noexcept;
  // The answer said that `chain` is at `address`. False where something else had to be forgotten for it before its
  // time.
  bool remember(const Address& client, const Address& address, const AliasChain& chain, Duration ttl,
                Tick now) noexcept;
  // Null where the client has not looked that address up, or its name's time is over.
  [[nodiscard]] const AliasChain* find(const Address& client, const Address& address, Tick now) const noexcept;
  // Whether the client was seen to use DNS before `since`, nothing of it was forgotten, and no answer held the address.
  [[nodiscard]] bool never_resolved(const Address& client, const Address& address, Tick since) const noexcept;

 private:
  struct Pair {
    Address client;
    Address address;
  };
  struct Name {
    Pair key;
    Tick until{};
    AliasChain chain;
  };
  struct ClientKey {
    Address client;
  };
  struct Client {
    ClientKey key;
    Tick until{};
    Tick first_answer{};
    Tick complete_from{};  // an answer was forgotten: until then nothing is "never resolved"
  };

  ExpiringTable<Name> names_;
  ExpiringTable<Client> clients_;
};

}  // namespace sluice
