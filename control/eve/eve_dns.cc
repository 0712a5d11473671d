#include "control/eve/eve_dns.hh"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "control/eve/eve_dns_records.hh"
#include "dataplane/dns/dns_registry.hh"

namespace sluice {
namespace {

// RFC 1035 section 4.1.1; absent flags are left out, as Suricata does.
struct DnsFlag {
  std::string_view key;
  std::uint64_t bit;
};
constexpr std::array<DnsFlag, 6> dns_flags{
    {{"qr", 0x8000}, {"aa", 0x0400}, {"tc", 0x0200}, {"rd", 0x0100}, {"ra", 0x0080}, {"z", 0x0040}}};

void put_dns_flags(Json& dns, std::uint64_t flags) {
  put(dns, "flags", fmt::format("{:x}", flags & 0xffffU));
  for (const auto& [key, bit] : dns_flags)
    if ((flags & bit) != 0) put(dns, key, true);
  put(dns, "opcode", flags >> 11U & 0x0fU);
  put(dns, "rcode", dns_rcode_text(flags & 0x0fU));
}

// A name as it is meant to be read: its bytes as UTF-8, with U+FFFD for what is none; only control characters keep
// their \DDD (dataplane/dns/dns_text.hh). Two names may come out alike: dns_record() gives the exact form beside it.
std::string readable_name(std::string_view escaped) {
  std::string bytes;
  while (!escaped.empty()) {
    unsigned byte = 0;
    const bool is_escape = escaped.size() >= 4 && escaped[0] == '\\' &&
                           std::from_chars(escaped.data() + 1, escaped.data() + 4, byte).ptr == escaped.data() + 4;
    if (is_escape && byte >= 0x20 && byte != 0x7f)
      bytes += static_cast<char>(byte);
    else
      bytes += escaped.substr(0, is_escape ? 4 : 1);
    escaped.remove_prefix(is_escape ? 4 : 1);
  }
  // The library's own replacement of what is not UTF-8, there and back.
  return Json::parse(Json(bytes).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

// One question or answer, by its name; beside a name with unusual bytes its exact form.
Json dns_record(const EventField& field) {
  Json record = {{"rrname", readable_name(field.text())}};
  if (field.text().find('\\') != std::string_view::npos) put(record, "rrname_escaped", stored_text(field.text()));
  return record;
}

}  // namespace

Json dns_object(const Event& event) {
  Json dns = {{"version", 3}};
  Json queries = Json::array();
  DnsRecords records;
  for (const auto& field : event) {
    switch (field.field) {
      case Field::dns_response: put(dns, "type", field.integer() != 0 ? "response" : "request"); break;
      case Field::transaction: put(dns, "tx_id", field.integer()); break;
      case Field::dns_id: put(dns, "id", field.integer()); break;
      case Field::dns_flags:
        if (!dns.contains("flags")) put_dns_flags(dns, field.integer());
        break;
      case Field::dns_query_name: queries.push_back(dns_record(field)); break;
      case Field::dns_query_type:
        if (auto* query = last(queries)) put(*query, "rrtype", dns_type_text(field.integer()));
        break;
      case Field::dns_answer_name: records.start(dns_record(field)); break;
      default: records.add(field); break;
    }
  }
  if (!queries.empty()) put(dns, "queries", std::move(queries));
  std::move(records).put_into(dns);
  return dns;
}

std::string dns_rcode_text(std::uint64_t rcode) {
  DnsNumberText buffer;
  const auto name = rcode > 0xffff ? std::string_view{} : dns_rcode_name(static_cast<std::uint16_t>(rcode), buffer);
  return name.empty() || name.data() == buffer.data() ? fmt::to_string(rcode) : std::string{name};
}

}  // namespace sluice
