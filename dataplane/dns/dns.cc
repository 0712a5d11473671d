#include "dataplane/dns/dns.hh"

#include <arpa/inet.h>
#include <algorithm>
#include <array>

#include "dataplane/dns/dns_text.hh"

namespace sluice {
namespace {

constexpr unsigned opcode_limit = 5;  // UPDATE, RFC 2136
constexpr unsigned stateful_opcode = 6;
constexpr std::uint16_t question_limit = 32;  // one in unicast DNS; mDNS asks many at once, 23 were seen

// RFC 1035 section 3.2.4, RFC 2136 section 2.4 (NONE); mDNS uses the highest bit (RFC 6762 sections 5.4 and 10.2).
bool known_class(std::uint16_t cls) noexcept {
  switch (cls & 0x7fff) {
    case 1:    // IN
    case 2:    // CS
    case 3:    // CH
    case 4:    // HS
    case 254:  // NONE
    case 255:  // ANY
      return true;
    default: return false;
  }
}

constexpr std::uint16_t type_opt = 41;  // its class is a size, RFC 6891 section 6.1.2

Probe probe_first_question(Bytes message) noexcept {
  DnsName name;
  const auto after = name.read(message, dns_header_size);
  if (!after) return after.error() == DnsError::need_more ? Probe::maybe : Probe::no;
  Reader reader{message};
  reader.skip(*after);
  const auto type = reader.be16();
  const auto cls = reader.be16();
  if (!reader.ok()) return Probe::maybe;
  return type != 0 && known_class(cls) ? Probe::yes : Probe::no;
}

Probe probe_first_record(Bytes message) noexcept {
  DnsName name;
  const auto after = name.read(message, dns_header_size);
  if (!after) return after.error() == DnsError::need_more ? Probe::maybe : Probe::no;
  Reader reader{message};
  reader.skip(*after);
  const auto type = reader.be16();
  const auto cls = reader.be16();
  reader.skip(4);  // ttl
  if (!reader.ok()) return Probe::maybe;
  if (type == 0 || (type != type_opt && !known_class(cls))) return Probe::no;
  (void)reader.vector16();
  return reader.ok() ? Probe::yes : Probe::maybe;
}

// The name at `offset`, which must not leave the record's data.
void put_name(const DnsMessage& message, const DnsRecord& record, std::size_t skip, DnsText& text) noexcept {
  DnsName name;
  const auto after = name.read(message.bytes(), record.rdata_offset + skip);
  if (!after || *after > record.rdata_offset + record.rdata.size()) return;
  text.put(name.view().empty() ? std::string_view{"."} : name.view());
}

void put_ipv4(Bytes address, DnsText& text) noexcept {
  Reader reader{address};
  while (reader.left() != 0) {
    text.decimal(reader.u8());
    if (reader.left() != 0) text.put('.');
  }
}

// RFC 5952
void put_ipv6(Bytes address, DnsText& text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> room;  // not by Address, to which a mapped IPv4 address is IPv4
  text.put(inet_ntop(AF_INET6, address.data(), room.data(), room.size()));
}

}  // namespace

tl::expected<DnsHeader, DnsError> parse_dns_header(Bytes message) noexcept {
  Reader reader{message};
  DnsHeader header;
  header.id = reader.be16();
  header.flags = reader.be16();
  header.questions = reader.be16();
  header.answers = reader.be16();
  header.authorities = reader.be16();
  header.additionals = reader.be16();
  if (!reader.ok()) return tl::unexpected{DnsError::need_more};
  return header;
}

DnsMessage::DnsMessage(const DnsHeader& header, Bytes message) noexcept
    : header_(header), message_(message), questions_left_(header.questions), records_left_(header.answers) {}

bool DnsMessage::stop(DnsError error) noexcept {
  error_ = error;
  return false;
}

// RFC 1035 section 4.1.2
bool DnsMessage::next_question(DnsQuestion& question) noexcept {
  if (error_ || questions_left_ == 0) return false;
  if (++read_ > dns_record_limit) return stop(DnsError::too_many_records);
  const auto after = question.name.read(message_, at_);
  if (!after) return stop(after.error());
  Reader reader{message_};
  reader.skip(*after);
  question.type = reader.be16();
  question.cls = reader.be16();
  if (!reader.ok()) return stop(DnsError::need_more);
  at_ = message_.size() - reader.left();
  --questions_left_;
  return true;
}

// To the next section that has records; false after the last one.
bool DnsMessage::enter_section() noexcept {
  while (records_left_ == 0) {
    switch (section_) {
      case DnsSection::answer:
        section_ = DnsSection::authority;
        records_left_ = header_.authorities;
        break;
      case DnsSection::authority:
        section_ = DnsSection::additional;
        records_left_ = header_.additionals;
        break;
      case DnsSection::additional: return false;
    }
  }
  return true;
}

// RFC 1035 section 4.1.3
bool DnsMessage::next_record(DnsRecord& record) noexcept {
  while (questions_left_ != 0 && !error_) {
    DnsQuestion passed_over;
    (void)next_question(passed_over);
  }
  if (error_ || !enter_section()) return false;
  if (++read_ > dns_record_limit) return stop(DnsError::too_many_records);
  const auto after = record.name.read(message_, at_);
  if (!after) return stop(after.error());
  Reader reader{message_};
  reader.skip(*after);
  record.section = section_;
  record.type = reader.be16();
  record.cls = reader.be16();
  record.ttl = reader.be32();
  const std::size_t size = reader.be16();
  record.rdata_offset = message_.size() - reader.left();
  record.rdata = reader.take(size);
  if (!reader.ok()) return stop(DnsError::need_more);
  at_ = message_.size() - reader.left();
  --records_left_;
  return true;
}

tl::expected<DnsMessage, DnsError> parse_dns(Bytes message) noexcept {
  return parse_dns_header(message).map([message](const DnsHeader& header) { return DnsMessage{header, message}; });
}

std::string_view format_rdata(const DnsMessage& message, const DnsRecord& record, std::span<char> out) noexcept {
  DnsText text{out};
  switch (static_cast<DnsType>(record.type)) {
    case DnsType::a:  // RFC 1035 section 3.4.1
      if (record.rdata.size() == 4) put_ipv4(record.rdata, text);
      break;
    case DnsType::aaaa:  // RFC 3596 section 2.2
      if (record.rdata.size() == 16) put_ipv6(record.rdata, text);
      break;
    case DnsType::ns:     // RFC 1035 section 3.3.11
    case DnsType::cname:  // RFC 1035 section 3.3.1
    case DnsType::ptr:    // RFC 1035 section 3.3.12
    case DnsType::dname:  // RFC 6672 section 2.1
      put_name(message, record, 0, text);
      break;
    case DnsType::mx:  // RFC 1035 section 3.3.9: after the preference
      put_name(message, record, 2, text);
      break;
    case DnsType::svcb:
    case DnsType::https: break;
  }
  return text.view();
}

Probe probe_dns(Bytes datagram) noexcept {
  const auto header = parse_dns_header(datagram);
  if (!header || header->questions > question_limit) return Probe::no;
  // 6 is DSO, which stands in TLS alone (RFC 8490); the others are not assigned: DNS where the port says so too.
  if (header->opcode() == stateful_opcode) return Probe::no;
  if (header->opcode() > opcode_limit)
    return header->questions != 0 && probe_first_question(datagram) == Probe::yes ? Probe::maybe : Probe::no;
  if (header->questions != 0) return probe_first_question(datagram);
  if (header->answers != 0 || header->authorities != 0 || header->additionals != 0) return probe_first_record(datagram);
  // A server that could not or would not read the question may send back the header alone (RFC 1035 section 4.1.1).
  const bool refusal = header->response() && header->rcode() != 0 && datagram.size() == dns_header_size;
  return refusal ? Probe::yes : Probe::no;
}

Probe probe_dns_tcp(Bytes stream) noexcept {
  Reader reader{stream};
  const std::size_t size = reader.be16();
  if (!reader.ok()) return Probe::maybe;
  if (size < dns_header_size) return Probe::no;
  const auto message = reader.rest().first(std::min(size, reader.left()));
  if (message.size() < dns_header_size) return Probe::maybe;
  const auto probe = probe_dns(message);
  // A complete message that ends too early will not become longer.
  return probe == Probe::maybe && message.size() == size ? Probe::no : probe;
}

tl::expected<Bytes, DnsError> dns_tcp_message(Bytes stream) noexcept {
  Reader reader{stream};
  const std::size_t size = reader.be16();
  if (!reader.ok()) return tl::unexpected{DnsError::need_more};
  if (size < dns_header_size) return tl::unexpected{DnsError::not_this};
  const auto message = reader.take(size);
  if (!reader.ok()) return tl::unexpected{DnsError::need_more};
  return message;
}

}  // namespace sluice
