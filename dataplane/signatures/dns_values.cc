#include "dataplane/signatures/dns_values.hh"

#include <optional>

namespace sluice {
namespace {

constexpr std::uint16_t type_soa = 6;          // RFC 1035 section 3.3.13; its first part is a name
constexpr std::size_t mx_preference_size = 2;  // RFC 1035 section 3.3.9

// Where in the data of a record the name stands that dns.response.rrname looks at.
std::optional<std::size_t> name_offset(std::uint16_t type) noexcept {
  switch (type) {
    case static_cast<std::uint16_t>(DnsType::ns):
    case static_cast<std::uint16_t>(DnsType::cname):
    case static_cast<std::uint16_t>(DnsType::ptr):
    case type_soa: return 0;
    case static_cast<std::uint16_t>(DnsType::mx): return mx_preference_size;
    default: return std::nullopt;
  }
}

Buffer buffer_of(DnsSection section) noexcept {
  switch (section) {
    case DnsSection::answer: return Buffer::dns_answers_rrname;
    case DnsSection::authority: return Buffer::dns_authorities_rrname;
    case DnsSection::additional: return Buffer::dns_additionals_rrname;
  }
  return Buffer::dns_additionals_rrname;
}

// A name, which stands in a buffer of its own and, in a response, in the one of all names.
void put_name(const DnsName& name, std::optional<Buffer> own, bool is_response, MessageValues& values) noexcept {
  const bool wanted = own && values.wants(*own);
  const bool wanted_of_all = is_response && values.wants(Buffer::dns_response_rrname);
  if (!wanted && !wanted_of_all) return;
  values.write(name.view());
  const auto text = values.finish();
  if (wanted) values.put(*own, text);
  if (wanted_of_all) values.put(Buffer::dns_response_rrname, text);
}

}  // namespace

void put_dns(DnsMessage message, bool asks, MessageValues& values) noexcept {
  const auto& header = message.header();
  const bool is_response = header.response();
  values.put(MessageNumber::dns_opcode, header.opcode());
  values.put(MessageNumber::dns_rcode, header.rcode());
  DnsQuestion question;
  while (message.next_question(question)) {
    values.put(MessageNumber::dns_rrtype, question.type);
    if (asks && values.wants(Buffer::dns_query)) {
      values.write(question.name.view());
      values.finish(Buffer::dns_query);
    }
    put_name(question.name, Buffer::dns_queries_rrname, is_response, values);
  }
  DnsRecord record;
  while (message.next_record(record)) {
    if (record.section == DnsSection::answer) values.put(MessageNumber::dns_rrtype, record.type);
    put_name(record.name, buffer_of(record.section), is_response, values);
    const auto offset = name_offset(record.type);
    DnsName target;
    if (offset && is_response && values.wants(Buffer::dns_response_rrname) &&
        target.read(message.bytes(), record.rdata_offset + *offset))
      put_name(target, std::nullopt, true, values);
  }
}

}  // namespace sluice
