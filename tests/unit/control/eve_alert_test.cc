// Expected lines are written by hand after Suricata's documentation (EVE JSON format; DNS logging changes in 8.0).
#include "control/eve/eve.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/eve_lines.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(control_eve_alert)

BOOST_AUTO_TEST_CASE(alert_of_a_name) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data.example.net", Action::pass, Action::drop);
  BOOST_TEST(parsed(record) == line_with(R"({
    "event_type": "alert", "app_proto": "tls",
    "alert": {"action": "allowed", "gid": 2026, "signature_id": 1000001, "rev": 1, "category": "telemetry",
      "signature":
        "SLUICE telemetry: name in TLS handshake of a host documented as receiving telemetry: Example Phones",
      "severity": 3,
      "metadata": {"rule_id": ["phones/1"], "indicator": ["example.net"], "recipient": ["Example Phones"],
        "role": ["phone-maker"], "purpose": ["usage statistics"], "confidence": ["high"],
        "stage": ["name-in-handshake"], "source": ["a paper"], "carries": ["model, build"],
        "breaks": ["nothing known"], "last_verified": ["2026-10-01"], "licence": ["CC0-1.0"], "tlp": ["clear"],
        "other_explanations": [
          "An app of another maker may use the same service; the request may carry no more than a version check.",
          "The name was said in clear; what followed was encrypted and is not known."]}},
    "sluice": {
      "sentence":
        "SLUICE telemetry: name in TLS handshake of a host documented as receiving telemetry: Example Phones",
      "finding_id": "78ba337c-15d6-562c-8d64-458a7408038c", "class": "telemetry", "confidence": "high",
      "carries_basis": "documented elsewhere, not verified in this capture", "stage": "name-in-handshake",
      "device_certainty": "inside-address", "action": "pass", "would": "drop",
      "matched": {"field": "tls.sni", "value": "data.example.net"}}})"));
}

BOOST_AUTO_TEST_CASE(alert_of_an_address) {
  Record record{header(EventType::alert)};
  record.integer(Field::rule_row, 1)
      .integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip))
      .text(Field::matched_value, "203.0.113.7")
      .integer(Field::stage, static_cast<std::uint64_t>(Stage::connected))
      .integer(Field::action, static_cast<std::uint64_t>(Action::drop))
      .integer(Field::would, static_cast<std::uint64_t>(Action::drop));
  const auto line = parsed(record);
  BOOST_TEST(line["alert"]["action"] == "blocked");
  BOOST_TEST(line["alert"]["signature_id"] == 1000010);
  BOOST_TEST(line["alert"]["severity"] == 3);
  BOOST_TEST(line["alert"]["signature"].get<std::string>().find("an address once listed as") != std::string::npos);
  BOOST_TEST(line["alert"]["metadata"]["confidence"] == json::array({"low"}));
  BOOST_TEST(line["sluice"]["confidence_lowered"] == "address-alone");
  BOOST_TEST(line["sluice"]["matched"]["field"] == "dest_ip");
  BOOST_TEST(!line.contains("app_proto"));
}

BOOST_AUTO_TEST_CASE(alert_of_a_row_that_is_not_there) {
  Record record{header(EventType::alert)};
  alert_fields(record, 2, "data.example.net", Action::pass, Action::pass);
  const auto line = parsed(record);
  BOOST_TEST(line["alert"]["signature"] == "SLUICE: row 2 is not in the rules at hand");
  BOOST_TEST(line["alert"]["signature_id"] == 1000000);
  BOOST_TEST(!line["alert"].contains("metadata"));
  BOOST_TEST(!line["sluice"].contains("finding_id"));
  BOOST_TEST(line["sluice"]["matched"]["value"] == "data.example.net");
}

BOOST_AUTO_TEST_CASE(each_alert_is_read_against_the_generation_that_judged_it) {
  const auto of_generation = [](std::uint32_t generation) {
    auto at = header(EventType::alert);
    at.generation = generation;
    Record record{at};
    alert_fields(record, 0, "data.example.net", Action::pass, Action::pass);
    return parsed(record);
  };
  BOOST_TEST(of_generation(3)["alert"]["signature_id"] == 1000001);
  const auto digest_alone = of_generation(4);
  BOOST_TEST(digest_alone["ruleset"] == "0100");
  BOOST_TEST(digest_alone["alert"]["signature_id"] == 1000000);
  const auto unknown = of_generation(5);
  BOOST_TEST(unknown["generation"] == 5);
  BOOST_TEST(unknown["ruleset"] == "");
  BOOST_TEST(!unknown["alert"].contains("metadata"));
}

// Suricata's source and destination are the packet's, and `flow` has the flow's.
BOOST_AUTO_TEST_CASE(alert_on_a_packet_of_the_responder) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data.example.net", Action::drop, Action::drop);
  record.integer(Field::packet_way, 1).integer(Field::rule_action, static_cast<std::uint64_t>(Action::pass));
  record.integer(Field::transaction, 2);
  const auto line = parsed(record);
  BOOST_TEST(line["src_ip"] == "203.0.113.7");
  BOOST_TEST(line["dest_port"] == 40000);
  BOOST_TEST(line["flow"]["src_ip"] == "192.0.2.10");
  BOOST_TEST(line["device"] == "192.0.2.10");
  BOOST_TEST(line["direction"] == "to_client");
  BOOST_TEST(line["tx_id"] == 2);
  // Another rule had the packet dropped, this one did not ask for it.
  BOOST_TEST(line["alert"]["action"] == "allowed");
  BOOST_TEST(line["verdict"]["action"] == "drop");
}

