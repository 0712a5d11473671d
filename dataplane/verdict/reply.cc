#include "dataplane/verdict/reply.hh"

#include <algorithm>

#include "dataplane/packet/checksum.hh"
#include "dataplane/verdict/dns_answer.hh"

namespace sluice {
namespace {

constexpr Duration interval = std::chrono::seconds{1};
constexpr std::size_t tcp_size = 20, icmp_size = 8;
constexpr std::uint8_t network_control = 0xc0;  // precedence of an ICMP error: RFC 1812 section 4.3.2.5

// No error answers an error, nor a redirect (RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e)).
bool is_error(const Packet& packet) noexcept {
  const auto type = Reader{packet.transport}.u8();
  constexpr std::uint8_t v6_information = 128, v6_redirect = 137;
  if (packet.protocol == ip_protocol::icmp_v6) return type < v6_information || type == v6_redirect;
  return packet.protocol == ip_protocol::icmp && (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}

bool may_be_answered(const Packet& packet, RejectTarget end) noexcept {
  if (!is_between_hosts(packet)) return false;
  const bool is_syn = (packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn;
  switch (packet.protocol) {
    // Where nothing is connected yet, nothing takes a reset: RFC 9293 section 3.10.7.2.
    case ip_protocol::tcp:
      return (packet.tcp_flags & tcp_flag::rst) == 0 && !(is_syn && end == RejectTarget::destination);
    case ip_protocol::udp: return true;
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: return !is_error(packet);
    default: return false;
  }
}

// RFC 9293 section 3.10.7.1 to the sender; to the receiver, at the number that it waits for (RFC 5961 section 3.2 takes
// no other).
void put_reset(FrameWriter& out, const Packet& packet, RejectTarget end, const Address& from, const Address& to,
               std::optional<std::uint32_t> acknowledged) noexcept {
  const bool has_ack = (packet.tcp_flags & tcp_flag::ack) != 0;
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint8_t flags = tcp_flag::rst;
  if (end == RejectTarget::destination) {
    sequence = packet.tcp_sequence;
    if (acknowledged && static_cast<std::int32_t>(*acknowledged - sequence) > 0) sequence = *acknowledged;
    acknowledgement = has_ack ? packet.tcp_acknowledgement : 0;
    flags |= has_ack ? tcp_flag::ack : 0;
  } else if (has_ack) {
    sequence = packet.tcp_acknowledgement;
  } else {
    const auto control =
        ((packet.tcp_flags & tcp_flag::syn) != 0 ? 1U : 0U) + ((packet.tcp_flags & tcp_flag::fin) != 0 ? 1U : 0U);
    acknowledgement = packet.tcp_sequence + static_cast<std::uint32_t>(packet.payload.size()) + control;
    flags |= tcp_flag::ack;
  }
  out.ip(from, to, ip_protocol::tcp, tcp_size, 0);
  const auto start = out.place();
  const bool turned = end == RejectTarget::source;
  out.be16(turned ? packet.destination_port : packet.source_port);
  out.be16(turned ? packet.source_port : packet.destination_port);
  out.be32(sequence);
  out.be32(acknowledgement);
  out.u8(tcp_size / 4 << 4);
  out.u8(flags);
  out.be16(0);  // window
  out.be16(0);  // checksum
  out.be16(0);
  out.put(start + 16, transport_checksum_of(from, to, ip_protocol::tcp, out.behind(start)));
}

// What the error quotes. The sender is shown its datagram. The receiver looks for what it has sent itself: it is shown
// the start of the answer that it would have given, since what it did send is not at hand.
void put_quote(FrameWriter& out, const Packet& packet, RejectTarget end, std::size_t size) noexcept {
  if (end == RejectTarget::source) return out.bytes(packet.network.first(size));
  constexpr std::size_t kept = 8;  // of the header behind IP: RFC 792
  const auto header = packet.transport.first(std::min(kept, packet.transport.size()));
  out.ip(packet.destination, packet.source, packet.protocol, packet.transport.size(), 0);
  if (packet.protocol != ip_protocol::udp || header.size() < kept) return out.bytes(header);
  out.bytes(header.subspan(2, 2));
  out.bytes(header.first(2));
  out.bytes(header.subspan(4));
}

// Communication administratively prohibited: RFC 1812 section 5.2.7.1, type 3 code 13; RFC 4443 section 3.1, type 1
// code 1.
void put_error(FrameWriter& out, const Packet& packet, RejectTarget end, const Address& from,
               const Address& to) noexcept {
  const bool is_v4 = from.is_v4();
  const auto header = is_v4 ? ipv4_header_size : ipv6_header_size;
  const auto limit = (is_v4 ? icmp_error_limit : icmpv6_error_limit) - header - icmp_size;
  constexpr std::size_t kept = 8;
  const auto quote = end == RejectTarget::source ? std::min(packet.network.size(), limit)
                                                 : header + std::min(kept, packet.transport.size());
  const auto protocol = is_v4 ? ip_protocol::icmp : ip_protocol::icmp_v6;
  out.ip(from, to, protocol, icmp_size + quote, network_control);
  const auto start = out.place();
  out.u8(is_v4 ? 3 : 1);
  out.u8(is_v4 ? 13 : 1);
  out.be16(0);  // checksum
  out.be32(0);
  put_quote(out, packet, end, quote);
  const auto sum =
      is_v4 ? internet_checksum(out.behind(start)) : transport_checksum_of(from, to, protocol, out.behind(start));
  out.put(start + 2, sum);
}

}  // namespace

std::optional<UnansweredReason> make_reply(const Packet& packet, RejectTarget end,
                                           std::optional<std::uint32_t> acknowledged, PacketReply& reply) noexcept {
  FrameWriter out{reply};
  if (!out.link(packet, end)) return UnansweredReason::encapsulation;
  if (!may_be_answered(packet, end)) return UnansweredReason::kind;
  const bool turned = end == RejectTarget::source;
  const auto& from = turned ? packet.destination : packet.source;
  const auto& to = turned ? packet.source : packet.destination;
  reply.end = end;
  if (packet.protocol == ip_protocol::tcp) {
    reply.kind = InjectedKind::tcp_reset;
    put_reset(out, packet, end, from, to, acknowledged);
  } else {
    reply.kind = from.is_v4() ? InjectedKind::icmp_prohibited : InjectedKind::icmpv6_prohibited;
    put_error(out, packet, end, from, to);
  }
  out.pad();
  return std::nullopt;
}

// Whether one more may be sent: a flood of what is rejected is no flood of replies.
bool PacketReplies::may_tell(Tick now) noexcept {
  if (now < since_ || now - since_ >= interval) {
    since_ = now;
    told_ = 0;
  }
  return told_ < replies_a_second;
}

template <class Make>
void PacketReplies::add(const Packet& packet, std::size_t number, Unanswered& unanswered, Make make) noexcept {
  if (!may_tell(packet.time)) {
    ++unanswered[UnansweredReason::rate];
    return;
  }
  auto& reply = made_[count_];
  if (const std::optional<UnansweredReason> reason = make(reply)) {
    ++unanswered[*reason];
    return;
  }
  reply.packet = static_cast<std::uint16_t>(number);
  ++count_;
  ++told_;
}

void PacketReplies::tell(const Packet& packet, std::size_t number, std::optional<std::uint32_t> acknowledged,
                         const Sinkhole& sinkhole, Unanswered& unanswered) noexcept {
  if (packet.dns_answer != DnsAnswer::none)
    return add(packet, number, unanswered,
               [&](PacketReply& reply) { return make_dns_answer(packet, packet.dns_answer, sinkhole, reply); });
  for (const auto end : {RejectTarget::source, RejectTarget::destination})
    if (tells(packet.reject, end))
      add(packet, number, unanswered, [&](PacketReply& reply) { return make_reply(packet, end, acknowledged, reply); });
}

}  // namespace sluice
