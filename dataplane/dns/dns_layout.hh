// What the data of a DNS record consists of, for the types whose data has several parts: one list that tells the data
// plane how to read them and the control plane what to call them. Types that are not here hold one value, which
// format_rdata() writes, or are named and not read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice {

enum class DnsPartKind : std::uint8_t {
  u8,
  u16,
  u32,
  name,        // a domain name, compressed or not
  string,      // one character string (RFC 1035 section 3.3)
  strings,     // all that are left
  text,        // the rest, as text
  hex,         // the rest, shown as hex digits
  hex_colons,  // the same with a colon after each byte: Suricata's form of a fingerprint
  parameters,  // SvcParams (svcb.hh)
};

struct DnsPart {
  DnsPartKind kind{};
  std::string_view key;  // in EVE
};

struct DnsLayout {
  std::uint16_t type = 0;
  std::string_view key;  // of the object in EVE that holds the parts; "" = they are the record's `rdata`
  std::span<const DnsPart> parts;
};

// Null for a type that is not in the list.
[[nodiscard]] const DnsLayout* dns_layout(std::uint16_t type) noexcept;

}  // namespace sluice
