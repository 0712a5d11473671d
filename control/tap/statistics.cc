#include "control/tap/statistics.hh"

#include <array>
#include <string_view>

#include "control/text/safe_text.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

template <class Reason, std::size_t Count>
Json by_reason(const ByReason<Reason, Count>& counted, const std::array<std::string_view, Count>& names) {
  Json object = Json::object();
  for (std::size_t i = 0; i < Count; ++i)
    if (counted.values[i] != 0) object[std::string{names[i]}] = counted.values[i];
  return object;
}

Json packets(const PortCounters& counters) {
  return {{"received", counters.received},
          {"transmitted", counters.transmitted},
          {"forwarded", counters.forwarded},
          {"dropped", by_reason(counters.dropped, drop_reason_names)},
          {"injected", by_reason(counters.injected, injected_kind_names)},
          {"consumed", counters.consumed.sum()}};
}

Json bytes(const PortCounters& counters) {
  return {{"received", counters.received_bytes}, {"transmitted", counters.transmitted_bytes}};
}

// {"flows": {"clear-text": n, ..., "nothing": n}, "bytes": {...}, "nothing": {"flows": {reason: n}, "bytes": {...}}}
Json visibility(const ByVisibility& flows, const ByVisibility& bytes) {
  Json document = {{"flows", Json::object()}, {"bytes", Json::object()}};
  document["nothing"] = document;
  const auto add = [&](std::size_t number, const char* unit, std::uint64_t amount) {
    if (amount == 0) return;
    const std::string name{visibility_names[number]};
    if (!shows_nothing(static_cast<Visibility>(number))) {
      document[unit][name] = amount;
      return;
    }
    document[unit]["nothing"] = document[unit].value("nothing", std::uint64_t{0}) + amount;
    document["nothing"][unit][name] = amount;
  };
  for (std::size_t i = 0; i < visibility_names.size(); ++i) {
    add(i, "flows", flows.values[i]);
    add(i, "bytes", bytes.values[i]);
  }
  return document;
}

}  // namespace

PortCounters Statistics::total() const noexcept {
  PortCounters total;
  for (const auto& port : ports) total += port.counters;
  return total;
}

Json statistics_document(const Statistics& statistics) {
  const auto total = statistics.total();
  const auto& inspection = statistics.inspection;
  Json document;
  document["packets"] = packets(total);
  document["packets"]["held"] = statistics.held;
  document["bytes"] = bytes(total);
  document["uninspected"] = by_reason(inspection.uninspected, uninspected_reason_names);
  document["tcp_anomalies"] = by_reason(inspection.tcp_anomalies, tcp_anomaly_names);
  document["anomalies"] = by_reason(inspection.anomalies, anomaly_layer_names);
  document["anomalies_cut"] = inspection.anomalies_cut;
  document["packets_unsaid"] = inspection.packets_unsaid;
  document["visibility"] = visibility(inspection.flows_by_visibility, inspection.bytes_by_visibility);
  document["signatures_suspended"] = inspection.signatures_suspended;
  document["signature_state_full"] = inspection.signature_state_full;
  document["rules_left_out"] = statistics.rules_left_out;
  document["flows"] = inspection.flows_created;
  document["flows_ended"] = inspection.flows_ended;
  document["events"] = inspection.events;
  document["events_lost"] = inspection.events_lost;
  document["quic_rebindings"] = inspection.quic_rebindings;
  document["quic_migrations"] = inspection.quic_migrations;
  document["events_truncated"] = inspection.events_truncated;
  document["events_unpaired"] = inspection.events_unpaired;
  document["unanswered"] = by_reason(inspection.unanswered, unanswered_reason_names);
  document["icmp_quotes_refused"] = by_reason(inspection.icmp_quotes_refused, icmp_quote_error_names);
  document["restrained"] = by_reason(inspection.restrained, restraint_names);
  document["ech_answers"] = by_reason(inspection.ech_answers, ech_answer_names);
  document["content_errors"] = by_reason(inspection.content_errors, content_error_names);
  document["findings"] = inspection.findings;
  document["ports"] = Json::object();
  for (const auto& port : statistics.ports)
    document["ports"][stored_text(port.name)] = {{"packets", packets(port.counters)}, {"bytes", bytes(port.counters)}};
  return document;
}

std::string statistics_text(const Statistics& statistics) {
  return statistics_document(statistics).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace sluice
