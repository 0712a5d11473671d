#include "control/api/tap_metrics.hh"

#include <string>
#include <utility>
#include <vector>

#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"
#include "dataplane/exchange/conservation.hh"

namespace sluice {
namespace {

constexpr double nanoseconds = 1e9;  // in a second

void put_ports(MetricFamilies& out, const TapReading& reading) {
  std::vector<std::pair<std::string, PortCounters>> ports;
  for (std::size_t port = 0; port < reading.ports.size(); ++port)
    ports.emplace_back(stored_text(reading.ports[port]), port_counters(reading, port));
  const auto by_port = [&](const char* name, const char* help, std::uint64_t PortCounters::*value) {
    out.counter(name, help);
    for (const auto& [port, counters] : ports) out.put({{"port", port}}, counters.*value);
  };
  by_port("sluice_packets_received_total", "Packets taken from the port.", &PortCounters::received);
  by_port("sluice_packets_forwarded_total", "Packets received on the port that left by the other port of its pair.",
          &PortCounters::forwarded);
  by_port("sluice_packets_transmitted_total", "Packets that left by the port.", &PortCounters::transmitted);
  by_port("sluice_received_bytes_total", "Bytes of the packets taken from the port, without frame check sequence.",
          &PortCounters::received_bytes);
  by_port("sluice_transmitted_bytes_total", "Bytes of the packets that left by the port.",
          &PortCounters::transmitted_bytes);
  out.counter(
      "sluice_packets_dropped_total",
      "Packets received on the port that were not forwarded: policy = a rule blocked them, tx_full = the other "
      "port took no more, tcp_refused = in mode enforce, TCP data that their receiver would not take, or that "
      "differ from what came before, quarantine = of a device in quarantine, rate_limit = beyond a limit of the "
      "site's policy, stale_after_bypass = they came while sluice-guard held the wire, uninspected = nobody could look "
      "into them, and the site wants no such thing to pass.");
  for (const auto& [port, counters] : ports)
    for (std::size_t i = 0; i < drop_reason_names.size(); ++i)
      out.put({{"port", port}, {"reason", std::string{drop_reason_names[i]}}}, counters.dropped.values[i]);
  out.counter("sluice_packets_injected_total",
              "Packets made by the tap that left by the port, in mode enforce: what reject tells an end, and answers "
              "to look-ups.");
  for (const auto& [port, counters] : ports)
    for (std::size_t i = 0; i < injected_kind_names.size(); ++i)
      out.put({{"port", port}, {"kind", std::string{injected_kind_names[i]}}}, counters.injected.values[i]);
  out.counter("sluice_packets_consumed_total", "Packets received on the port that were for the tap itself.");
  for (const auto& [port, counters] : ports)
    for (std::size_t i = 0; i < consume_reason_names.size(); ++i)
      out.put({{"port", port}, {"reason", std::string{consume_reason_names[i]}}}, counters.consumed.values[i]);
}

// What must be 0, of each worker, so that no error of one hides one of another.
void put_conservation(MetricFamilies& out, const TapReading& reading) {
  out.gauge("sluice_conservation_error_packets",
            "Packets that are not accounted for, 0 while all is well. received: taken from the port and neither "
            "forwarded, dropped nor consumed; transmitted: left by the port and neither forwarded to it nor injected.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    for (std::size_t port = 0; port < reading.ports.size(); ++port) {
      const auto& ports = reading.workers[i].counters.ports;
      const auto error = conservation_error(ports[port], ports[other_port(port)]);
      for (const auto& [side, packets] :
           {std::pair{"received", error.received}, std::pair{"transmitted", error.transmitted}})
        out.put({{"port", stored_text(reading.ports[port])}, {"worker", std::to_string(i)}, {"side", side}},
                static_cast<double>(packets));
    }
}

// Every packet leaves by an exit within the burst that it came with, and the counters of a port are of the end of a
// burst.
void put_held(MetricFamilies& out, const TapReading& reading) {
  out.gauge("sluice_packets_held",
            "Packets received on the port that the tap keeps back: none, each is forwarded, dropped or consumed within "
            "its burst, and counters are read as they stood at the end of one. In each scrape, received = forwarded + "
            "dropped + consumed + held, by port.");
  for (const auto& port : reading.ports) out.put({{"port", stored_text(port)}}, 0.0);
}

void put_workers(MetricFamilies& out, const TapReading& reading, bool up) {
  const auto worker_label = [](std::size_t worker) {
    return MetricLabels::value_type{"worker", std::to_string(worker)};
  };
  const auto by_worker = [&](const char* name, const char* help, std::uint64_t InspectionCounters::*value) {
    out.counter(name, help);
    for (std::size_t i = 0; i < reading.workers.size(); ++i)
      out.put({worker_label(i)}, reading.workers[i].counters.inspection.*value);
  };
  // One sample a name of a closed list.
  const auto by_name = [&](const char* name, const char* help, const char* label, const auto& names, auto counted) {
    out.counter(name, help);
    for (std::size_t i = 0; i < reading.workers.size(); ++i)
      for (std::size_t number = 0; number < names.size(); ++number)
        out.put({worker_label(i), {label, std::string{names[number]}}},
                (reading.workers[i].counters.inspection.*counted).values[number]);
  };
  by_worker("sluice_flows_created_total", "Flows that the worker began to follow.", &InspectionCounters::flows_created);
  by_worker("sluice_flows_ended_total", "Flows that the worker stopped following.", &InspectionCounters::flows_ended);
  by_worker("sluice_events_total", "Events that the worker handed to the control plane.", &InspectionCounters::events);
  by_worker("sluice_events_lost_total", "Events lost because the ring to the control plane was full.",
            &InspectionCounters::events_lost);
  by_worker("sluice_quic_rebindings_total", "QUIC connections that went on with other ends.",
            &InspectionCounters::quic_rebindings);
  by_worker("sluice_quic_migrations_total", "Flows that began in the middle of a QUIC connection.",
            &InspectionCounters::quic_migrations);
  by_worker("sluice_events_truncated_total", "Events that had more to say than one record holds.",
            &InspectionCounters::events_truncated);
  by_worker("sluice_events_unpaired_total", "Events sent before their other half, for want of room to wait.",
            &InspectionCounters::events_unpaired);
  by_worker("sluice_findings_total", "Findings of the worker.", &InspectionCounters::findings);
  by_worker("sluice_signature_scans_total", "Buffers that were searched for patterns of signatures.",
            &InspectionCounters::signature_scans);
  by_worker("sluice_signature_candidates_total", "Signatures whose pattern was seen and that were tried in full.",
            &InspectionCounters::signature_candidates);
  by_worker("sluice_signature_limits_total", "Messages on which a bound of matching was hit.",
            &InspectionCounters::signatures_cut);
  by_worker("sluice_stream_restarted_total", "Directions whose last clear text was searched anew, for other rules.",
            &InspectionCounters::stream_restarted);
  by_worker("sluice_anomalies_cut_total", "Packets with more anomalies than are noted of one.",
            &InspectionCounters::anomalies_cut);
  by_worker("sluice_packets_unsaid_total", "Anomalies and drops without an event of their own: too many at once.",
            &InspectionCounters::packets_unsaid);
  by_worker("sluice_signature_state_full_total",
            "Bits, numbers and rates of rules that found no room, or gave way to others.",
            &InspectionCounters::signature_state_full);
  by_worker("sluice_signatures_suspended_total",
            "Signatures whose pattern was seen and that were not tried, since their rule is suspended.",
            &InspectionCounters::signatures_suspended);
  by_worker("sluice_payload_windows_full_total",
            "Pieces of clear text that were matched alone, for want of a window to see them with others.",
            &InspectionCounters::payload_windows_full);
  by_worker("sluice_dns_memory_evicted_total",
            "DNS answers that the worker forgot before their time, for want of room.",
            &InspectionCounters::dns_memory_evicted);
  by_worker("sluice_rate_limits_evicted_total",
            "Devices whose rate was counted anew before its time, for want of room.",
            &InspectionCounters::rate_limits_evicted);
  by_name("sluice_packets_uninspected_total", "Packets that passed without a look into them.", "reason",
          uninspected_reason_names, &InspectionCounters::uninspected);
  by_name("sluice_content_errors_total", "HTTP bodies that were not decoded for matching, or not as far as they came.",
          "reason", content_error_names, &InspectionCounters::content_errors);
  by_name("sluice_rejects_unanswered_total", "Ends that were not told of a packet that a rule rejects.", "reason",
          unanswered_reason_names, &InspectionCounters::unanswered);
  by_name("sluice_packets_restrained_total",
          "Packets that the site's policy holds back whatever is found in them: dropped in mode enforce.", "kind",
          restraint_names, &InspectionCounters::restrained);
  by_name("sluice_ech_answers_total",
          "Answers with keys of ECH to devices that shall have none: taken out in mode enforce, or out of reach.",
          "fate", ech_answer_names, &InspectionCounters::ech_answers);
  by_name("sluice_icmp_quotes_refused_total", "Errors of ICMP that were not taken for ones about a flow.", "reason",
          icmp_quote_error_names, &InspectionCounters::icmp_quotes_refused);
  by_name("sluice_tcp_anomalies_total", "TCP segments that a receiver may not take, or not read as they stand.", "kind",
          tcp_anomaly_names, &InspectionCounters::tcp_anomalies);
  by_name("sluice_anomalies_total", "What was wrong with packets, streams and messages, by Suricata's names.", "layer",
          anomaly_layer_names, &InspectionCounters::anomalies);
  out.counter("sluice_wiring_signs_total",
              "What shows how the tap is wired: connections and messages that set a network up, by what they show.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i) {
    Wiring signs;
    for (const auto& pair : reading.workers[i].counters.wiring) signs += pair;
    for (std::size_t number = 0; number < wiring_sign_names.size(); ++number)
      out.put({worker_label(i), {"sign", std::string{wiring_sign_names[number]}}}, signs.values[number]);
  }
  const auto by_visibility = [&](const char* name, const char* help, ByVisibility InspectionCounters::*counted) {
    out.counter(name, help);
    for (std::size_t i = 0; i < reading.workers.size(); ++i)
      for (std::size_t number = 0; number < visibility_names.size(); ++number) {
        const auto visibility = static_cast<Visibility>(number);
        MetricLabels labels{worker_label(i), {"visibility", std::string{visibility_text(visibility)}}};
        if (shows_nothing(visibility)) labels.push_back({"reason", std::string{visibility_names[number]}});
        out.put(std::move(labels), (reading.workers[i].counters.inspection.*counted).values[number]);
      }
  };
  by_visibility("sluice_flows_by_visibility_total", "Flows that ended, by how much of them could be seen.",
                &InspectionCounters::flows_by_visibility);
  by_visibility("sluice_flow_bytes_by_visibility_total",
                "Bytes of the flows that ended, by how much of them could be seen.",
                &InspectionCounters::bytes_by_visibility);
  out.counter("sluice_probes_total", "Known-answer probes that the worker ran.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    out.put({worker_label(i)}, reading.workers[i].counters.probe.runs);
  out.counter("sluice_probe_failures_total", "Known-answer probes that did not find what they must.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    out.put({worker_label(i)}, reading.workers[i].counters.probe.failures);
  out.gauge("sluice_probe_last_success_timestamp_seconds", "When a known-answer probe of the worker succeeded last.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    out.put({worker_label(i)}, static_cast<double>(reading.workers[i].counters.probe.success_ns) / nanoseconds);
  out.gauge("sluice_probe_last_success_generation", "Number of the rules that this probe found.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    out.put({worker_label(i)}, std::uint64_t{reading.workers[i].counters.probe.success_generation});
  out.counter("sluice_worker_heartbeat_total", "Turns of the worker's loop: one that stands still hangs.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i) out.put({worker_label(i)}, reading.workers[i].heartbeat);
  out.counter("sluice_refused_system_calls_total", "System calls that the data plane tried and may not make.");
  out.put({}, reading.refused_calls);
  out.counter("sluice_ruleset_swaps_total", "Generations of rules that took over while traffic flowed.");
  out.put({}, reading.swaps);
  out.counter("sluice_rule_suspensions_total", "Times that a rule was suspended for its cost, by cause.");
  out.put({{"cause", "cycles"}}, reading.suspensions_cycles);
  out.put({{"cause", "limits"}}, reading.suspensions_limits);
  if (!up) return;
  out.gauge("sluice_rules_suspended", "Rules that are not tried now, for their cost.");
  out.put({}, std::uint64_t{reading.suspended_rules});
  out.gauge(
      "sluice_overload_level",
      "What the worker leaves out since it cannot keep up: 0 = nothing, 1 to 3 = clear text of the largest flows, "
      "of large ones, of all, 4 = and what begins anew.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i) out.put({worker_label(i)}, reading.workers[i].counters.shed);
  out.gauge("sluice_flows", "Flows that the worker follows.");
  for (std::size_t i = 0; i < reading.workers.size(); ++i)
    out.put({worker_label(i)}, reading.workers[i].counters.flows);
}

// Of ports whose loss is passed on.
void put_links(MetricFamilies& out, const TapReading& reading, bool up) {
  const auto each = [&](const auto& value) {
    for (std::size_t port = 0; port < reading.links.size(); ++port)
      if (reading.links[port].state != LinkState::unwatched)
        out.put({{"port", stored_text(reading.ports[port])}}, value(reading.links[port]));
  };
  out.counter("sluice_link_losses_total", "Times that the port's link was lost.");
  each([](const TapLink& link) { return link.losses; });
  if (!up) return;
  out.gauge("sluice_link_up", "1 while the port's link is there.");
  each([](const TapLink& link) { return link.state == LinkState::up ? 1.0 : 0.0; });
  out.gauge("sluice_link_taken_down", "1 while the port is taken down since the other side's link is lost.");
  each([](const TapLink& link) { return link.state == LinkState::taken_down ? 1.0 : 0.0; });
}

// What is only true while the data plane lives.
void put_live(MetricFamilies& out, const LoopStatus& loop) {
  const auto& reading = *loop.reading;
  out.gauge("sluice_packet_buffers_in_use",
            "Packet buffers that are not free: most of them lie ready with the drivers, which take them before packets "
            "come and give them back some time after they have left.");
  out.put({}, reading.held);
  out.gauge("sluice_ruleset_generation", "Number of the rules that are live, counted from the data plane's start.");
  out.put({}, std::uint64_t{reading.generation});
  out.gauge("sluice_ruleset_info", "The rules that are live, by their SHA-256 digest. Always 1.");
  out.put({{"digest", stored_text(reading.ruleset_digest)}}, 1.0);
  if (reading.rules_expire_ns != 0) {
    out.gauge("sluice_ruleset_expiry_timestamp_seconds",
              "When the first of the live packs, or their manifest, expires. Absent where none does.");
    out.put({}, static_cast<double>(reading.rules_expire_ns) / nanoseconds);
  }
  if (loop.rules_known) {
    out.gauge("sluice_ruleset_rules", "Rules that are live, by kind.");
    for (std::size_t i = 0; i < loop.rules_by_kind.size(); ++i)
      out.put({{"kind", std::string{text_of(static_cast<RuleKind>(i))}}}, loop.rules_by_kind[i]);
  }
}

}  // namespace

void put_tap(MetricFamilies& out, const LoopStatus& loop) {
  if (!loop.reading) return;
  put_ports(out, *loop.reading);
  put_held(out, *loop.reading);
  put_conservation(out, *loop.reading);
  put_workers(out, *loop.reading, loop.up);
  put_links(out, *loop.reading, loop.up);
  if (loop.up) put_live(out, loop);
}

}  // namespace sluice
