// Names of DNS numbers as IANA's registry "Domain Name System (DNS) Parameters" has them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

// Room for the name of a number without a name.
using DnsNumberText = std::array<char, 12>;

// "A", "HTTPS", ...; "ANY" for 255; "TYPE1234" (RFC 3597 section 5), written to `buffer`, where there is no name.
[[nodiscard]] std::string_view dns_type_name(std::uint16_t type, DnsNumberText& buffer) noexcept;

// "NOERROR", "NXDOMAIN", ...; "RCODE14" in `buffer` where there is no name. 16 is BADVERS (RFC 6891 section 9), as
// it is in a header; TSIG's BADSIG has the same number.
[[nodiscard]] std::string_view dns_rcode_name(std::uint16_t rcode, DnsNumberText& buffer) noexcept;

}  // namespace sluice
