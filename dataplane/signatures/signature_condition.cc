#include "dataplane/signatures/signature_condition.hh"

#include <algorithm>
#include <optional>

#include "dataplane/flow/flow.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {
namespace {

std::optional<std::uint64_t> octet(Bytes bytes, std::size_t at) noexcept {
  Reader reader{bytes};
  reader.skip(at);
  const std::uint64_t value = reader.u8();
  return reader.ok() ? std::optional{value} : std::nullopt;
}
std::optional<std::uint64_t> two_octets(Bytes bytes, std::size_t at) noexcept {
  Reader reader{bytes};
  reader.skip(at);
  const std::uint64_t value = reader.be16();
  return reader.ok() ? std::optional{value} : std::nullopt;
}

// RFC 791 section 3.1.
struct Ipv4Header {
  std::uint8_t type_of_service = 0;
  std::uint16_t identification = 0;
  std::uint8_t flags = 0;  // bit 0: more fragments, 1: don't fragment, 2: reserved
  std::uint16_t fragment_offset = 0;
  std::uint8_t ttl = 0;
  Bytes options;
};

std::optional<Ipv4Header> ipv4_header(Bytes network) noexcept {
  Reader reader{network};
  Ipv4Header out;
  const auto version_and_length = reader.u8();
  if (version_and_length >> 4 != 4) return std::nullopt;
  const std::size_t size = std::size_t{4} * (version_and_length & 0x0f);
  out.type_of_service = reader.u8();
  reader.skip(2);
  out.identification = reader.be16();
  const auto flags_and_offset = reader.be16();
  out.flags = static_cast<std::uint8_t>(flags_and_offset >> 13);
  out.fragment_offset = flags_and_offset & 0x1fff;
  out.ttl = reader.u8();
  reader.skip(11);
  if (size > 20) out.options = reader.take(size - 20);
  if (!reader.ok()) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> time_to_live(Bytes network) noexcept {
  if (const auto v4 = ipv4_header(network)) return v4->ttl;
  constexpr std::size_t hop_limit_at = 7;  // RFC 8200 section 3
  const auto first = octet(network, 0);
  return first && *first >> 4 == 6 ? octet(network, hop_limit_at) : std::nullopt;
}

// RFC 791 section 3.1, option types; one octet for 0 and 1, else a length behind the type.
bool has_option(Bytes options, std::uint64_t wanted) noexcept {
  if (wanted == any_option) return !options.empty();
  Reader reader{options};
  while (reader.left() > 0) {
    const auto type = reader.u8();
    if (type == wanted) return true;
    if (type == 0) return false;
    if (type == 1) continue;
    const auto length = reader.u8();
    if (!reader.ok() || length < 2) return false;
    reader.skip(length - std::size_t{2});
    if (!reader.ok()) return false;
  }
  return false;
}

bool is_icmp(const Packet& packet) noexcept {
  return packet.protocol == ip_protocol::icmp || packet.protocol == ip_protocol::icmp_v6;
}

std::optional<std::uint64_t> icmp_octet(const Packet& packet, std::size_t at) noexcept {
  return is_icmp(packet) ? octet(packet.transport, at) : std::nullopt;
}

// RFC 792 and RFC 4443 section 4: the identifier and sequence number of queries. `at`: 4 or 6.
std::optional<std::uint64_t> icmp_query_number(const Packet& packet, std::size_t at) noexcept {
  const auto type = icmp_octet(packet, 0);
  if (!type) return std::nullopt;
  const bool is_query = packet.protocol == ip_protocol::icmp ? *type == 0 || *type == 8 || (*type >= 13 && *type <= 18)
                                                             : *type == 128 || *type == 129;
  return is_query ? two_octets(packet.transport, at) : std::nullopt;
}

// RFC 9293 section 3.1: the window.
std::optional<std::uint64_t> tcp_window(const Packet& packet) noexcept {
  return packet.protocol == ip_protocol::tcp ? two_octets(packet.transport, 14) : std::nullopt;
}

// RFC 9293 section 3.2: option kind 2.
std::optional<std::uint64_t> tcp_mss(const Packet& packet) noexcept {
  const auto offset = octet(packet.transport, 12);
  if (packet.protocol != ip_protocol::tcp || !offset) return std::nullopt;
  const std::size_t size = std::size_t{4} * (*offset >> 4);
  if (size < 20 || size > packet.transport.size()) return std::nullopt;
  Reader reader{packet.transport.subspan(20, size - 20)};
  while (reader.left() > 0) {
    const auto kind = reader.u8();
    if (kind == 0) return std::nullopt;
    if (kind == 1) continue;
    const auto length = reader.u8();
    if (!reader.ok() || length < 2) return std::nullopt;
    if (kind == 2 && length == 4) {
      const std::uint64_t mss = reader.be16();
      return reader.ok() ? std::optional{mss} : std::nullopt;
    }
    reader.skip(length - std::size_t{2});
    if (!reader.ok()) return std::nullopt;
  }
  return std::nullopt;
}

template <class Of>
bool of_ways(const PacketCondition& condition, Of&& of) noexcept {
  const bool there = condition.number.holds(of(Way::to_server));
  const bool back = condition.number.holds(of(Way::to_client));
  switch (static_cast<FlowSubject>(condition.subject)) {
    case FlowSubject::to_server: return there;
    case FlowSubject::to_client: return back;
    case FlowSubject::either: return there || back;
    case FlowSubject::both: return there && back;
  }
  return false;
}

// Bytes of one direction's stream, from its first to the last that was sent.
std::uint64_t stream_size(const Flow& flow, Way way) noexcept {
  const auto index = static_cast<std::size_t>(way);
  if (!flow.side[index].started) return 0;
  return flow.receiver[index].sent - flow.side[index].first_sequence;
}

bool holds_application(const PacketCondition& condition, const SignatureInput& input) noexcept {
  if (input.flow == nullptr) return false;
  const auto& flow = *input.flow;
  const auto spoken = [&](Way way) {
    const auto own = flow.side[static_cast<std::size_t>(way)].protocol;
    return own == Protocol::unknown || own == Protocol::prelude ? flow.protocol : own;
  };
  const auto is_over = [&](Way way) {  // nobody will tell any more
    const auto& side = flow.side[static_cast<std::size_t>(way)];
    return flow.decided || side.finished || side.clear_text ||
           (input.ip_protocol == ip_protocol::udp && flow.packets[static_cast<std::size_t>(way)] != 0);
  };
  const auto fits = [&](Way way) {
    const auto protocol = spoken(way);
    if (condition.number.first == failed_application)
      return (protocol == Protocol::unknown && is_over(way)) != condition.negated;
    if (condition.number.first == unknown_application)
      return (protocol == Protocol::unknown && !is_over(way)) != condition.negated;
    // While it is not known, it is not known to be another one either.
    if (protocol == Protocol::unknown) return condition.negated && is_over(way);
    return is_application(static_cast<SignatureProtocol>(condition.number.first), protocol) != condition.negated;
  };
  switch (static_cast<ApplicationSubject>(condition.subject)) {
    case ApplicationSubject::packet_way: return fits(input.to_server ? Way::to_server : Way::to_client);
    case ApplicationSubject::to_server: return fits(Way::to_server);
    case ApplicationSubject::to_client: return fits(Way::to_client);
    case ApplicationSubject::either: return fits(Way::to_server) || fits(Way::to_client);
    case ApplicationSubject::final: {
      if (flow.protocol == Protocol::unknown) return fits(input.to_server ? Way::to_server : Way::to_client);
      return is_application(static_cast<SignatureProtocol>(condition.number.first), flow.protocol) != condition.negated;
    }
    case ApplicationSubject::original: {
      const auto first = flow.trace.first_protocol == Protocol::unknown ? flow.protocol : flow.trace.first_protocol;
      if (first == Protocol::unknown) return fits(input.to_server ? Way::to_server : Way::to_client);
      return is_application(static_cast<SignatureProtocol>(condition.number.first), first) != condition.negated;
    }
  }
  return false;
}

bool holds_on_flow(const PacketCondition& condition, const SignatureInput& input) noexcept {
  if (input.flow == nullptr) return false;
  const auto& flow = *input.flow;
  const auto of = [](const auto& counts) { return [&](Way way) { return counts[static_cast<std::size_t>(way)]; }; };
  switch (condition.kind) {
    case ConditionKind::flow_age:
      return condition.number.holds(static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::seconds>(flow.last_seen - flow.first_seen).count()));
    case ConditionKind::flow_packets: return of_ways(condition, of(flow.packets));
    case ConditionKind::flow_bytes: return of_ways(condition, of(flow.bytes));
    case ConditionKind::stream_size:
      return input.ip_protocol == ip_protocol::tcp &&
             of_ways(condition, [&](Way way) { return stream_size(flow, way); });
    default: return false;
  }
}

// The number that is compared; nothing where the packet has none.
std::optional<std::uint64_t> field_of(ConditionKind kind, const Packet& packet) noexcept {
  const auto of_tcp = [&](std::uint64_t value) {
    return packet.protocol == ip_protocol::tcp ? std::optional{value} : std::nullopt;
  };
  const auto v4 = [&](auto member) -> std::optional<std::uint64_t> {
    const auto header = ipv4_header(packet.network);
    if (!header) return std::nullopt;
    return (*header).*member;
  };
  switch (kind) {
    case ConditionKind::payload_size: {
      if (packet.network.empty()) return std::nullopt;
      if (is_icmp(packet)) return packet.transport.size() - std::min<std::size_t>(packet.transport.size(), 8);
      return packet.payload.size();
    }
    case ConditionKind::ttl: return time_to_live(packet.network);
    case ConditionKind::ip_id: return v4(&Ipv4Header::identification);
    case ConditionKind::type_of_service: return v4(&Ipv4Header::type_of_service);
    case ConditionKind::fragment_bits: return v4(&Ipv4Header::flags);
    case ConditionKind::fragment_offset: return v4(&Ipv4Header::fragment_offset);
    case ConditionKind::ip_protocol:
      return packet.network.empty() ? std::nullopt : std::optional<std::uint64_t>{packet.protocol};
    case ConditionKind::icmp_type: return icmp_octet(packet, 0);
    case ConditionKind::icmp_code: return icmp_octet(packet, 1);
    case ConditionKind::icmp_id: return icmp_query_number(packet, 4);
    case ConditionKind::icmp_sequence: return icmp_query_number(packet, 6);
    case ConditionKind::tcp_sequence: return of_tcp(packet.tcp_sequence);
    case ConditionKind::tcp_acknowledgement: return of_tcp(packet.tcp_acknowledgement);
    case ConditionKind::tcp_window: return tcp_window(packet);
    case ConditionKind::tcp_mss: return tcp_mss(packet);
    default: return std::nullopt;
  }
}

}  // namespace

