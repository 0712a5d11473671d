// STUN (RFC 8489, 5389) and TURN (RFC 8656), which has its form: a program that looks for its own public address, or
// for a relay, before a call. What they lead to (DTLS, media) comes in the same flow. Views point into the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "rules/names/address.hh"

namespace sluice {

// Attributes read of one message: real ones have about ten.
constexpr std::size_t stun_attribute_limit = 64;

enum class StunError : std::uint8_t {
  need_more,            // the message is not whole
  not_this,             // no magic cookie, or a length that is none
  malformed,            // an attribute leaves the message, or is no address where one must stand
  too_many_attributes,  // more than stun_attribute_limit
};

enum class StunClass : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };

struct StunMessage {
  std::size_t size = 0;  // of the whole message
  StunClass message_class{};
  std::uint16_t method = 0;       // 1 = binding, 3 = allocate, ... (IANA, "STUN Methods")
  std::string_view software;      // "" = not said
  std::optional<Address> mapped;  // the sender's address as the other end sees it
  std::uint16_t mapped_port = 0;
};

// By the first 8 bytes, which hold a number that nothing else begins with.
[[nodiscard]] Probe probe_stun(Bytes datagram) noexcept;
// In a stream, where messages follow each other (RFC 8489 section 6.2.2), or frames of them and of media, each behind
// its length (RFC 6544 section 10.1, RFC 4571).
[[nodiscard]] Probe probe_stun_tcp(Bytes stream) noexcept;

// The message at the start of the bytes.
[[nodiscard]] tl::expected<StunMessage, StunError> parse_stun(Bytes bytes) noexcept;
// In a stream; a frame's length counts into `size`.
[[nodiscard]] tl::expected<StunMessage, StunError> parse_stun_tcp(Bytes stream) noexcept;

}  // namespace sluice
