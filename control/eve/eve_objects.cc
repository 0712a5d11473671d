#include "control/eve/eve_objects.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "control/text/timestamp.hh"

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

std::string_view tcp_state_text(std::uint64_t state) {
  switch (static_cast<TcpState>(state)) {
    case TcpState::none: return "";
    case TcpState::syn_sent: return "syn_sent";
    case TcpState::syn_received: return "syn_recv";
    case TcpState::established: return "established";
    case TcpState::fin_wait_1: return "fin_wait1";
    case TcpState::fin_wait_2: return "fin_wait2";
    case TcpState::time_wait: return "time_wait";
    case TcpState::last_ack: return "last_ack";
    case TcpState::close_wait: return "close_wait";
    case TcpState::closing: return "closing";
    case TcpState::closed: return "closed";
  }
  return "";
}

Tick tick_of(const EventField& field) { return tick_from_nanoseconds(static_cast<std::int64_t>(field.integer())); }

}  // namespace

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
      case Field::flow_dropped:
      case Field::flow_would: put(flow, "action", "drop"); break;
      case Field::flow_passed:
        if (!flow.contains("action")) put(flow, "action", "pass");
        break;
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

Json tcp_object(const Event& event) {
  Json tcp = Json::object();
  const auto put_flags = [&](const char* key, Field field) {
    if (const auto found = event.find(field)) put(tcp, key, fmt::format("{:02x}", found->integer() & 0xffU));
  };
  put_flags("tcp_flags", Field::flow_tcp_flags);
  put_flags("tcp_flags_ts", Field::flow_tcp_flags_to_server);
  put_flags("tcp_flags_tc", Field::flow_tcp_flags_to_client);
  const auto flags = event.find(Field::flow_tcp_flags);
  for (const auto& [key, bit] : tcp_flags)
    if (flags && (flags->integer() & bit) != 0) put(tcp, key, true);
  if (const auto state = event.find(Field::tcp_state))
    if (const auto text = tcp_state_text(state->integer()); !text.empty()) put(tcp, "state", text);
  return tcp;
}

std::string_view text_of(Protocol protocol) noexcept {
  switch (protocol) {
    case Protocol::unknown: return "";
    case Protocol::dns: return "dns";
    case Protocol::tls: return "tls";
    case Protocol::quic: return "quic";
    case Protocol::http: return "http";
    case Protocol::xiaomi_push: return "xiaomi_push";
    case Protocol::http2: return "http2";
    case Protocol::websocket: return "websocket";
    case Protocol::ipsec: return "ipsec";
    case Protocol::wireguard: return "wireguard";
    case Protocol::openvpn: return "openvpn";
    case Protocol::dtls: return "dtls";
    case Protocol::prelude: return "";  // of a direction alone
    case Protocol::dhcp: return "dhcp";
    case Protocol::mdns: return "mdns";
    case Protocol::llmnr: return "llmnr";
    case Protocol::netbios: return "netbios";
    case Protocol::ssdp: return "ssdp";
    case Protocol::mqtt: return "mqtt";
    case Protocol::ntp: return "ntp";
    case Protocol::stun: return "stun";
    case Protocol::ssh: return "ssh";
    case Protocol::dhcpv6: return "dhcpv6";
  }
  return "";
}

}  // namespace sluice
