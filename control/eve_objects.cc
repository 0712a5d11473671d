#include "control/eve_objects.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "control/timestamp.hh"

namespace sluice {
namespace {

// RFC 9293 section 3.1.
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> tcp_flags{{{"fin", 0x01},
                                                                               {"syn", 0x02},
                                                                               {"rst", 0x04},
                                                                               {"psh", 0x08},
                                                                               {"ack", 0x10},
                                                                               {"urg", 0x20},
                                                                               {"ecn", 0x40},
                                                                               {"cwr", 0x80}}};

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

}  // namespace

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
    case Protocol::dhcp: return "dhcp";
  }
  return "";
}

}  // namespace sluice