BOOST_AUTO_TEST_CASE(alert_with_its_message_and_flow) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data.example.net", Action::pass, Action::pass);
  fill_tls(record);
  record.integer(Field::flow_packets_to_server, 4);
  const auto line = parsed(record);
  BOOST_TEST(line["tls"]["sni"] == "data.example.net");
  BOOST_TEST(line["flow"] == json::parse(R"({"pkts_toserver": 4, "src_ip": "192.0.2.10", "src_port": 40000,
                                             "dest_ip": "203.0.113.7", "dest_port": 443})"));
  BOOST_TEST(line["sluice"]["tls_version_offered"] == "TLS 1.3");
}

BOOST_AUTO_TEST_CASE(alert_of_a_signature_with_what_was_decoded) {
  auto at = header(EventType::alert);
  at.generation = 2;
  Record record{at};
  signature_fields(record);
  push_fields(record);
  const auto text = line_of(record);
  const auto line = json::parse(text);
  BOOST_TEST(line["app_proto"] == "xiaomi_push");
  BOOST_TEST(line["alert"]["gid"] == 1);
  BOOST_TEST(line["alert"]["signature_id"] == 9000007);
  BOOST_TEST(line["alert"]["rev"] == 2);
  BOOST_TEST(line["alert"]["signature"] == "EXAMPLE push hello");
  BOOST_TEST(line["alert"]["category"] == "Potential Corporate Privacy Violation");
  BOOST_TEST(line["alert"]["severity"] == 2);
  BOOST_TEST(line["sluice"]["sentence"] ==
             "SLUICE clear-text-identifier: content that matches rule 9000007, decoded, in traffic with 203.0.113.7");
  BOOST_TEST(line["sluice"]["rule"]["msg"] == json::array({"EXAMPLE push hello"}));
  BOOST_TEST(line["sluice"]["rule"]["recipient"] == json::array({"Example Phones"}));
  // The rule's own, in Suricata's form; a key without value is left out.
  BOOST_TEST(line["alert"]["metadata"] ==
             json::parse(R"({"recipient": ["Example Phones"], "tag": ["one", "two words"]})"));
  BOOST_TEST(line["xiaomi_push"]["model"] == "PHONE-A1");
  BOOST_TEST(line["xiaomi_push"]["device_id"] == json::parse(R"({"kind": "device-id", "length": 8})"));
  BOOST_TEST(text.find("Hi There") == std::string::npos);
  BOOST_TEST(text.find("web.example") == std::string::npos);
}

// As Suricata writes it: whom the rule has told, by what the packet's transport takes.
BOOST_AUTO_TEST_CASE(verdicts_of_packets_that_are_rejected_or_let_pass) {
  const auto verdict = [](std::uint8_t protocol, RejectTarget target, Action action) {
    auto at = header(EventType::alert);
    at.ip_protocol = protocol;
    Record record{at};
    alert_fields(record, 0, "data.example.net", action, Action::drop);
    record.integer(Field::reject_target, static_cast<std::uint64_t>(target));
    return parsed(record)["verdict"];
  };
  BOOST_TEST(verdict(6, RejectTarget::source, Action::drop) == json::parse(R"({"action": "drop",
    "reject-target": "to_client", "reject_target": "to_client", "reject": ["tcp-reset"]})"));
  BOOST_TEST(verdict(17, RejectTarget::both, Action::pass) == json::parse(R"({"action": "alert",
    "reject-target": "both", "reject_target": "both", "reject": ["icmp-prohib"]})"));
  BOOST_TEST(verdict(58, RejectTarget::destination, Action::drop)["reject-target"] == "to_server");
  BOOST_TEST(verdict(132, RejectTarget::source, Action::drop)["reject"] == json::array());
  BOOST_TEST(verdict(6, static_cast<RejectTarget>(7), Action::drop) == json::parse(R"({"action": "drop"})"));
  Record passed{header(EventType::alert)};
  alert_fields(passed, 0, "data.example.net", Action::pass, Action::pass);
  passed.integer(Field::packet_passed, 1);
  BOOST_TEST(parsed(passed)["verdict"]["action"] == "pass");
}

BOOST_AUTO_TEST_CASE(a_flow_says_what_rules_had_done_with_it) {
  const auto flow = [](Field field, std::uint64_t value) {
    Record record{header(EventType::flow)};
    fill_flow(record);
    record.integer(field, value);
    return parsed(record);
  };
  BOOST_TEST(flow(Field::flow_passed, 1)["flow"]["action"] == "pass");
  BOOST_TEST(flow(Field::flow_dropped, 1)["flow"]["action"] == "drop");
  const auto would = flow(Field::flow_would, static_cast<std::uint64_t>(Action::drop));
  BOOST_TEST(would["flow"]["action"] == "drop");
  BOOST_TEST((would["sluice"]["action"] == "pass" && would["sluice"]["would"] == "drop"));
}

BOOST_AUTO_TEST_SUITE_END()
