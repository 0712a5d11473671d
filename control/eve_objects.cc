#include "control/eve_objects.hh"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "control/safe_text.hh"
#include "control/timestamp.hh"
#include "dataplane/dns_registry.hh"

namespace sluice {
namespace {

// RFC 1035 section 4.1.1; absent flags are left out, as Suricata does.
struct DnsFlag {
  std::string_view key;
  std::uint64_t bit;
};
constexpr std::array<DnsFlag, 6> dns_flags{
    {{"qr", 0x8000}, {"aa", 0x0400}, {"tc", 0x0200}, {"rd", 0x0100}, {"ra", 0x0080}, {"z", 0x0040}}};

// RFC 9293 section 3.1.
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> tcp_flags{{{"fin", 0x01},
                                                                               {"syn", 0x02},
                                                                               {"rst", 0x04},
                                                                               {"psh", 0x08},
                                                                               {"ack", 0x10},
                                                                               {"urg", 0x20},
                                                                               {"ecn", 0x40},
                                                                               {"cwr", 0x80}}};

// The first value stands.
void put(Json& object, std::string_view key, Json value) { object.emplace(std::string{key}, std::move(value)); }

void put_text(Json& object, std::string_view key, const EventField& field) {
  put(object, key, stored_text(field.text()));
}

void put_dns_flags(Json& dns, std::uint64_t flags) {
  put(dns, "flags", fmt::format("{:x}", flags & 0xffffU));
  for (const auto& [key, bit] : dns_flags)
    if ((flags & bit) != 0) put(dns, key, true);
  put(dns, "opcode", flags >> 11U & 0x0fU);
  put(dns, "rcode", dns_rcode_text(flags & 0x0fU));
}

// The last record of a list that a name has started, or nothing.
Json* last(Json& records) { return records.empty() ? nullptr : &records.back(); }

Json grouped(const Json& answers) {
  Json groups = Json::object();
  for (const auto& answer : answers)
    if (answer.contains("rrtype") && answer.contains("rdata"))
      groups[answer["rrtype"].get<std::string>()].push_back(answer["rdata"]);
  return groups;
}

struct Authority {
  std::string_view host;
  std::optional<unsigned> port;
};

// RFC 3986 section 3.2: a bracketed IPv6 address keeps its brackets; what follows the last colon is a port only where
// it is a number of 16 bits, else the text is left whole.
Authority split_authority(std::string_view authority) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) return {authority, {}};
  const auto host = authority.substr(0, colon);
  const auto digits = authority.substr(colon + 1);
  constexpr std::size_t port_digits = 5;
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) return {authority, {}};
  if (digits.empty() || digits.size() > port_digits) return {authority, {}};
  unsigned port = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return {authority, {}};
    port = port * 10 + static_cast<unsigned>(digit - '0');
  }
  if (port > 0xffff) return {authority, {}};
  return {host, port};
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lowered;
}

void put_host(Json& http, std::string_view authority) {
  const auto [host, port] = split_authority(authority);
  put(http, "hostname", stored_text(lower(host)));
  if (port) put(http, "http_port", *port);
}

std::string_view state_text(std::uint64_t state) {
  switch (static_cast<FlowState>(state)) {
    case FlowState::fresh: return "new";
    case FlowState::established: return "established";
    case FlowState::closed: return "closed";
  }
  return "unknown";
}

// Suricata knows no reason of its own for a flow that both sides closed.
std::string_view reason_text(std::uint64_t reason) {
  switch (static_cast<FlowEnd>(reason)) {
    case FlowEnd::timeout: return "timeout";
    case FlowEnd::closed: return "closed";
    case FlowEnd::shutdown: return "shutdown";
    case FlowEnd::evicted: return "forced";
  }
  return "unknown";
}

Tick tick_of(const EventField& field) { return tick_from_nanoseconds(static_cast<std::int64_t>(field.integer())); }

// A name as it is meant to be read: its bytes as UTF-8, with U+FFFD for what is none; only control characters keep
// their \DDD (dataplane/dns_text.hh). Two names may come out alike: dns_record() gives the exact form beside it.
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
  Json answers = Json::array();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::dns_response: put(dns, "type", field.integer() != 0 ? "response" : "request"); break;
      case Field::dns_id: put(dns, "id", field.integer()); break;
      case Field::dns_flags:
        if (!dns.contains("flags")) put_dns_flags(dns, field.integer());
        break;
      case Field::dns_query_name: queries.push_back(dns_record(field)); break;
      case Field::dns_query_type:
        if (auto* query = last(queries)) put(*query, "rrtype", dns_type_text(field.integer()));
        break;
      case Field::dns_answer_name: answers.push_back(dns_record(field)); break;
      case Field::dns_answer_type:
        if (auto* answer = last(answers)) put(*answer, "rrtype", dns_type_text(field.integer()));
        break;
      case Field::dns_answer_ttl:
        if (auto* answer = last(answers)) put(*answer, "ttl", field.integer());
        break;
      case Field::dns_answer_data:
        if (auto* answer = last(answers)) put_text(*answer, "rdata", field);
        break;
      default: break;
    }
  }
  auto groups = grouped(answers);
  if (!queries.empty()) put(dns, "queries", std::move(queries));
  if (!answers.empty()) put(dns, "answers", std::move(answers));
  if (!groups.empty()) put(dns, "grouped", std::move(groups));
  return dns;
}

