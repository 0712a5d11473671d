// IPv4 addresses inside of IPv6 ones, as NAT64 and 464XLAT networks make them: under the well-known prefix
// 64:ff9b::/96 (RFC 6052), and under the network's own, which a host learns from the addresses of ipv4only.arpa
// (RFC 7050), here from the same answers as they come by.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

// The IPv4 address behind a prefix of 32, 40, 48, 56, 64 or 96 bits (RFC 6052 section 2.2).
[[nodiscard]] Address embedded_v4(const Address& address, unsigned prefix_bits) noexcept;

// A worker's own. A prefix counts for the host that was told of it alone: a false answer misleads nobody else, and any
// number of workers finds the same.
class Nat64Prefixes {
 public:
  static constexpr std::size_t limit = 64;

  // An AAAA answer to `client`. Where it is one of ipv4only.arpa, its prefix is kept as long as the answer lives.
  void learn(const Address& client, std::string_view name, const Address& answer, std::uint32_t ttl_seconds,
             Tick now) noexcept;
  // The IPv4 address that `client` reaches by `remote`, if any.
  [[nodiscard]] std::optional<Address> v4_behind(const Address& client, const Address& remote, Tick now) const noexcept;

 private:
  struct Entry {
    Address client;
    Address prefix;
    unsigned bits = 0;
    Tick expires{};
  };
  std::array<Entry, limit> entries_{};
};

}  // namespace sluice
