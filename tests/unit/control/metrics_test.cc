#include "control/api/metrics.hh"

#include <boost/test/unit_test.hpp>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

MetricsInput full_input() {
  MetricsInput input;
  input.version = "0.1.0";
  input.tap_id = "tap-1";
  input.site = "lab \xff";
  input.pushes = {1, 2, 3, 4, 5};
  auto& loop = input.loop;
  loop.up = true;
  loop.rules_known = true;
  loop.rules_by_kind = {10, 20, 30, 40, 50};
  loop.findings[1][0] = 7;
  loop.evidence.emplace();
  loop.evidence->written = 11;
  loop.evidence->refuse(EvidenceRefusal::full, 3);
  loop.evidence->bytes = 12'345;
  loop.evidence_failing = true;
  TapReading reading;
  reading.state = TapState::degraded;
  reading.since_ns = 1'795'235'787'500'000'000;
  reading.started_ns = 1'795'235'000'000'000'000;
  reading.generation = 3;
  reading.ruleset_digest = "00ff";
  reading.rules_expire_ns = 1'798'761'600'000'000'000;
  reading.held = 99;
  reading.ports = {"lab-in", "lab-out"};
  reading.links = {{LinkState::lost, 2}, {LinkState::taken_down, 0}};
  reading.workers.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    auto& worker = reading.workers[i];
    worker.counters.ports[0].received = 100 + i;
    worker.counters.ports[0].forwarded = 90 + i;
    worker.counters.ports[0].dropped[DropReason::policy] = 10;
    worker.counters.ports[1].transmitted = 90 + i;
    worker.counters.inspection.uninspected[UninspectedReason::not_ip] = 5;
    worker.counters.inspection.flows_by_visibility[Visibility::name_only] = 8;
    worker.counters.inspection.bytes_by_visibility[Visibility::name_only] = 8'000;
    worker.counters.inspection.flows_by_visibility[Visibility::encrypted_dns] = 3;
    worker.counters.flows = 12;
    worker.counters.wiring[0][WiringSign::connected] = 4;
    worker.counters.wiring[1][WiringSign::connected] = 5;
    worker.heartbeat = 1000;
    worker.counters.probe = {20 + i, i, 1'795'235'786'250'000'000, 3, ProbeFault::none, 0};
  }
  loop.reading = reading;
  loop.coverage = {"degraded", "", reading.since_ns, 3};
  input.vantage = {{VantageCondition::ports_swapped, "lab", VantageState::found, {}, false, {}, {}},
                   {VantageCondition::one_direction_only, "lab", VantageState::not_known, {}, false, {}, {}},
                   {VantageCondition::no_dhcp, "", VantageState::not_found, {}, false, {}, {}},
                   {VantageCondition::nat_suspected, "", VantageState::found, {}, false, {}, {}},
                   {VantageCondition::router_between, "", VantageState::not_found, {}, false, {}, {}}};
  loop.guard = GuardStatus{{WireHolder::data_plane, TakeoverReason::hung, 0, 4, 9, BypassOrder::off, 0}, true};
  return input;
}

struct Listed {
  std::string type;
  std::set<std::string> labels;
  bool operator==(const Listed&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Listed& listed) {
  out << listed.type << " {";
  for (const auto& label : listed.labels) out << label << " ";
  return out << "}";
}

std::map<std::string, Listed> exported(const std::string& text) {
  std::map<std::string, Listed> found;
  std::istringstream lines{text};
  const std::regex type{"# TYPE (\\w+) (\\w+)"};
  const std::regex sample{"(\\w+)(?:\\{(.*)\\})? \\S+"};
  const std::regex label{"(\\w+)=\""};
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, type)) found[match[1]].type = match[2];
    if (!std::regex_match(line, match, sample)) continue;
    const std::string labels = match[2];
    auto& labels_of = found[match[1]].labels;
    for (std::sregex_iterator at{labels.begin(), labels.end(), label}; at != std::sregex_iterator{}; ++at)
      labels_of.insert((*at)[1]);
  }
  return found;
}