Json tls_object(const Event& event) {
  Json tls = Json::object();
  Json alpns = Json::array();
  Json handshake = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::tls_sni: put_text(tls, "sni", field); break;
      case Field::tls_alpn: alpns.push_back(stored_text(field.text())); break;
      case Field::tls_version_legacy: put(handshake, "version", tls_version_text(field.integer())); break;
      default: break;
    }
  }
  if (!alpns.empty()) put(tls, "client_alpns", std::move(alpns));
  if (!handshake.empty()) put(tls, "client_handshake", std::move(handshake));
  return tls;
}

Json quic_object(const Event& event) {
  Json quic = Json::object();
  for (const auto& field : event) {
    if (field.field == Field::quic_version) put(quic, "version", quic_version_text(field.integer()));
    if (field.field == Field::quic_sni) put_text(quic, "sni", field);
  }
  return quic;
}

Json http_object(const Event& event) {
  Json http = Json::object();
  Json headers = Json::array();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::http_host:
        if (!http.contains("hostname")) put_host(http, field.text());
        break;
      case Field::http_uri: put_text(http, "url", field); break;
      case Field::http_user_agent: put_text(http, "http_user_agent", field); break;
      case Field::http_method: put_text(http, "http_method", field); break;
      case Field::http_protocol: put_text(http, "protocol", field); break;
      case Field::http_header_name: headers.push_back({{"name", stored_text(field.text())}}); break;
      case Field::http_header_value:
        if (auto* header = last(headers)) put_text(*header, "value", field);
        break;
      default: break;
    }
  }
  if (!headers.empty()) put(http, "request_headers", std::move(headers));
  return http;
}

Json flow_object(const Event& event) {
  Json flow = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::flow_packets_to_server: put(flow, "pkts_toserver", field.integer()); break;
      case Field::flow_packets_to_client: put(flow, "pkts_toclient", field.integer()); break;
      case Field::flow_bytes_to_server: put(flow, "bytes_toserver", field.integer()); break;
      case Field::flow_bytes_to_client: put(flow, "bytes_toclient", field.integer()); break;
      case Field::flow_start: put(flow, "start", timestamp_text(tick_of(field))); break;
      case Field::flow_end: put(flow, "end", timestamp_text(tick_of(field))); break;
      case Field::flow_state: put(flow, "state", state_text(field.integer())); break;
      case Field::flow_reason: put(flow, "reason", reason_text(field.integer())); break;
      case Field::flow_alerted: put(flow, "alerted", field.integer() != 0); break;
      default: break;
    }
  }
  const auto start = event.find(Field::flow_start);
  const auto end = event.find(Field::flow_end);
  if (start && end)
    put(flow, "age", std::max<std::int64_t>(0, unix_seconds(tick_of(*end)) - unix_seconds(tick_of(*start))));
  return flow;
}

Json xiaomi_push_object(const Event& event, const Redactor* redactor) {
  const Redactor keyless;
  const auto& redact = redactor != nullptr ? *redactor : keyless;
  Json push = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::vendor_command: put_text(push, "command", field); break;
      case Field::vendor_server: put_text(push, "server", field); break;
      case Field::sdk_version: put(push, "sdk_version", field.integer()); break;
      case Field::device_model: put_text(push, "model", field); break;
      case Field::device_build: put_text(push, "build", field); break;
      case Field::device_id: put(push, "device_id", redact.redact("device-id", field.text())); break;
      case Field::device_locale: put_text(push, "locale", field); break;
      case Field::device_api_level: put(push, "api_level", field.integer()); break;
      case Field::network_type: put_text(push, "network_type", field); break;
      case Field::network_name: put(push, "network_name", redact.redact("network-name", field.text())); break;
      default: break;
    }
  }
  return push;
}

Json tcp_object(std::uint64_t flags) {
  Json tcp = {{"tcp_flags", fmt::format("{:02x}", flags & 0xffU)}};
  for (const auto& [key, bit] : tcp_flags)
    if ((flags & bit) != 0) put(tcp, key, true);
  return tcp;
}

std::string dns_type_text(std::uint64_t type) {
  DnsNumberText buffer;
  const auto name = type > 0xffff ? std::string_view{} : dns_type_name(static_cast<std::uint16_t>(type), buffer);
  return name.empty() || name.data() == buffer.data() ? fmt::to_string(type) : std::string{name};
}

std::string dns_rcode_text(std::uint64_t rcode) {
  DnsNumberText buffer;
  const auto name = rcode > 0xffff ? std::string_view{} : dns_rcode_name(static_cast<std::uint16_t>(rcode), buffer);
  return name.empty() || name.data() == buffer.data() ? fmt::to_string(rcode) : std::string{name};
}

std::string tls_version_text(std::uint64_t version) {
  switch (version) {
    case 0x0002:
    case 0x0200: return "SSLv2";
    case 0x0300: return "SSLv3";
    case 0x0301: return "TLSv1";
    case 0x0302: return "TLS 1.1";
    case 0x0303: return "TLS 1.2";
    case 0x0304: return "TLS 1.3";
    default: return fmt::format("0x{:04x}", version);
  }
}

std::string quic_version_text(std::uint64_t version) {
  switch (version) {
    case 0x51303339: return "Q039";
    case 0x51303433: return "Q043";
    case 0x51303434: return "Q044";
    case 0x51303435: return "Q045";
    case 0x51303436: return "Q046";
    default: return fmt::format("{:x}", version);
  }
}

std::string_view text_of(Protocol protocol) noexcept {
  switch (protocol) {
    case Protocol::unknown: return "";
    case Protocol::dns: return "dns";
    case Protocol::tls: return "tls";
    case Protocol::quic: return "quic";
    case Protocol::http: return "http";
    case Protocol::xiaomi_push: return "xiaomi_push";
  }
  return "";
}

}  // namespace sluice
