#include "control/findings/finding.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

constexpr auto tap = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";
constexpr bool clock_set = true;

const RuleBook rows{{telemetry_row(), address_row()}};

}  // namespace

BOOST_AUTO_TEST_SUITE(control_finding)

BOOST_AUTO_TEST_CASE(what_the_alert_carries) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "Data.Example.NET.", Action::pass, Action::drop);
  const auto event = record.event();
  const auto finding = read_finding(event, &rows, clock_set);
  BOOST_TEST(finding.rule == rows.facts(0));
  BOOST_TEST(finding.device.text() == "192.0.2.10");
  BOOST_TEST(finding.remote.text() == "203.0.113.7");
  BOOST_TEST(finding.device_is_inside);
  BOOST_TEST((finding.stage == Stage::name_in_handshake));
  BOOST_TEST((finding.action == Action::pass));
  BOOST_TEST((finding.would == Action::drop));
  BOOST_TEST((finding.confidence == Confidence::high));
  BOOST_TEST(finding.destination() == "data.example.net");
}

BOOST_AUTO_TEST_CASE(the_device_is_the_inside_end) {
  auto at = header(EventType::alert);
  at.inside = Inside::destination;
  Record record{at};
  const auto inbound = record.event();
  BOOST_TEST(read_finding(inbound, &rows, clock_set).device.text() == "203.0.113.7");
  BOOST_TEST(read_finding(inbound, &rows, clock_set).remote.text() == "192.0.2.10");

  at.inside = Inside::unknown;
  Record unknown{at};
  BOOST_TEST(!read_finding(unknown.event(), &rows, clock_set).device_is_inside);
  BOOST_TEST(read_finding(unknown.event(), &rows, clock_set).device.text() == "192.0.2.10");

  // A listed address that opened the connection is not the device.
  Record inbound_unknown{at};
  inbound_unknown.integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip));
  inbound_unknown.text(Field::matched_value, "192.0.2.10");
  BOOST_TEST(read_finding(inbound_unknown.event(), &rows, clock_set).device.text() == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(an_address_alone_is_low_confidence) {
  Record record{header(EventType::alert)};
  record.integer(Field::rule_row, 1).integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip));
  record.text(Field::matched_value, "203.0.113.7");
  const auto event = record.event();
  const auto finding = read_finding(event, &rows, clock_set);
  BOOST_TEST((finding.confidence == Confidence::low));
  BOOST_TEST((finding.lowered == Lowered::address_alone));
  BOOST_TEST(finding.destination() == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(an_expired_row_is_low_confidence_where_the_clock_is_set) {
  auto row = telemetry_row();
  constexpr std::int64_t day = 86'400'000'000'000;
  row.expires_ns = nanoseconds_since_epoch(header(EventType::alert).time) / day * day;
  const RuleBook expired{{row}};
  Record record{header(EventType::alert)};
  record.integer(Field::rule_row, 0);
  const auto event = record.event();
  BOOST_TEST((read_finding(event, &expired, clock_set).confidence == Confidence::low));
  BOOST_TEST((read_finding(event, &expired, clock_set).lowered == Lowered::expired));
  BOOST_TEST((read_finding(event, &expired, !clock_set).confidence == Confidence::high));

  row.expires_ns += day;
  const RuleBook valid{{row}};
  BOOST_TEST((read_finding(event, &valid, clock_set).lowered == Lowered::no));
}

// Expected ids: Python's uuid.uuid5(name space, json.dumps([tap, device, rule, destination, day], ...)).
BOOST_AUTO_TEST_CASE(the_id_is_the_same_everywhere) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data.example.net", Action::pass, Action::pass);
  const auto event = record.event();
  BOOST_TEST(finding_id(read_finding(event, &rows, clock_set), tap) == "78ba337c-15d6-562c-8d64-458a7408038c");

  auto at = header(EventType::alert);
  at.source = address("2001:db8::10");
  Record by_address{at};
  by_address.integer(Field::rule_row, 1)
      .integer(Field::matched_field, static_cast<std::uint64_t>(Field::destination_ip));
  const auto second = by_address.event();
  BOOST_TEST(finding_id(read_finding(second, &rows, clock_set), tap) == "b54323a2-3190-52c0-8c47-1d6c6bd08a8d");
}

BOOST_AUTO_TEST_CASE(case_stage_and_hour_make_no_second_finding_but_the_day_does) {
  const auto id = [&](std::string_view name, std::int64_t later, Stage stage) {
    auto at = header(EventType::alert);
    at.time += Duration{later};
    Record record{at};
    record.integer(Field::rule_row, 0).text(Field::matched_value, name);
    record.integer(Field::stage, static_cast<std::uint64_t>(stage));
    const auto event = record.event();
    return finding_id(read_finding(event, &rows, clock_set), tap);
  };
  constexpr std::int64_t hour = 3'600'000'000'000;
  const auto first = id("data.example.net", 0, Stage::name_looked_up);
  BOOST_TEST(id("DATA.example.net.", hour, Stage::data_sent) == first);
  BOOST_TEST(id("data.example.net", 24 * hour, Stage::name_looked_up) != first);
  BOOST_TEST(id("other.example.net", 0, Stage::name_looked_up) != first);
}

BOOST_AUTO_TEST_CASE(a_row_outside_the_list_has_no_rule) {
  for (const std::uint64_t row : {std::uint64_t{2}, ~std::uint64_t{0}}) {
    Record record{header(EventType::alert)};
    record.integer(Field::rule_row, row);
    const auto event = record.event();
    BOOST_TEST(read_finding(event, &rows, clock_set).rule == nullptr);
    BOOST_TEST(read_finding(event, nullptr, clock_set).rule == nullptr);
    BOOST_TEST(finding_id(read_finding(event, &rows, clock_set), tap).empty());
  }
}

BOOST_AUTO_TEST_CASE(severity_follows_class_and_confidence) {
  BOOST_TEST(severity(FindingClass::known_c2_indicator, Confidence::high) == 1U);
  BOOST_TEST(severity(FindingClass::spyware_indicator, Confidence::medium) == 2U);
  BOOST_TEST(severity(FindingClass::stalkerware_indicator, Confidence::low) == 3U);
  BOOST_TEST(severity(FindingClass::keyboard_input, Confidence::defined) == 2U);
  BOOST_TEST(severity(FindingClass::clear_text_identifier, Confidence::low) == 4U);
  BOOST_TEST(severity(FindingClass::telemetry, Confidence::high) == 3U);
  BOOST_TEST(severity(FindingClass::telemetry, Confidence::low) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
