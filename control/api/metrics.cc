#include "control/api/metrics.hh"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <utility>
#include <vector>

#include "control/api/tap_metrics.hh"
#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

using prometheus::MetricFamily;

constexpr double nanoseconds = 1e9;  // in a second

void put_rollout(MetricFamilies& out, const RolloutStatus& rollout) {
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

void put_state(MetricFamilies& out, const LoopStatus& loop) {
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

void put_store(MetricFamilies& out, const StoreStatus& store) {
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

void put_inventory(MetricFamilies& out, const InventoryCounts& inventory) {
  out.gauge("sluice_devices", "Devices of the inside that are known, by whether their make is.");
  out.put({{"make", "known"}}, static_cast<double>(inventory.named));
  out.put({{"make", "unknown"}}, static_cast<double>(inventory.devices - inventory.named));
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help);
    out.put({}, value);
  };
  counter("sluice_device_sightings_total", "Events that said something of a device.", inventory.sightings);
  counter("sluice_devices_joined_total", "Devices that turned out to be one that was known.", inventory.joined);
  counter("sluice_devices_forgotten_total", "Devices that were forgotten for want of room.", inventory.forgotten);
}

void put_vantage(MetricFamilies& out, const std::vector<VantageJudgement>& judgements) {
  if (judgements.empty()) return;
  out.gauge("sluice_vantage_condition",
            "1 while it is found that the tap cannot see what it is to see from where it stands, by condition, and of "
            "its wiring by pair of ports; 0 too while it is not known.");
  for (const auto& judgement : judgements) {
    MetricLabels labels{{"condition", std::string{text_of(judgement.condition)}}};
    if (!judgement.pair.empty()) labels.push_back({"pair", stored_text(judgement.pair)});
    out.put(std::move(labels), judgement.state == VantageState::found ? 1.0 : 0.0);
  }
}

void put_control(MetricFamilies& out, const MetricsInput& input) {
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
  put_inventory(out, input.inventory);
  put_rollout(out, input.rollout);
  out.counter("sluice_api_refused_requests_total", "Requests by HTTPS that were not looked at.");
  out.put({{"reason", "unknown"}}, input.gate.refused);
  out.put({{"reason", "too_often"}}, input.gate.held_back);
  put_vantage(out, input.vantage);
  one("sluice_captures_total", "Captures of packets that were begun.", input.captures.begun);
  one("sluice_captures_refused_total", "Captures of packets that were asked for and refused.", input.captures.refused);
  one("sluice_captured_packets_total", "Packets that were copied for a capture.", input.captures.packets);
  one("sluice_captured_packets_lost_total", "Packets that a capture's filter matched, and that were left out.",
      input.captures.lost);
  out.gauge("sluice_capture_running", "1 while a capture of packets is under way.");
  out.put({}, input.captures.is_on ? 1.0 : 0.0);
  out.gauge("sluice_build_info", "The version of the control plane. Always 1.");
  out.put({{"version", input.version}}, 1.0);
  out.gauge("sluice_tap_info", "Who the tap is: its id, as in its events, and its site. Always 1.");
  out.put({{"tap_id", stored_text(input.tap_id)}, {"site", stored_text(input.site)}}, 1.0);
}

std::vector<MetricFamily> families(const MetricsInput& input) {
  MetricFamilies out;
  put_state(out, input.loop);
  put_tap(out, input.loop);
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