std::map<std::string, Listed> documented() {
  std::map<std::string, Listed> found;
  std::istringstream lines{text_file(SLUICE_SOURCE_ROOT "/control/METRICS.md")};
  const std::regex row{R"(\| `(\w+)` \| (\w+) \| [^|]+ \|([^|]*)\|[^|]+\| [^|]+ \|)"};
  const std::regex label{"\\w+"};
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, match, row)) continue;
    auto& listed = found[match[1]];
    listed.type = match[2];
    const std::string labels = match[3];
    for (std::sregex_iterator at{labels.begin(), labels.end(), label}; at != std::sregex_iterator{}; ++at)
      listed.labels.insert(at->str());
  }
  return found;
}

// As it reads in YAML: in JSON each quote has a backslash before it.
std::string monitoring_file(const std::string& name) {
  return std::regex_replace(text_file(SLUICE_SOURCE_ROOT "/control/monitoring/" + name), std::regex{R"(\\")"}, "\"");
}

// Whether some sample has a label of this value.
bool is_exported(const std::string& text, const std::string& metric, const std::string& label,
                 const std::string& value) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(metric + "{") && line.find(label + "=\"" + value + "\"") != std::string::npos) return true;
  return false;
}

bool holds(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_metrics)

BOOST_AUTO_TEST_CASE(the_list_and_the_exporter_say_the_same) {
  const auto in_program = exported(metrics_text(full_input()));
  const auto in_list = documented();
  BOOST_TEST(in_program.size() > 30U);
  for (const auto& [name, listed] : in_program) {
    BOOST_TEST(in_list.count(name) == 1U, name << " is not in METRICS.md");
    if (in_list.count(name) == 1) BOOST_TEST(in_list.at(name) == listed, name);
  }
  for (const auto& [name, listed] : in_list) BOOST_TEST(in_program.count(name) == 1U, name << " is not exported");
}

// Labels of a target and patterns aside: tests/monitoring.py looks at the rest of these files.
BOOST_AUTO_TEST_CASE(values_that_alerts_and_dashboard_ask_for_are_exported) {
  const auto text = metrics_text(full_input());
  const std::regex selector{R"((sluice_\w+)\{([^}]*)\})"};
  const std::regex matcher{R"re((\w+)(?:=~|!=|=)"([\w|-]+)")re"};
  const std::regex word{"[^|]+"};
  const std::sregex_iterator end;
  for (const auto& [file, least] :
       {std::pair{"alerts.yaml", 20}, {"alerts_test.yaml", 60}, {"recording.yaml", 1}, {"dashboard.json", 10}}) {
    const auto asked = monitoring_file(file);
    int values = 0;
    for (std::sregex_iterator at{asked.begin(), asked.end(), selector}; at != end; ++at) {
      const std::string labels = (*at)[2];
      for (std::sregex_iterator one{labels.begin(), labels.end(), matcher}; one != end; ++one) {
        const std::string label = (*one)[1];
        const std::string alternatives = (*one)[2];
        if (label == "job" || label == "instance" || label == "port") continue;
        for (std::sregex_iterator value{alternatives.begin(), alternatives.end(), word}; value != end; ++value) {
          ++values;
          BOOST_TEST(is_exported(text, (*at)[1], label, value->str()),
                     file << ": " << at->str() << ": no " << value->str());
        }
      }
    }
    BOOST_TEST(values >= least, file << " has " << values);
  }
}