bool is_application(SignatureProtocol wanted, Protocol spoken) noexcept {
  switch (wanted) {
    case SignatureProtocol::dns: return spoken == Protocol::dns;
    case SignatureProtocol::tls: return spoken == Protocol::tls;
    case SignatureProtocol::quic: return spoken == Protocol::quic;
    case SignatureProtocol::http: return spoken == Protocol::http || spoken == Protocol::http2;
    case SignatureProtocol::http1: return spoken == Protocol::http;
    case SignatureProtocol::http2: return spoken == Protocol::http2;
    case SignatureProtocol::xiaomi_push: return spoken == Protocol::xiaomi_push;
    case SignatureProtocol::dhcp: return spoken == Protocol::dhcp;
    case SignatureProtocol::mqtt: return spoken == Protocol::mqtt;
    case SignatureProtocol::ssh: return spoken == Protocol::ssh;
    case SignatureProtocol::ntp: return spoken == Protocol::ntp;
    case SignatureProtocol::mdns: return spoken == Protocol::mdns;
    default: return false;
  }
}

bool holds(const PacketCondition& condition, const SignatureInput& input) noexcept {
  if (input.packet == nullptr) return false;
  const auto& packet = *input.packet;
  switch (condition.kind) {
    case ConditionKind::tcp_flags: {
      if (packet.protocol != ip_protocol::tcp) return false;
      const std::uint64_t flags = packet.tcp_flags & condition.number.second;
      if (condition.number.first == 0)
        return (packet.tcp_flags == 0) != (condition.number.comparison == Comparison::not_all_bits);
      return condition.number.holds(flags);
    }
    case ConditionKind::same_address: return packet.source == packet.destination && !packet.network.empty();
    case ConditionKind::ip_options: {
      const auto header = ipv4_header(packet.network);
      return header && has_option(header->options, condition.number.first);
    }
    case ConditionKind::flow_age:
    case ConditionKind::flow_packets:
    case ConditionKind::flow_bytes:
    case ConditionKind::stream_size: return holds_on_flow(condition, input);
    case ConditionKind::application: return holds_application(condition, input);
    case ConditionKind::decode_event:
    case ConditionKind::stream_event:
    case ConditionKind::application_event:
      return packet.anomalies.contains(static_cast<Anomaly>(condition.number.first));
    default: {
      const auto value = field_of(condition.kind, packet);
      return value && condition.number.holds(*value);
    }
  }
}

}  // namespace sluice
