// A pipeline to feed frame by frame: what became of each packet, and the events as short lines of text.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/pipeline/pipeline.hh"
#include "tests/unit/frames.hh"

namespace sluice::test {

using Lines = std::vector<std::string>;

// A ring as a pipeline's sink takes it.
struct LocalRing {
  std::vector<std::uint8_t> data = std::vector<std::uint8_t>(std::size_t{1} << 20);
  RingIndex written;
  RingIndex read;
  RingConsumer consumer{data, written, read};

  [[nodiscard]] RingProducer producer() { return {data, written, read}; }
};

inline Indicator indicator(RuleKind kind, const char* text) {
  Indicator row;
  row.facts.kind = kind;
  row.facts.confidence = Confidence::high;
  if (kind == RuleKind::domain || kind == RuleKind::host)
    row.name = text;
  else
    row.range = *AddressRange::parse(text);
  return row;
}

inline RuleList listed_rules() {
  return {{indicator(RuleKind::domain, "listed.example"), indicator(RuleKind::host, "example.com"),
           indicator(RuleKind::ip, "203.0.113.66")},
          {}};
}

inline PipelineOptions small_options(Mode mode = Mode::monitor) {
  using std::chrono::seconds;
  PipelineOptions options;
  options.policy.mode = mode;
  options.record = Record::all;
  options.flow_table_entries = 256;
  options.reassembly_buffers = 64;
  options.resolved_names = 64;
  options.event_queues = 0;  // each event leaves at once
  options.http2_connections = 2;
  options.followed_bodies = 0;  // files are no part of most tests
  //                  opening      established   closed      datagram     other
  options.timeouts = {seconds{10}, seconds{600}, seconds{2}, seconds{30}, seconds{5}};
  return options;
}

// The same where events wait for their other half.
inline PipelineOptions with_queues(Mode mode = Mode::monitor) {
  auto options = small_options(mode);
  options.event_queues = 16;
  return options;
}

class PipelineRun {
 public:
  explicit PipelineRun(const PipelineOptions& options = small_options(), const RuleList& rules = listed_rules())
      : PipelineRun(options, *make_generation(rules, {}, 1, 1)) {}
  PipelineRun(const PipelineOptions& options, std::unique_ptr<Generation> generation)
      : generation_(std::move(generation)),
        sink_(findings_.producer(), records_.producer()),
        pipeline_(options, *generation_, 0, sink_) {}

  // One frame on its own; true where it passes. `change` may alter the packet before it goes in.
  template <class Change>
  bool send(const Frame& frame, Change change) {
    Packet packet;
    packet.frame = frame;
    packet.wire_length = static_cast<std::uint32_t>(frame.size());
    packet.time = now;
    packet.number = ++sent;
    change(packet);
    pipeline_.process({&packet, 1});
    uninspected = packet.uninspected;
    return packet.action == Action::pass;
  }
  bool send(const Frame& frame) {
    return send(frame, [](Packet&) {});
  }
  void wait(Duration duration) { now += duration; }

  void use(std::unique_ptr<Generation> generation) {
    pipeline_.use(*generation);
    generation_ = std::move(generation);
  }

  // All events since the last call but those about packets as such: findings first, then records.
  Lines events() { return lines(false); }
  // Those alone: "anomaly NAME", "drop rules|flow|refused|quarantine|uninspected".
  Lines packet_events() { return lines(true); }

  // The same, each as it is.
  template <typename Look>
  void each_event(const Look& look) {
    for (auto* ring : {&findings_, &records_})
      while (const auto record = ring->consumer.pop())
        if (const auto event = Event::parse(record->bytes)) look(*event);
  }

  [[nodiscard]] std::uint64_t count(UninspectedReason reason) const { return pipeline_.counters().uninspected[reason]; }
  [[nodiscard]] std::uint64_t count(TcpAnomaly kind) const { return pipeline_.counters().tcp_anomalies[kind]; }
  [[nodiscard]] Pipeline& pipeline() { return pipeline_; }

  Tick now = tick_from_nanoseconds(1'700'000'000'000'000'000);
  std::uint64_t sent = 0;
  std::optional<UninspectedReason> uninspected;  // of the last packet

