#include "control/tap/statistics.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using nlohmann::json;

namespace {

Statistics two_ports() {
  Statistics statistics;
  PortCounters inside;
  inside.received = 100;
  inside.received_bytes = 9'000;
  inside.forwarded = 95;
  inside.dropped[DropReason::policy] = 3;
  inside.dropped[DropReason::tx_full] = 1;
  inside.consumed[ConsumeReason::probe] = 1;
  PortCounters outside;
  outside.received = 10;
  outside.received_bytes = 640;
  outside.forwarded = 10;
  outside.transmitted = 95;
  outside.transmitted_bytes = 8'500;
  inside.transmitted = 12;
  inside.injected[InjectedKind::tcp_reset] = 2;
  inside.transmitted_bytes = 640;
  statistics.ports = {{"inside", inside}, {"outside", outside}};
  statistics.inspection.uninspected[UninspectedReason::ciphertext] = 40;
  statistics.inspection.flows_by_visibility[Visibility::name_only] = 2;
  statistics.inspection.bytes_by_visibility[Visibility::name_only] = 3'000;
  statistics.inspection.flows_by_visibility[Visibility::ech] = 1;
  statistics.inspection.bytes_by_visibility[Visibility::ech] = 400;
  statistics.inspection.flows_by_visibility[Visibility::vpn] = 2;
  statistics.inspection.bytes_by_visibility[Visibility::vpn] = 50;
  statistics.inspection.flows_created = 6;
  statistics.inspection.flows_ended = 5;
  statistics.inspection.events = 12;
  statistics.inspection.events_lost = 2;
  statistics.inspection.findings = 4;
  statistics.inspection.unanswered[UnansweredReason::rate] = 7;
  statistics.inspection.icmp_quotes_refused[IcmpQuoteError::foreign] = 3;
  statistics.inspection.restrained[Restraint::limit] = 9;
  statistics.inspection.ech_answers[EchAnswer::out_of_reach] = 2;
  return statistics;
}

json document_of(const Statistics& statistics) { return json::parse(statistics_text(statistics)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(control_statistics)

BOOST_AUTO_TEST_CASE(ports_add_up) {
  const auto expected = json::parse(R"({
    "packets": {"received": 110, "transmitted": 107, "forwarded": 105, "dropped": {"policy": 3, "tx_full": 1},
                "injected": {"tcp_reset": 2}, "consumed": 1, "held": 0},
    "bytes": {"received": 9640, "transmitted": 9140},
    "uninspected": {"ciphertext": 40}, "tcp_anomalies": {}, "anomalies": {}, "anomalies_cut": 0, "packets_unsaid": 0,
    "visibility": {"flows": {"name-only": 2, "nothing": 3}, "bytes": {"name-only": 3000, "nothing": 450},
                   "nothing": {"flows": {"ech": 1, "vpn": 2}, "bytes": {"ech": 400, "vpn": 50}}},
    "flows": 6, "flows_ended": 5, "events": 12, "events_lost": 2, "quic_rebindings": 0, "quic_migrations": 0, "events_truncated": 0, "events_unpaired": 0,
    "content_errors": {}, "unanswered": {"rate": 7}, "icmp_quotes_refused": {"foreign": 3}, "restrained": {"limit": 9}, "ech_answers": {"out_of_reach": 2}, "findings": 4, "signatures_suspended": 0, "signature_state_full": 0, "rules_left_out": 0,
    "ports": {
      "inside": {"packets": {"received": 100, "transmitted": 12, "forwarded": 95,
                             "dropped": {"policy": 3, "tx_full": 1}, "injected": {"tcp_reset": 2}, "consumed": 1},
                 "bytes": {"received": 9000, "transmitted": 640}},
      "outside": {"packets": {"received": 10, "transmitted": 95, "forwarded": 10, "dropped": {}, "injected": {},
                              "consumed": 0},
                  "bytes": {"received": 640, "transmitted": 8500}}
    }})");
  BOOST_TEST(document_of(two_ports()) == expected);
}

BOOST_AUTO_TEST_CASE(nothing_dropped_is_an_empty_object) {
  const auto document = document_of(Statistics{});
  BOOST_TEST(document["packets"]["dropped"] == json::object());
  BOOST_TEST(document["uninspected"] == json::object());
  BOOST_TEST(document["packets"]["received"] == 0);
}

BOOST_AUTO_TEST_CASE(every_reason_has_its_key) {
  Statistics statistics;
  for (std::size_t i = 0; i < uninspected_reason_names.size(); ++i)
    statistics.inspection.uninspected[static_cast<UninspectedReason>(i)] = i + 1;
  const auto document = document_of(statistics);
  BOOST_TEST(document["uninspected"].size() == uninspected_reason_names.size());
  BOOST_TEST(document["uninspected"]["link_type"] == 1);
}

BOOST_AUTO_TEST_CASE(a_port_may_have_any_name) {
  Statistics statistics;
  statistics.ports = {{"\xff\n", {}}};
  BOOST_TEST(document_of(statistics)["ports"].contains("\\xff\n"));
}

BOOST_AUTO_TEST_SUITE_END()
