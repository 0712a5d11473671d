// The keys of Encrypted Client Hello in a DNS message: the parameter `ech` of HTTPS and SVCB records (RFC 9460 section
// 14.3.2, RFC 9848), and the message without it, as long as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/base/bytes.hh"

namespace sluice {

// Whether the message is an answer in which there is something to take out.
[[nodiscard]] bool holds_ech_keys(Bytes message) noexcept;

// Takes it out of every record that holds it and follows its form; -> of how many. The parameter gets a number for
// private use (65280 to 65534, RFC 9460 section 14.3.1), the place where that number belongs, since numbers rise, and
// zeros for its value; so does its number in the list of mandatory ones, so that who must know ECH to use a record
// passes it over. Clients ignore parameters that they do not know (section 8). No byte moves outside of a record: a
// shorter message would need another length of UDP, of IP and, worse, of a TCP stream. What is left is not what a
// resolver vouched for: the bit that says so (AD) is cleared. A record whose parameters already take all private
// numbers stays as it is.
std::size_t take_out_ech_keys(std::span<std::uint8_t> message) noexcept;

}  // namespace sluice