 private:
  Lines lines(bool about_packets) {
    Lines lines;
    for (auto* ring : {&findings_, &records_})
      while (const auto record = ring->consumer.pop()) {
        const auto event = Event::parse(record->bytes);
        const bool is_about_packet =
            event && (event->header().type == EventType::anomaly || event->header().type == EventType::drop);
        if (is_about_packet == about_packets) lines.push_back(event ? line(*event) : "damaged event");
      }
    return lines;
  }
  // " VERSION ALPN N certificates", as far as the server's side of a handshake is there.
  static std::string server_part(const Event& event) {
    std::string line;
    if (const auto version = event.find(Field::tls_version_selected)) {
      static constexpr const char* digits = "0123456789abcdef";
      line += ' ';
      for (int shift = 12; shift >= 0; shift -= 4) line += digits[version->integer() >> shift & 0xf];
    }
    if (const auto alpn = event.find(Field::tls_server_alpn)) line += " " + std::string{alpn->text()};
    std::size_t certificates = 0;
    for (const auto& field : event) certificates += field.field == Field::cert_sha1;
    if (certificates != 0) line += " " + std::to_string(certificates) + " certificate" + (certificates > 1 ? "s" : "");
    return line;
  }
  // "alert NAME STAGE pass|drop", "tls NAME ...", "quic NAME", "http HOST TARGET [STATUS]", "dns query|response NAME",
  // "flow PROTOCOL REASON"; behind it, where it is known, "alias of TARGET", "at NAME", "never resolved".
  static std::string line(const Event& event) {
    const auto text = [&](Field field) {
      const auto found = event.find(field);
      return " " + (found ? std::string{found->text()} : std::string{"-"});
    };
    const auto number = [&](Field field) {
      const auto found = event.find(field);
      return found ? found->integer() : 0;
    };
    static constexpr const char* stages[] = {"?",         "looked-up", "tried",   "connected",
                                             "handshake", "data-sent", "matched", "decoded"};
    static constexpr const char* reasons[] = {"?", "timeout", "closed", "shutdown", "evicted"};
    std::string look_up;
    if (event.find(Field::alias_target)) look_up += " alias of" + text(Field::alias_target);
    if (event.find(Field::resolved_name)) look_up += " at" + text(Field::resolved_name);
    if (event.find(Field::never_resolved)) look_up += " never resolved";
    switch (event.header().type) {
      case EventType::alert:
        return "alert" + text(Field::matched_value) + " " + stages[number(Field::stage)] +
               (number(Field::action) == 0 ? " pass" : " drop") + look_up;
      case EventType::tls: return "tls" + text(Field::tls_sni) + server_part(event);
      case EventType::quic: return "quic" + text(Field::quic_sni) + server_part(event);
      case EventType::http:
        return "http" + text(Field::http_host) + text(Field::http_uri) +
               (event.find(Field::http_status) ? " " + std::to_string(number(Field::http_status)) : "");
      case EventType::dns:
        return (number(Field::dns_response) == 0 ? "dns query" : "dns response") + text(Field::dns_query_name);
      case EventType::xiaomi_push: return "xiaomi_push" + text(Field::device_model);
      case EventType::dhcp: return "dhcp" + text(Field::dhcp_host_name);
      case EventType::mqtt: return "mqtt" + text(Field::mqtt_client_id);
      case EventType::ntp: return "ntp " + std::to_string(number(Field::ntp_mode));
      case EventType::stun: return "stun " + std::to_string(number(Field::stun_class)) + text(Field::stun_software);
      case EventType::ssh: return "ssh" + text(Field::ssh_client_software) + text(Field::ssh_server_software);
      case EventType::mdns: return "mdns" + text(Field::dns_query_name) + text(Field::dns_answer_name);
      case EventType::llmnr: return "llmnr" + text(Field::dns_query_name) + text(Field::dns_answer_name);
      case EventType::netbios: return "netbios" + text(Field::netbios_name);
      case EventType::ssdp: return "ssdp" + text(Field::ssdp_target);
      case EventType::arp: return "arp" + text(Field::neighbour_sender) + text(Field::neighbour_target);
      case EventType::neighbour_discovery:
        return "nd " + std::to_string(number(Field::neighbour_kind)) + text(Field::neighbour_target);
      case EventType::sighting: return "sighting";
      case EventType::kept_flow: return "kept" + text(Field::matched_value);
      case EventType::anomaly: return "anomaly " + std::string{kind_of(Anomaly(number(Field::anomaly))).name};
      case EventType::fileinfo:
        return "file" + text(Field::file_name) + " " + std::to_string(number(Field::file_size)) +
               (number(Field::file_state) == 0 ? " closed" : " truncated") +
               (number(Field::file_gaps) == 0 ? "" : " gaps");
      case EventType::drop: {
        static constexpr const char* causes[] = {"rules", "flow", "refused", "quarantine", "uninspected"};
        return std::string{"drop "} + causes[number(Field::drop_cause)];
      }
      case EventType::flow:
        return "flow " + protocol_text(static_cast<Protocol>(number(Field::flow_protocol))) + " " +
               reasons[number(Field::flow_reason)] + look_up;
    }
    return "unknown event";
  }

