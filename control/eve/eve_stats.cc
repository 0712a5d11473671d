#include "control/eve/eve_stats.hh"

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "control/eve/eve_objects.hh"

namespace sluice {
namespace {

// Protocols that are parsed: their counters stand there even at 0, as Suricata has them.
constexpr std::array<std::string_view, 8> parsed_protocols{"dhcp",  "dns_tcp", "dns_udp", "http",
                                                           "http2", "mqtt",    "quic",    "tls"};

std::uint64_t value(const std::map<std::string, std::uint64_t>& counts, std::string_view name) {
  const auto found = counts.find(std::string{name});
  return found == counts.end() ? 0 : found->second;
}

// "ipv4.trunc_pkt" as {"ipv4": {"trunc_pkt": n}}.
Json decoder_events(const AnomalyCounts& counts) {
  Json events = Json::object();
  for (std::size_t i = 0; i < counts.values.size(); ++i) {
    const auto& kind = kind_of(static_cast<Anomaly>(i));
    if (kind.layer != AnomalyLayer::decode || counts.values[i] == 0) continue;
    const auto dot = kind.name.find('.');
    if (dot == std::string_view::npos)
      events[std::string{kind.name}] = counts.values[i];
    else
      events[std::string{kind.name.substr(0, dot)}][std::string{kind.name.substr(dot + 1)}] = counts.values[i];
  }
  return events;
}

Json application_layer(const TrafficCounts& traffic) {
  Json object = {{"flow", Json::object()}, {"tx", Json::object()}, {"error", Json::object()}};
  for (const auto name : parsed_protocols) {
    const std::string key{name};
    object["flow"][key] = 0;
    object["tx"][key] = 0;
    object["error"][key]["parser"] = value(traffic.errors, name);
  }
  for (const auto& [key, count] : traffic.flows) {
    const auto [protocol, transport] = key;
    const bool is_udp = transport == ip_protocol::udp;
    if (const auto name = text_of(protocol); !name.empty())
      object["flow"][counted_name(name, transport)] = count;
    else if (is_udp || transport == ip_protocol::tcp)
      object["flow"][is_udp ? "failed_udp" : "failed_tcp"] = count;
  }
  for (const auto& [name, count] : traffic.messages) object["tx"][name] = count;
  return object;
}

}  // namespace

Json stats_object(const Statistics& statistics) {
  const auto total = statistics.total();
  Json stats = {{"uptime", std::chrono::duration_cast<std::chrono::seconds>(statistics.uptime).count()},
                {"decoder", {{"pkts", total.received}, {"bytes", total.received_bytes}}},
                {"ips", {{"accepted", total.forwarded}, {"blocked", total.dropped[DropReason::policy]}}},
                {"flow", {{"total", statistics.inspection.flows_created}}},
                {"detect", {{"alert", statistics.inspection.findings}}}};
  if (!statistics.traffic) return stats;
  const auto& traffic = *statistics.traffic;
  for (const auto& [name, count] : traffic.decoder) stats["decoder"][name] = count;
  if (auto events = decoder_events(traffic.anomalies); !events.empty()) stats["decoder"]["event"] = std::move(events);
  const auto count_of = [&](Anomaly anomaly) { return traffic.anomalies.values[static_cast<std::size_t>(anomaly)]; };
  stats["tcp"] = {{"reassembly_gap", count_of(Anomaly::stream_reassembly_seq_gap)},
                  {"overlap_diff_data", count_of(Anomaly::stream_reassembly_overlap_different_data)}};
  stats["app_layer"] = application_layer(traffic);
  return stats;
}

}  // namespace sluice
