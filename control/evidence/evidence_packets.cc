#include "control/evidence/evidence_packets.hh"

#include <algorithm>

#include "dataplane/capture/pcapng.hh"
#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {
namespace {

constexpr std::string_view rebuilt_comment =
    "Rebuilt by Sluice: bytes of the stream that came in other packets, behind the headers of the one without comment";
constexpr std::string_view made_comment =
    "; the first 5 bytes are not theirs: the header of a TLS record, made for those who read the rest";

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

void set_be16(std::string& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<char>(value >> 8U);
  bytes[at + 1] = static_cast<char>(value);
}

void set_be32(std::string& bytes, std::size_t at, std::uint32_t value) {
  set_be16(bytes, at, value >> 16U);
  set_be16(bytes, at + 2, value & 0xffffU);
}

// Where the headers of a packet stand in it.
struct Headers {
  std::size_t network = 0;
  std::size_t transport = 0;
  Packet packet;
};

std::optional<Headers> headers_of(std::string_view bytes, std::uint16_t link_type) {
  Headers headers;
  auto& packet = headers.packet;
  packet.clear();
  packet.frame = bytes_of(bytes);
  packet.link_type = link_type;
  packet.link = link_layer_of(link_type);
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  if (!decode(packet, nullptr) || packet.transport.empty() || packet.network.empty()) return std::nullopt;
  const auto place = [&](Bytes part) { return static_cast<std::size_t>(part.data() - packet.frame.data()); };
  headers.network = place(packet.network);
  headers.transport = place(packet.transport);
  if (headers.transport >= bytes.size() || headers.network >= headers.transport) return std::nullopt;
  return headers;
}

// A TCP segment with these bytes, which stand so far behind the payload of `last` in the stream; before it, where that
// is negative (RFC 9293 section 3.1).
std::optional<EvidencePacket> rebuilt(const EvidencePacket& last, std::uint16_t link_type, std::string_view payload,
                                      std::int64_t behind) {
  const auto headers = headers_of(last.bytes, link_type);
  if (!headers || headers->packet.protocol != ip_protocol::tcp) return std::nullopt;
  EvidencePacket packet;
  packet.is_rebuilt = true;
  packet.time = last.time;
  packet.payload_at = last.payload_at;
  packet.bytes = last.bytes.substr(0, last.payload_at).append(payload);
  packet.size = packet.bytes.size();
  const auto network = headers->network, transport = headers->transport;
  const auto datagram = packet.bytes.size() - network;
  constexpr std::size_t datagram_limit = 65'535, tcp_header = 20, ipv6_header = 40;
  if (datagram > datagram_limit || transport + tcp_header > last.payload_at) return std::nullopt;

  if (headers->packet.source.is_v4()) {
    set_be16(packet.bytes, network + 2, datagram);
    set_be16(packet.bytes, network + 10, 0);
    const auto header = std::string_view{packet.bytes}.substr(network, transport - network);
    set_be16(packet.bytes, network + 10, internet_checksum(bytes_of(header)));
  } else {
    if (datagram < ipv6_header) return std::nullopt;
    set_be16(packet.bytes, network + 4, datagram - ipv6_header);
  }
  set_be32(packet.bytes, transport + 4, headers->packet.tcp_sequence + static_cast<std::uint32_t>(behind));
  packet.bytes[transport + 13] = static_cast<char>(tcp_flag::ack);
  set_be16(packet.bytes, transport + 16, 0);
  set_be16(packet.bytes, transport + 16,
           transport_checksum_of(headers->packet.source, headers->packet.destination, ip_protocol::tcp,
                                 bytes_of(packet.bytes).subspan(transport)));
  return packet;
}

// The header of the TLS record that a handshake message of this beginning came in (RFC 8446 sections 4 and 5.1); empty
// where it cannot have come in one.
std::string record_header(std::string_view message) {
  constexpr std::size_t message_header = 4, content_limit = std::size_t{1} << 14U;
  if (message.size() < message_header) return {};
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(message[at])); };
  const auto size = message_header + (byte(1) << 16U | byte(2) << 8U | byte(3));
  if (size > content_limit) return {};
  std::string header{"\x16\x03\x01", 3};
  header += static_cast<char>(size >> 8U);
  header += static_cast<char>(size);
  return header;
}

// Numbers of a pcapng file, little-endian.
void put(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> 8U * i);
}

void pad(std::string& out) {
  while (out.size() % pcapng_padding != 0) out += '\0';
}

void put_option(std::string& body, std::uint16_t code, std::string_view value) {
  put(body, code, 2);
  put(body, value.size(), 2);
  body.append(value);
  pad(body);
}