  static std::string protocol_text(Protocol protocol) {
    switch (protocol) {
      case Protocol::unknown: return "unknown";
      case Protocol::dns: return "dns";
      case Protocol::tls: return "tls";
      case Protocol::quic: return "quic";
      case Protocol::http: return "http";
      case Protocol::xiaomi_push: return "xiaomi_push";
      case Protocol::http2: return "http2";
      case Protocol::websocket: return "websocket";
      case Protocol::dtls: return "dtls";
      case Protocol::prelude: return "prelude";
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
      case Protocol::ipsec: return "ipsec";
      case Protocol::wireguard: return "wireguard";
      case Protocol::openvpn: return "openvpn";
    }
    return "?";
  }

  LocalRing findings_;
  LocalRing records_;
  std::unique_ptr<Generation> generation_;
  EventSink sink_;
  Pipeline pipeline_;
};

// One TCP connection of a phone, made by the test: each call sends one frame through the run.
class Connection {
 public:
  static constexpr std::uint32_t client_isn = 0xfffff000;  // the numbers wrap within the first 4 KiB
  static constexpr std::uint32_t server_isn = 7000;

  explicit Connection(PipelineRun& run, std::uint16_t port = 40000, std::uint16_t server_port = 443,
                      const char* server = "198.51.100.7")
      : run_(&run), at_(ends("192.168.1.10", port, server, server_port)) {}

  Connection& open() {
    run_->send(tcp_frame(at_, client_isn, 0, tcp_flag::syn));
    run_->send(tcp_frame(at_.reversed(), server_isn, client_isn + 1, tcp_flag::syn | tcp_flag::ack));
    run_->send(tcp_frame(at_, client_isn + 1, server_isn + 1, tcp_flag::ack));
    return *this;
  }
  // `offset`: of the first byte in the client's stream.
  bool client(std::size_t offset, Bytes data, std::uint8_t flags = tcp_flag::ack) {
    return run_->send(tcp_frame(at_, client_isn + 1 + static_cast<std::uint32_t>(offset), server_isn + 1, flags, data));
  }
  bool server(std::size_t offset, Bytes data, std::size_t acknowledged, std::uint8_t flags = tcp_flag::ack) {
    return run_->send(tcp_frame(at_.reversed(), server_isn + 1 + static_cast<std::uint32_t>(offset),
                                client_isn + 1 + static_cast<std::uint32_t>(acknowledged), flags, data));
  }
  [[nodiscard]] const Ends& at() const { return at_; }

 private:
  PipelineRun* run_;
  Ends at_;
};

inline Bytes part(Bytes whole, std::size_t begin, std::size_t end) { return whole.subspan(begin, end - begin); }

// A query for an A record (RFC 1035 sections 4.1.1, 4.1.2).
inline Frame dns_query(std::string_view name, std::uint16_t id = 0x1234) {
  Frame message;
  put16(message, id);
  put16(message, 0x0100);  // recursion desired
  put16(message, 1);
  put32(message, 0);
  put16(message, 0);
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    message.push_back(static_cast<std::uint8_t>(label.size()));
    put(message, as_bytes(label));
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  message.push_back(0);
  put16(message, 1);
  put16(message, 1);
  return message;
}

// An answer with one address, RFC 1035 section 4.1.
inline Frame dns_answer(std::string_view name, const char* address) {
  auto message = dns_query(name);
  message[2] = 0x81;
  message[3] = 0x80;
  message[7] = 1;
  put16(message, 0xc00c);
  put16(message, 1);
  put16(message, 1);
  put32(message, 60);
  put16(message, 4);
  const auto bytes = Address::parse(address)->bytes;
  message.insert(message.end(), bytes.begin() + 12, bytes.end());
  return message;
}

// As a TCP stream carries it (RFC 1035 section 4.2.2).
inline Frame with_length(Bytes message) {
  Frame framed;
  put16(framed, static_cast<unsigned>(message.size()));
  put(framed, message);
  return framed;
}

}  // namespace sluice::test
