#include "dataplane/verdict/dns_answer.hh"

#include "dataplane/dns/dns.hh"
#include "dataplane/packet/checksum.hh"

namespace sluice {
namespace {

constexpr std::size_t udp_size = 8;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t name_of_the_question = 0xc000 | dns_header_size;
constexpr std::uint16_t payload_size = 1232;  // of UDP, what DNS Flag Day 2020 settled on

struct Query {
  DnsHeader header;
  Bytes question;  // as it stands in the message
  std::uint16_t type = 0;
  bool has_opt = false;
  std::uint32_t opt_flags = 0;  // of them "DNSSEC OK", which comes back as it came (RFC 3225 section 3)
};

// The name with its type and class; a pointer has no place in it.
std::optional<Bytes> question_of(Bytes message) noexcept {
  constexpr std::uint8_t longest_label = 63;
  constexpr std::size_t longest_name = 255;
  auto at = dns_header_size;
  while (at < message.size() && message[at] != 0) {
    if (message[at] > longest_label) return std::nullopt;
    at += std::size_t{message[at]} + 1;
  }
  const auto size = at + 1 + 4 - dns_header_size;
  if (size > longest_name + 4 || dns_header_size + size > message.size()) return std::nullopt;
  return message.subspan(dns_header_size, size);
}

std::optional<Query> query_of(Bytes message) noexcept {
  auto reading = parse_dns(message);
  if (!reading || reading->header().questions != 1 || reading->header().opcode() != 0) return std::nullopt;
  Query query;
  query.header = reading->header();
  DnsQuestion question;
  const auto bytes = question_of(message);
  if (!bytes || !reading->next_question(question) || question.cls != class_in) return std::nullopt;
  query.question = *bytes;
  query.type = question.type;
  DnsRecord record;
  constexpr std::uint32_t dnssec_ok = 0x8000;
  while (!query.has_opt && reading->next_record(record)) {
    query.has_opt = record.type == type_opt;
    if (query.has_opt) query.opt_flags = record.ttl & dnssec_ok;
  }
  return query;
}

// The address that the question asks for, where the site has one.
std::optional<Address> address_for(const Query& query, DnsAnswer answer, const Sinkhole& sinkhole) noexcept {
  if (answer != DnsAnswer::sinkhole) return std::nullopt;
  if (query.type == static_cast<std::uint16_t>(DnsType::a)) return sinkhole.v4;
  if (query.type == static_cast<std::uint16_t>(DnsType::aaaa)) return sinkhole.v6;
  return std::nullopt;
}

void put_message(FrameWriter& out, const Query& query, DnsAnswer answer,
                 const std::optional<Address>& address) noexcept {
  constexpr std::uint16_t response = 0x8000, recursion_desired = 0x0100, recursion_available = 0x0080,
                          checking_disabled = 0x0010, no_such_name = 3;
  const auto kept = static_cast<std::uint16_t>(query.header.flags & (recursion_desired | checking_disabled));
  out.be16(query.header.id);
  out.be16(response | recursion_available | kept | (answer == DnsAnswer::nxdomain ? no_such_name : 0U));
  out.be16(1);
  out.be16(address ? 1 : 0);
  out.be16(0);
  out.be16(query.has_opt ? 1 : 0);
  out.bytes(query.question);
  if (address) {
    out.be16(name_of_the_question);
    out.be16(query.type);
    out.be16(class_in);
    out.be32(sinkhole_ttl_seconds);
    out.be16(address->is_v4() ? 4 : 16);
    out.address(*address);
  }
  if (!query.has_opt) return;
  constexpr std::uint16_t extended_error = 15, blocked = 15, forged = 4;
  out.u8(0);  // the root
  out.be16(type_opt);
  out.be16(payload_size);
  out.be32(query.opt_flags);  // no further bits of the code, version 0
  out.be16(6);
  out.be16(extended_error);
  out.be16(2);
  out.be16(address ? forged : blocked);
}

std::size_t size_of(const Query& query, const std::optional<Address>& address) noexcept {
  return dns_header_size + query.question.size() + (address ? 12U + (address->is_v4() ? 4U : 16U) : 0U) +
         (query.has_opt ? 17U : 0U);
}

}  // namespace

std::optional<UnansweredReason> make_dns_answer(const Packet& packet, DnsAnswer answer, const Sinkhole& sinkhole,
                                                PacketReply& reply) noexcept {
  const auto query = query_of(packet.payload);
  if (!query || packet.protocol != ip_protocol::udp || !is_between_hosts(packet)) return UnansweredReason::kind;
  reply.end = query->header.response() ? RejectTarget::destination : RejectTarget::source;
  reply.kind = InjectedKind::dns_answer;
  FrameWriter out{reply};
  if (!out.link(packet, reply.end)) return UnansweredReason::encapsulation;
  const bool turned = reply.end == RejectTarget::source;
  const auto& from = turned ? packet.destination : packet.source;
  const auto& to = turned ? packet.source : packet.destination;
  const auto address = address_for(*query, answer, sinkhole);
  const auto size = udp_size + size_of(*query, address);
  out.ip(from, to, ip_protocol::udp, size);
  const auto start = out.place();
  out.be16(turned ? packet.destination_port : packet.source_port);
  out.be16(turned ? packet.source_port : packet.destination_port);
  out.be16(size);
  out.be16(0);
  put_message(out, *query, answer, address);
  const auto sum = transport_checksum_of(from, to, ip_protocol::udp, out.behind(start));
  out.put(start + 6, sum == 0 ? 0xffff : sum);  // RFC 768: 0 says that there is none
  out.pad();
  return std::nullopt;
}

}  // namespace sluice
