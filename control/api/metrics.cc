#include "control/api/metrics.hh"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <utility>
#include <vector>

#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"
#include "dataplane/exchange/conservation.hh"

namespace sluice {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr double nanoseconds = 1e9;  // in a second

class Families {
 public:
  void counter(const char* name, const char* help) { begin(name, help, MetricType::Counter); }
  void gauge(const char* name, const char* help) { begin(name, help, MetricType::Gauge); }
  void put(Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
    list_.back().metric.push_back(std::move(metric));
  }
  void put(Labels labels, std::uint64_t value) { put(std::move(labels), static_cast<double>(value)); }
  [[nodiscard]] std::vector<MetricFamily> take() { return std::move(list_); }

 private:
  void begin(const char* name, const char* help, MetricType type) { list_.push_back({name, help, type, {}}); }

  std::vector<MetricFamily> list_;
};

void put_ports(Families& out, const TapReading& reading) {
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
void put_conservation(Families& out, const TapReading& reading) {
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
void put_held(Families& out, const TapReading& reading) {
  out.gauge("sluice_packets_held",
            "Packets received on the port that the tap keeps back: none, each is forwarded, dropped or consumed within "
            "its burst, and counters are read as they stood at the end of one. In each scrape, received = forwarded + "
            "dropped + consumed + held, by port.");
  for (const auto& port : reading.ports) out.put({{"port", stored_text(port)}}, 0.0);
}

void put_rollout(Families& out, const RolloutStatus& rollout) {
  std::array<std::uint64_t, hold_causes> held{};
  for (const auto& rule : rollout.held) ++held[static_cast<std::size_t>(rule.cause)];
  out.gauge(
      "sluice_rules_held",
      "Rules, and packs as a whole, that raise alarms and block nothing, whatever they would: fuse = new ones that "
      "blocked too much, trial = of a shadow trial.");
  for (const auto cause : {HoldCause::fuse, HoldCause::trial})
    out.put({{"cause", std::string{text_of(cause)}}}, held[static_cast<std::size_t>(cause)]);
  out.counter("sluice_fuse_trips_total", "New rules that were held since they blocked too much.");
  out.put({}, rollout.fuse_trips);
  out.counter("sluice_fuse_full_total", "Times that such a rule was not held, for want of room.");
  out.put({}, rollout.fuse_full);
  out.counter("sluice_push_watches_total", "Pushes that were watched, by how that ended.");
  for (const auto state : {WatchState::kept, WatchState::reverted, WatchState::unjudged, WatchState::superseded})
    out.put({{"verdict", std::string{watch_states[static_cast<std::size_t>(state)]}}},
            rollout.watches[static_cast<std::size_t>(state)]);
  out.counter("sluice_trials_total", "Shadow trials that ended, by how.");
  out.put({{"verdict", "promoted"}}, rollout.promoted);
  out.put({{"verdict", "withdrawn"}}, rollout.withdrawn);
  out.counter("sluice_push_counts_cut_total", "Blocks of new rules, and devices, that found no room to be told apart.");
  out.put({}, rollout.counts_cut);
}

void put_workers(Families& out, const TapReading& reading, bool up) {
  const auto worker_label = [](std::size_t worker) { return ClientMetric::Label{"worker", std::to_string(worker)}; };
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
  const auto by_visibility = [&](const char* name, const char* help, ByVisibility InspectionCounters::*counted) {
    out.counter(name, help);
    for (std::size_t i = 0; i < reading.workers.size(); ++i)
      for (std::size_t number = 0; number < visibility_names.size(); ++number) {
        const auto visibility = static_cast<Visibility>(number);
        Labels labels{worker_label(i), {"visibility", std::string{visibility_text(visibility)}}};
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
void put_links(Families& out, const TapReading& reading, bool up) {
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
void put_live(Families& out, const LoopStatus& loop) {
  const auto& reading = *loop.reading;
  out.gauge("sluice_packet_buffers_in_use",
            "Packet buffers that are not free: most of them lie ready with the drivers, which take them before packets "
            "come and give them back some time after they have left.");
  out.put({}, reading.held);
  out.gauge("sluice_ruleset_generation", "Number of the rules that are live, counted from the data plane's start.");
  out.put({}, std::uint64_t{reading.generation});
  out.gauge("sluice_ruleset_info", "The rules that are live, by their SHA-256 digest. Always 1.");
  out.put({{"digest", stored_text(reading.ruleset_digest)}}, 1.0);
  if (loop.rules_known) {
    out.gauge("sluice_ruleset_rules", "Rules that are live, by kind.");
    for (std::size_t i = 0; i < loop.rules_by_kind.size(); ++i)
      out.put({{"kind", std::string{text_of(static_cast<RuleKind>(i))}}}, loop.rules_by_kind[i]);
  }
}

void put_state(Families& out, const LoopStatus& loop) {
  out.gauge("sluice_dataplane_up", "1 while the data plane lives and moves.");
  out.put({}, loop.up ? 1.0 : 0.0);
  out.gauge("sluice_tap_state", "The state of the tap: 1 for the one that holds, 0 for the others.");
  const auto put = [&](std::string_view name) {
    out.put({{"state", std::string{name}}}, name == loop.coverage.state ? 1.0 : 0.0);
  };
  for (std::uint32_t state = 0; state < tap_states; ++state) put(name_of(static_cast<TapState>(state)));
  put(absent_state);
  put(bypass_state);
  out.gauge("sluice_tap_state_since_timestamp_seconds", "When the state began.");
  out.put({}, static_cast<double>(loop.coverage.since_ns) / nanoseconds);
  out.gauge("sluice_guard_up", "1 while sluice-guard lives and looks at the data plane.");
  out.put({}, loop.guard && loop.guard->up ? 1.0 : 0.0);
  out.counter("sluice_bypass_takeovers_total", "Times that sluice-guard took the wire from the data plane.");
  out.put({}, loop.guard ? loop.guard->page.takeovers : 0);
  out.gauge("sluice_bypass_order", "What the operator ordered: 1 for the order that holds, 0 for the others.");
  const auto order = loop.guard ? loop.guard->page.order : BypassOrder::automatic;
  for (const auto each : {BypassOrder::automatic, BypassOrder::on, BypassOrder::off})
    out.put({{"order", std::string{text_of(each)}}}, each == order ? 1.0 : 0.0);
  if (!loop.reading) return;
  out.gauge("sluice_dataplane_start_timestamp_seconds", "When the data plane was started.");
  out.put({}, static_cast<double>(loop.reading->started_ns) / nanoseconds);
}

void put_store(Families& out, const StoreStatus& store) {
  const auto gauge = [&](const char* name, const char* help, double value) {
    out.gauge(name, help);
    out.put({}, value);
  };
  gauge("sluice_store_findings", "Findings in the store.", static_cast<double>(store.counts.findings));
  gauge("sluice_store_bytes", "Room that the store takes.", static_cast<double>(store.counts.bytes));
  gauge("sluice_store_limit_bytes", "Room that it may take: store.total_mib.", static_cast<double>(store.bytes_limit));
  gauge("sluice_store_unwritten_findings", "Findings that have grown since they were written last.",
        static_cast<double>(store.unwritten));
  gauge("sluice_store_failing", "1 while the store cannot be written; findings wait in memory.",
        store.complaint.empty() ? 0.0 : 1.0);
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help);
    out.put({}, value);
  };
  counter("sluice_store_alerts_total", "Alerts that findings in the store were made of.", store.counts.written);
  counter("sluice_store_folded_alerts_total",
          "Of these, alerts that stand under \"other destinations\" of their device and rule.", store.counts.folded);
  counter("sluice_store_retired_findings_total", "Findings that were taken away, their time being over.",
          store.counts.retired);
  out.counter("sluice_store_refused_alerts_total",
              "Alerts that no finding was made of: no room on disk, or in memory while the disk could not be written.");
  out.put({{"reason", "disk"}}, store.counts.full);
  out.put({{"reason", "memory"}}, store.counts.waiting);
}

void put_control(Families& out, const MetricsInput& input) {
  const auto& loop = input.loop;
  out.counter("sluice_findings_by_class_total",
              "Findings that the control plane took, by class and by what was done with the packet.");
  for (std::size_t number = 0; number < loop.findings.size(); ++number)
    for (const auto action : {Action::pass, Action::drop})
      out.put({{"class", number == 0 ? "unknown" : std::string{text_of(static_cast<FindingClass>(number))}},
               {"verdict", std::string{text_of(action)}}},
              loop.findings[number][action == Action::drop ? 1 : 0]);
  const auto one = [&](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help);
    out.put({}, value);
  };
  one("sluice_control_events_total", "Events that the control plane took from the rings.", loop.events_read);
  one("sluice_control_events_malformed_total", "Records in the rings that are no events.", loop.events_malformed);
  one("sluice_control_rings_damaged_total", "Times that a ring's content made no sense and was given up.",
      loop.rings_damaged);
  one("sluice_control_counters_unreadable_total",
      "Times that a worker's counters could not be read; they stood as before.", loop.counters_unreadable);
  one("sluice_control_alerts_unexplained_total", "Alerts written without what is known of their rule.",
      loop.alerts_unexplained);
  one("sluice_eve_lines_total", "Lines written to the EVE file.", loop.eve_written);
  one("sluice_eve_lines_lost_total", "Lines lost because the EVE file could not be written.", loop.eve_lost);
  one("sluice_eve_rotations_total", "Times that the EVE file was rotated.", loop.eve_rotations);
  out.gauge("sluice_eve_failing", "1 while the EVE file cannot be written.");
  out.put({}, loop.eve_failing ? 1.0 : 0.0);
  if (loop.evidence) {
    one("sluice_evidence_records_total", "Findings of which a sealed record was written.", loop.evidence->written);
    out.counter("sluice_evidence_refused_total", "Findings of which none was, by reason.");
    for (std::size_t i = 0; i < evidence_refusal_names.size(); ++i)
      out.put({{"reason", std::string{evidence_refusal_names[i]}}}, loop.evidence->refused[i]);
    one("sluice_evidence_mended_total", "Times that half a line was taken from the end of the chain of evidence.",
        loop.evidence->mended);
    out.gauge("sluice_evidence_bytes", "Room that the sealed records take.");
    out.put({}, loop.evidence->bytes);
    out.gauge("sluice_evidence_failing", "1 while evidence cannot be written.");
    out.put({}, loop.evidence_failing ? 1.0 : 0.0);
  }
  out.counter("sluice_ruleset_pushes_total",
              "Pushes and rollbacks of rules since the control plane's start, by result.");
  for (std::size_t i = 0; i < push_result_names.size(); ++i)
    out.put({{"result", std::string{push_result_names[i]}}}, input.pushes[i]);
  put_store(out, input.store);
  put_rollout(out, input.rollout);
  one("sluice_captures_total", "Captures of packets that were begun.", input.captures.begun);
  one("sluice_captures_refused_total", "Captures of packets that were asked for and refused.", input.captures.refused);
  one("sluice_captured_packets_total", "Packets that were copied for a capture.", input.captures.packets);
  one("sluice_captured_packets_lost_total", "Packets that a capture's filter matched, and that were left out.",
      input.captures.lost);
  out.gauge("sluice_capture_running", "1 while a capture of packets is under way.");
  out.put({}, input.captures.is_on ? 1.0 : 0.0);
  out.gauge("sluice_build_info", "The version of the control plane. Always 1.");
  out.put({{"version", input.version}}, 1.0);
}

std::vector<MetricFamily> families(const MetricsInput& input) {
  Families out;
  put_state(out, input.loop);
  if (input.loop.reading) {
    put_ports(out, *input.loop.reading);
    put_held(out, *input.loop.reading);
    put_conservation(out, *input.loop.reading);
    put_workers(out, *input.loop.reading, input.loop.up);
    put_links(out, *input.loop.reading, input.loop.up);
    if (input.loop.up) put_live(out, input.loop);
  }
  put_control(out, input);
  return out.take();
}

class AtScrape : public prometheus::Collectable {
 public:
  explicit AtScrape(std::function<MetricsInput()> take) : take_(std::move(take)) {}
  [[nodiscard]] std::vector<MetricFamily> Collect() const override { return families(take_()); }

 private:
  std::function<MetricsInput()> take_;
};

}  // namespace

std::string metrics_text(const MetricsInput& input) { return prometheus::TextSerializer{}.Serialize(families(input)); }

struct MetricsServer::Parts {
  std::shared_ptr<AtScrape> metrics;
  prometheus::Exposer exposer;
};

tl::expected<MetricsServer, std::string> MetricsServer::start(const std::string& listen,
                                                              std::function<MetricsInput()> take) {
  try {
    auto metrics = std::make_shared<AtScrape>(std::move(take));
    auto parts = std::unique_ptr<Parts>{new Parts{metrics, prometheus::Exposer{listen}}};
    return MetricsServer{std::move(parts)};
  } catch (const std::exception& error) {
    return tl::unexpected("cannot serve metrics on " + listen + " (" + error.what() +
                          "): is the port taken? control.metrics_listen names another");
  }
}

MetricsServer::MetricsServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  parts_->exposer.RegisterCollectable(parts_->metrics);
}
MetricsServer::MetricsServer(MetricsServer&&) noexcept = default;
MetricsServer::~MetricsServer() = default;

}  // namespace sluice
