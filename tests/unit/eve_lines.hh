// Events of every type, and the writer that tests of EVE lines share.
#pragma once

#include <string>
#include <vector>

#include "control/eve/eve.hh"
#include "tests/unit/event_record.hh"

namespace sluice::test {

using nlohmann::json;

// Of the generation that header() carries.
inline RuleBooks rules_at_hand() {
  RuleBooks books;
  books.add(3, "00ff", std::make_shared<const RuleBook>(RuleBook{{telemetry_row(), address_row()}}));
  books.add(4, "0100");
  books.add(2, "0200", std::make_shared<const RuleBook>(RuleBook{{signature_row()}}));
  return books;
}
inline const RuleBooks books = rules_at_hand();

inline EveWriter writer() {
  EveContext context;
  context.tap_id = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";
  context.site = "lab";
  context.clock_state = ClockState::capture;
  context.rules = &books;
  context.pcap_filename = "phone.pcap";
  return EveWriter{context};
}

inline std::string line_of(Record& record) { return writer().line(record.event()); }
// But for its community id, which has a test of its own.
inline json parsed(Record& record) {
  auto line = json::parse(line_of(record));
  line.erase("community_id");
  return line;
}

// What every expected line repeats, with the rest on top.
inline json line_with(const char* rest) {
  auto line = json::parse(R"({
    "timestamp": "2026-11-21T04:36:27.123456+0000", "flow_id": 1234567890123, "pcap_cnt": 7,
    "pcap_filename": "phone.pcap", "src_ip": "192.0.2.10", "src_port": 40000, "dest_ip": "203.0.113.7",
    "dest_port": 443, "proto": "TCP", "ip_v": 4, "device": "192.0.2.10",
    "tap_id": "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "site": "lab", "ruleset": "00ff", "generation": 3,
    "clock_state": "capture", "schema_version": 1})");
  line.update(json::parse(rest));
  if (line["event_type"] != "flow" && !line.contains("pkt_src")) line["pkt_src"] = "wire/pcap";
  if (line["event_type"] == "alert") {
    for (const auto* const key : {"src_ip", "src_port", "dest_ip", "dest_port"}) line["flow"][key] = line[key];
    line["verdict"] = {{"action", line["alert"]["action"] == "blocked" ? "drop" : "alert"}};
  }
  return line;
}

inline EventHeader dns_header() {
  auto at = header(EventType::dns);
  at.ip_protocol = 17;
  at.destination_port = 53;
  return at;
}

inline void fill_dns_response(Record& record) {
  record.integer(Field::dns_response, 1).integer(Field::dns_id, 0).integer(Field::dns_flags, 0x8180);
  record.text(Field::dns_query_name, "www.suricata.io").integer(Field::dns_query_type, 1);
  record.text(Field::dns_answer_name, "www.suricata.io").integer(Field::dns_answer_type, 5);
  record.integer(Field::dns_answer_ttl, 3597).text(Field::dns_answer_data, "suricata.io");
  record.text(Field::dns_answer_name, "suricata.io").integer(Field::dns_answer_type, 1);
  record.integer(Field::dns_answer_ttl, 597).text(Field::dns_answer_data, "35.212.0.44");
  record.integer(Field::dns_authority_count, 2);
}

inline void fill_tls(Record& record) {
  record.text(Field::tls_sni, "data.example.net").text(Field::tls_alpn, "h2").text(Field::tls_alpn, "http/1.1");
  record.integer(Field::tls_version_offered, 0x0304).integer(Field::tls_version_legacy, 0x0303);
}

inline void fill_quic(Record& record) {
  record.integer(Field::quic_version, 1).text(Field::quic_sni, "data.example.net").text(Field::tls_alpn, "h3");
  record.integer(Field::tls_version_offered, 0x0304);
}

inline void fill_http(Record& record) {
  record.text(Field::http_method, "GET").text(Field::http_host, "www.test.org:1337").text(Field::http_uri, "/a?b=c");
  record.text(Field::http_user_agent, "Wget/1.13.4 (linux-gnu)").text(Field::http_protocol, "HTTP/1.1");
  record.text(Field::http_header_name, "User-Agent").text(Field::http_header_value, "Wget/1.13.4 (linux-gnu)");
  record.text(Field::http_header_name, "Accept").text(Field::http_header_value, "*/*");
}

