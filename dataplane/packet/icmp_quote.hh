// What an error of ICMP quotes: the start of the datagram that it is about (RFC 792; RFC 4443 section 3). Only its ends
// are read, which name the flow.
#pragma once

#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "rules/names/address.hh"

namespace sluice {

struct IcmpQuote {
  Address source;
  Address destination;
  std::uint16_t source_port = 0;  // TCP, UDP; else 0
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;  // IANA number
};

// IPv6 extension headers that are passed over in a quote.
constexpr int icmp_quote_headers_limit = 8;

// Whether the message is an error: one that quotes what caused it (RFC 1122 section 3.2.2, RFC 4443 section 2.1).
[[nodiscard]] bool is_icmp_error(Bytes message, bool is_v6) noexcept;

// Of an error. `message`: from the type on.
[[nodiscard]] tl::expected<IcmpQuote, IcmpQuoteError> parse_icmp_quote(Bytes message, bool is_v6) noexcept;

}  // namespace sluice