BOOST_AUTO_TEST_CASE(values_are_sums_by_port_and_single_by_worker) {
  const auto text = metrics_text(full_input());
  BOOST_TEST(holds(text, "sluice_packets_received_total{port=\"lab-in\"} 201"));
  BOOST_TEST(holds(text, "sluice_packets_forwarded_total{port=\"lab-in\"} 181"));
  BOOST_TEST(holds(text, "sluice_packets_dropped_total{port=\"lab-in\",reason=\"policy\"} 20"));
  BOOST_TEST(holds(text, "sluice_packets_dropped_total{port=\"lab-in\",reason=\"tx_full\"} 0"));
  BOOST_TEST(holds(text, "sluice_packets_transmitted_total{port=\"lab-out\"} 181"));
  BOOST_TEST(holds(text, "sluice_packets_held{port=\"lab-in\"} 0"));
  BOOST_TEST(holds(text, "sluice_link_losses_total{port=\"lab-in\"} 2"));
  BOOST_TEST(holds(text, "sluice_link_taken_down{port=\"lab-in\"} 0"));
  BOOST_TEST(holds(text, "sluice_link_taken_down{port=\"lab-out\"} 1"));
  BOOST_TEST(holds(text, "sluice_packets_uninspected_total{worker=\"1\",reason=\"not_ip\"} 5"));
  BOOST_TEST(holds(text, "sluice_flows_by_visibility_total{worker=\"0\",visibility=\"name-only\"} 8"));
  BOOST_TEST(holds(text, "sluice_flow_bytes_by_visibility_total{worker=\"1\",visibility=\"name-only\"} 8000"));
  BOOST_TEST(holds(text,
                   "sluice_flows_by_visibility_total{worker=\"0\",visibility=\"nothing\","
                   "reason=\"encrypted-dns\"} 3"));
  BOOST_TEST(holds(text, "sluice_flows{worker=\"0\"} 12"));
  BOOST_TEST(holds(text, "sluice_evidence_records_total 11"));
  BOOST_TEST(holds(text, "sluice_evidence_refused_total{reason=\"full\"} 3"));
  BOOST_TEST(holds(text, "sluice_evidence_refused_total{reason=\"busy\"} 0"));
  BOOST_TEST(holds(text, "sluice_evidence_bytes 12345"));
  BOOST_TEST(holds(text, "sluice_evidence_failing 1"));
  BOOST_TEST(holds(text, "sluice_probes_total{worker=\"1\"} 21"));
  BOOST_TEST(holds(text, "sluice_probe_failures_total{worker=\"0\"} 0"));
  BOOST_TEST(holds(text, "sluice_probe_failures_total{worker=\"1\"} 1"));
  BOOST_TEST(holds(text, "sluice_probe_last_success_timestamp_seconds{worker=\"0\"} 1795235786.25"));
  BOOST_TEST(holds(text, "sluice_probe_last_success_generation{worker=\"1\"} 3"));
  BOOST_TEST(holds(text, "sluice_dataplane_up 1"));
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"degraded\"} 1"));
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"inspecting\"} 0"));
  BOOST_TEST(holds(text, "sluice_tap_state_since_timestamp_seconds 1795235787.5"));
  BOOST_TEST(holds(text, "sluice_ruleset_info{digest=\"00ff\"} 1"));
  BOOST_TEST(holds(text, "sluice_ruleset_rules{kind=\"signature\"} 50"));
  BOOST_TEST(holds(text, "sluice_ruleset_pushes_total{result=\"refused\"} 4"));
  BOOST_TEST(holds(text, "sluice_findings_by_class_total{class=\"telemetry\",verdict=\"pass\"} 7"));
  BOOST_TEST(holds(text, "sluice_build_info{version=\"0.1.0\"} 1"));
  BOOST_TEST(holds(text, R"(sluice_tap_info{tap_id="tap-1",site="lab \\xff"} 1)"));
}

