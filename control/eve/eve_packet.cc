#include "control/eve/eve_packet.hh"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "control/text/base64.hh"
#include "dataplane/packet/packet.hh"
#include "rules/signatures/anomaly.hh"

namespace sluice {
namespace {

// Suricata's parsers in C name their events in capitals, those in Rust do not.
bool is_in_capitals(std::string_view protocol) {
  return protocol == "http" || protocol == "tls" || protocol.starts_with("applayer");
}

std::string in_capitals(std::string_view text) {
  std::string capitals{text};
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return capitals;
}

std::string_view drop_cause_text(std::uint64_t cause) {
  switch (static_cast<DropCause>(cause)) {
    case DropCause::rules: return "rules";
    case DropCause::flow: return "flow drop";
    case DropCause::stream_error: return "stream error";
    case DropCause::quarantine: return "quarantine";
    case DropCause::uninspected: return "uninspected";
  }
  return "unknown";
}

void put_tcp_header(Json& drop, Reader header) {  // RFC 9293 section 3.1
  header.skip(4);
  const auto sequence = header.be32();
  const auto acknowledgement = header.be32();
  const auto reserved = header.u8() & 0x0f;
  const auto flags = header.u8();
  const auto window = header.be16();
  header.skip(2);
  const auto urgent = header.be16();
  if (!header.ok()) return;
  put(drop, "tcpseq", sequence);
  put(drop, "tcpack", acknowledgement);
  put(drop, "tcpwin", window);
  constexpr std::array<std::pair<std::string_view, unsigned>, 6> names{
      {{"syn", 0x02}, {"ack", 0x10}, {"psh", 0x08}, {"rst", 0x04}, {"urg", 0x20}, {"fin", 0x01}}};
  for (const auto& [name, bit] : names) put(drop, name, (flags & bit) != 0);
  put(drop, "tcpres", reserved);
  put(drop, "tcpurgp", urgent);
}

// Of an ICMP message the type that answers it, which stands in the place of the other port; nothing where it is one
// way. The pairs of the specification.
std::optional<std::uint16_t> icmp_answer(bool is_v6, std::uint64_t type) {
  constexpr std::pair<std::uint8_t, std::uint8_t> v4[] = {{8, 0}, {13, 14}, {15, 16}, {10, 9}, {17, 18}};
  constexpr std::pair<std::uint8_t, std::uint8_t> v6[] = {{128, 129}, {133, 134}, {135, 136},
                                                          {139, 140}, {130, 131}, {144, 145}};
  const auto find = [&](const auto& pairs) -> std::optional<std::uint16_t> {
    for (const auto& [one, other] : pairs) {
      if (one == type) return other;
      if (other == type) return one;
    }
    return std::nullopt;
  };
  return is_v6 ? find(v6) : find(v4);
}

}  // namespace

Json anomaly_object(const Event& event) {
  Json object = Json::object();
  const auto field = event.find(Field::anomaly);
  if (!field || field->integer() >= anomaly_count) return object;
  const auto& kind = kind_of(static_cast<Anomaly>(field->integer()));
  object["type"] = anomaly_layer_names[static_cast<std::size_t>(kind.layer)];
  switch (kind.layer) {
    case AnomalyLayer::decode: object["event"] = "decoder." + std::string{kind.name}; break;
    case AnomalyLayer::stream: object["event"] = "stream." + std::string{kind.name}; break;
    case AnomalyLayer::applayer: {
      const auto dot = kind.name.find('.');
      const bool is_of_parser = dot != std::string_view::npos;
      const auto protocol = kind.name.substr(0, dot);
      const auto name = is_of_parser ? kind.name.substr(dot + 1) : kind.name;
      object["event"] = is_in_capitals(protocol) ? in_capitals(name) : std::string{name};
      object["layer"] = is_of_parser ? "proto_parser" : "proto_detect";
      if (is_of_parser) object["app_proto"] = protocol;
      break;
    }
  }
  return object;
}

Json drop_object(const Event& event) {
  Json drop = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::drop_cause: put(drop, "reason", drop_cause_text(field.integer())); break;
      case Field::transport_header:
        if (event.header().ip_protocol == ip_protocol::tcp) put_tcp_header(drop, Reader{field.value});
        break;
      default: break;
    }
  }
  return drop;
}

std::string_view packet_source_text(const Event& event) {
  if (event.find(Field::flow_end)) return "stream (flow timeout)";
  auto kind = TunnelKind::none;
  bool is_in_v6 = false;
  for (const auto& field : event) {
    if (field.field == Field::tunnel_kind) kind = static_cast<TunnelKind>(field.integer());
    if (field.field == Field::tunnel_source && field.value.size() == sizeof(Address)) {
      Address source;
      std::copy(field.value.begin(), field.value.end(), source.bytes.begin());
      is_in_v6 = !source.is_v4();
    }
  }
  switch (kind) {
    case TunnelKind::gre:
    case TunnelKind::erspan: return "gre tunnel";
    case TunnelKind::ip_in_ip:
    case TunnelKind::ipv6_in_ip: return is_in_v6 ? "ipv6 tunnel" : "ipv4 tunnel";
    case TunnelKind::teredo: return "teredo tunnel";
    case TunnelKind::vxlan: return "vxlan encapsulation";
    case TunnelKind::geneve: return "geneve encapsulation";
    default: return "wire/pcap";
  }
}

bool is_to_client(const Event& event) {
  const auto way = event.find(Field::packet_way);
  return way && way->integer() == 1;
}

void put_icmp(Json& line, const Event& event) {
  const auto copy = [&](std::string_view key, Field field) {
    if (const auto found = event.find(field)) put(line, key, found->integer());
  };
  copy("icmp_type", Field::icmp_type);
  copy("icmp_code", Field::icmp_code);
  copy("response_icmp_type", Field::icmp_response_type);
  copy("response_icmp_code", Field::icmp_response_code);
}

std::string community_id(const EventHeader& header, const Event& event) {
  constexpr std::uint8_t sctp = 132;
  auto source_port = header.source_port;
  auto destination_port = header.destination_port;
  bool is_one_way = false;
  switch (header.ip_protocol) {
    case ip_protocol::tcp:
    case ip_protocol::udp:
    case sctp: break;
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: {
      const auto type = event.find(Field::icmp_type);
      if (!type) return {};
      const auto code = event.find(Field::icmp_code);
      const auto answer = icmp_answer(header.ip_protocol == ip_protocol::icmp_v6, type->integer());
      source_port = static_cast<std::uint16_t>(type->integer());
      destination_port = answer ? *answer : static_cast<std::uint16_t>(code ? code->integer() : 0);
      is_one_way = !answer;
      break;
    }
    default: return {};
  }
  struct End {
    const Address* address;
    std::uint16_t port;
  };
  End low{&header.source, source_port}, high{&header.destination, destination_port};
  const bool is_ordered =
      low.address->bytes < high.address->bytes || (low.address->bytes == high.address->bytes && low.port < high.port);
  if (!is_one_way && !is_ordered) std::swap(low, high);

  std::string text(2, '\0');  // the seed
  const auto put_address = [&](const Address& address) {
    const auto bytes = address.is_v4() ? std::span{address.bytes}.last(4) : std::span{address.bytes};
    text.append(bytes.begin(), bytes.end());
  };
  put_address(*low.address);
  put_address(*high.address);
  text += static_cast<char>(header.ip_protocol);
  text += '\0';
  for (const auto port : {low.port, high.port}) {
    text += static_cast<char>(port >> 8);
    text += static_cast<char>(port & 0xff);
  }
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return "1:" + base64_text({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace sluice
