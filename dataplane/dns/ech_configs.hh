// Which ECH configurations each client of a worker was told by DNS (RFC 9849 section 4, RFC 9460): a ClientHello with
// an id and an outer name that were published to that client is real ECH; any other may be GREASE.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/base/expiring_table.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

class EchConfigs {
 public:
  // A longer public name is not kept; those that are published have about 25 bytes.
  static constexpr std::size_t public_name_limit = 126;

  EchConfigs(std::uint32_t entries, std::uint64_t secret) : table_(entries, secret) {}
  void make_resident() noexcept { table_.make_resident(); }

  // False where it was not kept, or another had to be forgotten for it before its time.
  bool remember(const Address& client, std::uint8_t config_id, std::string_view public_name, Tick until,
                Tick now) noexcept;
  // The name in any case, without a trailing dot.
  [[nodiscard]] bool knows(const Address& client, std::uint8_t config_id, std::string_view public_name,
                           Tick now) const noexcept;

 private:
  struct Key {
    Address client;
    std::uint8_t config_id = 0;
    std::uint8_t length = 0;
    std::array<char, public_name_limit> public_name{};  // in lower case
  };
  struct Entry {
    Key key;
    Tick until{};
  };
  [[nodiscard]] static Key key_of(const Address& client, std::uint8_t config_id, std::string_view name) noexcept;

  ExpiringTable<Entry> table_;
};

}  // namespace sluice