BOOST_AUTO_TEST_CASE(how_the_tap_is_wired_is_told_by_condition_and_only_once_a_data_plane_was_seen) {
  auto input = full_input();
  const auto text = metrics_text(input);
  BOOST_TEST(holds(text, "sluice_vantage_condition{condition=\"ports-swapped\",pair=\"lab\"} 1"));
  BOOST_TEST(holds(text, "sluice_vantage_condition{condition=\"one-direction-only\",pair=\"lab\"} 0"));
  BOOST_TEST(holds(text, "sluice_vantage_condition{condition=\"nat-suspected\"} 1"));
  BOOST_TEST(holds(text, "sluice_wiring_signs_total{worker=\"1\",sign=\"connected\"} 9"));
  BOOST_TEST(holds(text, "sluice_wiring_signs_total{worker=\"1\",sign=\"asked\"} 0"));
  input.vantage.clear();
  BOOST_TEST(metrics_text(input).find("sluice_vantage_condition") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_rules_expire_is_told_and_nothing_where_none_do) {
  auto input = full_input();
  BOOST_TEST(holds(metrics_text(input), "sluice_ruleset_expiry_timestamp_seconds 1798761600"));
  input.loop.reading->rules_expire_ns = 0;
  BOOST_TEST(metrics_text(input).find("sluice_ruleset_expiry_timestamp_seconds") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_accounted_for_is_said_by_worker_and_port_so_that_nothing_makes_up_for_it) {
  auto input = full_input();
  const auto error = [&](const std::string& port, const std::string& worker, const std::string& side) {
    return "sluice_conservation_error_packets{port=\"" + port + "\",worker=\"" + worker + "\",side=\"" + side + "\"} ";
  };
  for (const auto* port : {"lab-in", "lab-out"})
    for (const auto* worker : {"0", "1"})
      for (const auto* side : {"received", "transmitted"})
        BOOST_TEST(holds(metrics_text(input), error(port, worker, side) + "0"));
  auto& workers = input.loop.reading->workers;
  workers[0].counters.ports[0].received += 3;  // lost
  workers[1].counters.ports[0].received -= 3;  // from nowhere
  workers[1].counters.ports[1].transmitted += 2;
  const auto text = metrics_text(input);
  BOOST_TEST(holds(text, error("lab-in", "0", "received") + "3"));
  BOOST_TEST(holds(text, error("lab-in", "1", "received") + "-3"));
  BOOST_TEST(holds(text, error("lab-out", "1", "transmitted") + "2"));
  BOOST_TEST(holds(text, error("lab-out", "0", "transmitted") + "0"));
}

BOOST_AUTO_TEST_CASE(large_counters_lose_no_digit) {
  auto input = full_input();
  input.loop.reading->workers[0].counters.ports[0].received_bytes = 9'007'199'254'740'991;  // 2^53 - 1
  BOOST_TEST(holds(metrics_text(input), "sluice_received_bytes_total{port=\"lab-in\"} 9007199254740991"));
}

BOOST_AUTO_TEST_CASE(while_no_data_plane_lives_only_what_is_still_true_is_said) {
  auto input = full_input();
  input.loop.up = false;
  input.loop.coverage = {absent_state, "", 1'795'235'800'000'000'000, 0};
  const auto text = metrics_text(input);
  BOOST_TEST(holds(text, "sluice_dataplane_up 0"));
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"absent\"} 1"));
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"degraded\"} 0"));
  BOOST_TEST(holds(text, "sluice_tap_state_since_timestamp_seconds 1795235800"));
  BOOST_TEST(holds(text, "sluice_packets_received_total{port=\"lab-in\"} 201"));
  BOOST_TEST(text.find("sluice_flows{") == std::string::npos);
  BOOST_TEST(text.find("sluice_ruleset_generation") == std::string::npos);
  BOOST_TEST(text.find("sluice_ruleset_expiry") == std::string::npos);
  input.loop.reading.reset();
  const auto never_seen = metrics_text(input);
  BOOST_TEST(holds(never_seen, "sluice_tap_state{state=\"absent\"} 1"));
  BOOST_TEST(never_seen.find("sluice_packets_received_total") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_guard_does_is_told) {
  auto input = full_input();
  auto text = metrics_text(input);
  BOOST_TEST(holds(text, "sluice_guard_up 1"));
  BOOST_TEST(holds(text, "sluice_bypass_takeovers_total 4"));
  BOOST_TEST(holds(text, "sluice_bypass_order{order=\"off\"} 1"));
  BOOST_TEST(holds(text, "sluice_bypass_order{order=\"auto\"} 0"));
  input.loop.coverage = {bypass_state, "", 1'795'235'800'000'000'000, 0};
  input.loop.guard.reset();
  text = metrics_text(input);
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"bypass\"} 1"));
  BOOST_TEST(holds(text, "sluice_tap_state{state=\"degraded\"} 0"));
  BOOST_TEST(holds(text, "sluice_guard_up 0"));
  BOOST_TEST(holds(text, "sluice_bypass_order{order=\"auto\"} 1"));
}

BOOST_AUTO_TEST_CASE(a_port_with_any_name_makes_valid_text) {
  auto input = full_input();
  input.loop.reading->ports[0] = "a\"b\\c\n\xff";
  BOOST_TEST(holds(metrics_text(input), R"(sluice_packets_received_total{port="a\"b\\c\n\\xff"} 201)"));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_an_error_that_says_what_to_do) {
  const auto take = [] { return full_input(); };
  const auto listen = free_address();
  const auto first = MetricsServer::start(listen, take);
  BOOST_REQUIRE_MESSAGE(first.has_value(), (first ? std::string{} : first.error()));
  const auto second = MetricsServer::start(listen, take);
  BOOST_REQUIRE(!second.has_value());
  BOOST_TEST(second.error().find("control.metrics_listen") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
