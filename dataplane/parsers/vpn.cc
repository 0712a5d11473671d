#include "dataplane/parsers/vpn.hh"

#include <algorithm>
#include <chrono>

namespace sluice {
namespace {

constexpr std::uint16_t ike_port = 500;
constexpr std::uint16_t nat_traversal_port = 4500;

// RFC 7296 section 3.1 (version 2), RFC 2408 section 3.1 (version 1): the header, and a length that is the datagram's.
bool is_ike(Bytes payload) noexcept {
  Reader reader{payload};
  const auto initiator = reader.be64();
  reader.skip(9);  // responder, next payload
  const auto version = reader.u8();
  reader.skip(6);  // exchange, flags, message id
  return reader.be32() == payload.size() && reader.ok() && initiator != 0 && (version == 0x10 || version == 0x20);
}

// RFC 3948 section 2: a keep-alive, IKE behind four zero bytes, or ESP, whose index is above those that are reserved
// (RFC 4303 section 2.1) and which holds at least an integrity value of 8 bytes, in whole words.
bool is_nat_traversal(Bytes payload) noexcept {
  Reader reader{payload};
  if (payload.size() == 1) return payload[0] == 0xff;
  const auto index = reader.be32();
  if (!reader.ok()) return false;
  if (index == 0) return is_ike(reader.rest());
  constexpr std::size_t least = 4 + 4 + 4 + 8;
  return index > 255 && payload.size() >= least && payload.size() % 4 == 0;
}

// The two messages of a handshake (Donenfeld, "WireGuard", NDSS 2017, sections 5.4.2 and 5.4.3): their lengths are
// fixed.
bool is_wireguard(Bytes payload) noexcept {
  Reader reader{payload};
  const auto kind = reader.be32();  // one byte, and three that are zero
  constexpr std::uint32_t initiation = 0x01000000, response = 0x02000000;
  return (kind == initiation && payload.size() == 148) || (kind == response && payload.size() == 92);
}

// OpenVPN's first packet of either side (a hard reset): the operation and key id 0, a session id, and then
// - nothing but an empty list of acknowledgements (of one, the server's) and packet number 0; or
// - with `tls-auth` a digest (20, 32 or 64 bytes), a packet number 1 and the sender's time, and then the same; or
// - with `tls-crypt` packet number 1 and the time, and behind them what is encrypted
// (https://openvpn.net/community-resources/openvpn-protocol, and doc/tls-crypt-v2.txt of its source).
bool is_openvpn(Bytes packet, Tick now) noexcept {
  Reader reader{packet};
  const auto operation = reader.u8();
  const auto session = reader.be64();
  constexpr std::uint8_t client = 7 << 3, server = 8 << 3, client_3 = 10 << 3;
  if (!reader.ok() || (operation != client && operation != server && operation != client_3) || session == 0)
    return false;

  const auto is_number_and_time = [&](Reader at) {
    const auto number = at.be32();
    const std::int64_t time = at.be32();
    const auto here = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    constexpr std::int64_t year = 365 * 86400;  // clocks that were never set are not recognised
    return at.ok() && number == 1 && time > here - year && time < here + year;
  };
  const auto is_reset = [&](Reader at) {
    const std::size_t acknowledged = at.u8();
    if (acknowledged > 1 || (operation != server && acknowledged != 0)) return false;
    at.skip(acknowledged * 4 + (acknowledged != 0 ? 8 : 0));
    return at.be32() == 0 && at.ok() && at.left() == 0;
  };
  if (operation != client_3 && is_reset(reader)) return true;
  for (const std::size_t digest : {20, 32, 64}) {
    auto after = reader;
    after.skip(digest);
    if (!is_number_and_time(after)) continue;
    after.skip(8);
    if (is_reset(after)) return true;
  }
  constexpr std::size_t crypt_least = 8 + 32 + 5;
  return reader.left() >= crypt_least && is_number_and_time(reader);
}

}  // namespace

std::optional<Protocol> recognise_vpn(Bytes payload, std::uint16_t source_port, std::uint16_t destination_port,
                                      Tick now) noexcept {
  const auto on = [&](std::uint16_t port) { return source_port == port || destination_port == port; };
  if (on(ike_port) && is_ike(payload)) return Protocol::ipsec;
  if (on(nat_traversal_port) && is_nat_traversal(payload)) return Protocol::ipsec;
  if (is_wireguard(payload)) return Protocol::wireguard;
  if (is_openvpn(payload, now)) return Protocol::openvpn;
  return std::nullopt;
}

Probe probe_openvpn_tcp(Bytes data, Tick now) noexcept {  // each packet behind its length
  Reader reader{data};
  const std::size_t length = reader.be16();
  constexpr std::size_t shortest = 14, longest = 1500;
  if (!reader.ok()) return Probe::maybe;
  if (length < shortest || length > longest) return Probe::no;
  if (reader.left() != 0) {
    const auto operation = reader.rest()[0];
    if (operation != 0x38 && operation != 0x40 && operation != 0x50) return Probe::no;
  }
  if (reader.left() < length) return Probe::maybe;
  return is_openvpn(reader.rest().first(length), now) ? Probe::yes : Probe::no;
}

}  // namespace sluice