void put_block(std::string& out, std::uint32_t type, const std::string& body) {
  const auto length = pcapng_frame_size + body.size();
  put(out, type, 4);
  put(out, length, 4);
  out.append(body);
  put(out, length, 4);
}

}  // namespace

void EvidencePackets::cut(std::size_t room) {
  auto sum = std::size_t{0};
  for (const auto& packet : packets) sum += packet.bytes.size();
  for (auto& packet : packets) {
    if (sum <= room) return;
    const auto less = std::min(packet.bytes.size(), sum - room);
    packet.bytes.resize(packet.bytes.size() - less);
    sum -= less;
    is_whole = false;
  }
}

std::string EvidencePackets::capture() const {
  std::string out, body;
  put(body, pcapng_byte_order_magic, 4);
  put(body, 1, 2);  // version 1.0
  put(body, 0, 2);
  put(body, ~std::uint64_t{0}, 8);  // the section's length is not said
  put_block(out, pcapng_block::section_header, body);

  body.clear();
  put(body, link_type, 2);
  put(body, 0, 2);
  put(body, 0, 4);  // no snap length
  put_option(body, pcapng_option::time_resolution, "\x09");
  put_option(body, pcapng_option::end, "");
  put_block(out, pcapng_block::interface_description, body);

  for (const auto& packet : packets) {
    const auto when = static_cast<std::uint64_t>(nanoseconds_since_epoch(packet.time));
    body.clear();
    put(body, 0, 4);  // interface
    put(body, when >> 32U, 4);
    put(body, when & 0xffffffffU, 4);
    put(body, packet.bytes.size(), 4);
    put(body, packet.size, 4);
    body.append(packet.bytes);
    pad(body);
    if (packet.is_rebuilt) {
      std::string comment{rebuilt_comment};
      if (packet.made != 0) comment += made_comment;
      put_option(body, pcapng_option::comment, comment);
      put_option(body, pcapng_option::end, "");
    }
    put_block(out, pcapng_block::enhanced_packet, body);
  }
  return out;
}

std::optional<EvidencePackets> evidence_packets(const Event& event) {
  EvidencePackets evidence;
  EvidencePacket packet;
  std::optional<EventField> link_type, payload_at, payload_size, stream, protocol;
  for (const auto& field : event) {
    switch (field.field) {
      case Field::packet_link_type: link_type = field; break;
      case Field::packet_bytes: packet.bytes += field.text(); break;
      case Field::packet_payload_at: payload_at = field; break;
      case Field::packet_payload_size: payload_size = field; break;
      case Field::stream_bytes: stream = field; break;
      case Field::flow_protocol: protocol = field; break;
      default: break;
    }
  }
  if (!link_type || packet.bytes.empty()) return std::nullopt;
  evidence.link_type = static_cast<std::uint16_t>(link_type->integer());
  packet.time = event.header().time;
  packet.size = packet.bytes.size();
  if (payload_at && payload_at->integer() < packet.bytes.size()) packet.payload_at = payload_at->integer();

  if (!stream || packet.payload_at == 0) {
    evidence.packets.push_back(std::move(packet));
    return evidence;
  }
  const auto payload = std::string_view{packet.bytes}.substr(
      packet.payload_at, payload_size ? payload_size->integer() : std::string_view::npos);
  const auto read = stream->text();
  const auto at = read.rfind(payload);
  std::optional<EvidencePacket> before, behind;
  if (at == std::string_view::npos) {
    evidence.is_whole = payload.find(read) != std::string_view::npos;  // what was read before is not there any more
  } else {
    const auto rest = read.substr(at + payload.size());
    const bool is_split = at > 0 || !rest.empty();
    const bool is_tls = protocol && protocol->integer() == static_cast<std::uint64_t>(Protocol::tls) && is_split;
    const auto made = is_tls ? record_header(read) : std::string{};
    const auto first = made + std::string{read.substr(0, at)};
    if (!first.empty()) before = rebuilt(packet, evidence.link_type, first, -static_cast<std::int64_t>(first.size()));
    if (before) before->made = made.size();
    if (!rest.empty()) behind = rebuilt(packet, evidence.link_type, rest, static_cast<std::int64_t>(payload.size()));
    evidence.is_whole =
        before.has_value() == !first.empty() && behind.has_value() == !rest.empty() && is_tls == !made.empty();
  }
  if (before) evidence.packets.push_back(std::move(*before));
  evidence.packets.push_back(std::move(packet));
  if (behind) evidence.packets.push_back(std::move(*behind));
  return evidence;
}

}  // namespace sluice