inline void fill_flow(Record& record) {
  record.integer(Field::flow_packets_to_server, 23).integer(Field::flow_packets_to_client, 21);
  record.integer(Field::flow_bytes_to_server, 4884).integer(Field::flow_bytes_to_client, 7392);
  record.integer(Field::flow_start, 1'795'235'600'500'000'000).integer(Field::flow_end, 1'795'235'787'000'000'000);
  record.integer(Field::flow_reason, static_cast<std::uint64_t>(FlowEnd::timeout));
  record.integer(Field::flow_state, static_cast<std::uint64_t>(FlowState::established));
  record.integer(Field::flow_protocol, static_cast<std::uint64_t>(Protocol::tls));
  record.integer(Field::flow_tcp_flags, 0x1a).integer(Field::flow_alerted, 1);
}

inline void signature_fields(Record& record) {
  record.integer(Field::rule_row, 0)
      .integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip))
      .text(Field::matched_value, "203.0.113.7")
      .integer(Field::stage, static_cast<std::uint64_t>(Stage::content_decoded))
      .integer(Field::flow_protocol, static_cast<std::uint64_t>(Protocol::xiaomi_push));
}

inline Statistics some_statistics() {
  Statistics statistics;
  PortCounters counters;
  counters.received = 10;
  counters.received_bytes = 900;
  counters.forwarded = 9;
  counters.dropped[DropReason::policy] = 1;
  statistics.ports = {{"inside", counters}};
  statistics.inspection.uninspected[UninspectedReason::not_ip] = 2;
  statistics.inspection.flows_created = 3;
  statistics.inspection.findings = 1;
  statistics.generation = 3;
  statistics.uptime = std::chrono::milliseconds{61'500};
  return statistics;
}

// One event of each type, and some that differ in what is present.
inline std::vector<std::string> all_kinds_of_lines() {
  std::vector<std::string> lines;
  const auto add = [&](EventHeader at, void (*fill)(Record&)) {
    Record record{at};
    fill(record);
    lines.push_back(line_of(record));
  };
  add(dns_header(), fill_dns_response);
  add(header(EventType::tls), fill_tls);
  add(header(EventType::quic), fill_quic);
  add(header(EventType::http), fill_http);
  add(header(EventType::flow), fill_flow);
  add(header(EventType::alert), [](Record& record) {
    alert_fields(record, 0, "data.example.net", Action::drop, Action::drop);
    fill_tls(record);
  });
  add(header(EventType::alert), [](Record& record) { alert_fields(record, 99, "\xff", Action::pass, Action::drop); });
  add(header(EventType::alert), [](Record& record) {
    alert_fields(record, 0, "data.example.net", Action::pass, Action::drop);
    record.text(Field::vendor_request_target, "/mistats").integer(Field::vendor_request_again, 1);
    record.text(Field::vendor_request_body, "device_id=9b1c&k=v&searchword=a").integer(Field::vendor_request_cut, 1);
  });
  add(header(EventType::http), [](Record& record) {
    record.text(Field::http_host, "119.29.29.29").text(Field::http_uri, "/d?dn=a.example&ip=192.0.2.1");
  });
  auto sparse = header(EventType::alert);
  sparse.ip_protocol = 58;
  sparse.inside = Inside::unknown;
  sparse.packet = 0;
  sparse.source = address("2001:db8::10");
  sparse.destination = address("2001:db8::7");
  sparse.vlan[0] = 100;
  add(sparse, [](Record& record) { record.integer(Field::rule_row, 1); });
  auto pushed = header(EventType::xiaomi_push);
  add(pushed, push_fields);
  pushed.type = EventType::alert;
  pushed.generation = 2;
  add(pushed, [](Record& record) {
    signature_fields(record);
    push_fields(record);
  });
  lines.push_back(writer().stats_line(some_statistics(), header(EventType::flow).time));
  lines.push_back(writer().state_line({"inspecting", "", 1, 3}, "", header(EventType::flow).time));
  Json begun{
      {"state", "begun"}, {"user", "uid:0"}, {"from", "process 17"}, {"filter", "udp port 53"}, {"ports", {"eth1"}}};
  begun["limits"] = {{"packets", 5}, {"bytes", 6}, {"milliseconds", 7}, {"snap_length", 8}};
  lines.push_back(writer().capture_line(begun, 1, header(EventType::flow).time));
  begun["state"] = "ended";
  begun["end"] = "left";
  for (const auto* const count : {"packets", "bytes", "beyond_rate", "without_room"}) begun[count] = 0;
  lines.push_back(writer().capture_line(begun, 1, header(EventType::flow).time));
  lines.push_back(writer().link_line("eth\xff", LinkState::up, LinkState::unwatched, 1, header(EventType::flow).time));
  lines.push_back(writer().link_line("eth1", LinkState::taken_down, LinkState::lost, 1, header(EventType::flow).time));
  lines.push_back(writer().state_line({"absent", "\xff gone", 1, 0}, "inspecting", header(EventType::flow).time));
  return lines;
}

}  // namespace sluice::test
