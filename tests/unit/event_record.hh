// Event records for tests of what reads them.
#pragma once

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string_view>

#include "dataplane/event/event.hh"
#include "rules/facts/classtype.hh"
#include "rules/facts/rule_facts.hh"

namespace sluice {

inline Address address(std::string_view text) {
  const auto parsed = Address::parse(text);
  BOOST_REQUIRE(parsed);
  return *parsed;
}

// A TCP event from 192.0.2.10:40000 on the inside to 203.0.113.7:443, at 2026-11-21 04:36:27.123456 UTC.
inline EventHeader header(EventType type) {
  EventHeader header;
  header.type = type;
  header.inside = Inside::source;
  header.ip_protocol = 6;
  header.packet = 7;
  header.time = tick_from_nanoseconds(1'795'235'787'123'456'789);
  header.flow_id = 1234567890123;
  header.generation = 3;
  header.source = address("192.0.2.10");
  header.source_port = 40000;
  header.destination = address("203.0.113.7");
  header.destination_port = 443;
  return header;
}

// Builds a record and reads it back; the event lives as long as this.
class Record {
 public:
  explicit Record(const EventHeader& header) { writer_.begin(header); }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  Record& text(Field field, std::string_view value) {
    writer_.text(field, value);
    return *this;
  }
  Record& integer(Field field, std::uint64_t value) {
    writer_.integer(field, value);
    return *this;
  }
  [[nodiscard]] Event event() {
    const auto parsed = Event::parse(writer_.finish());
    BOOST_REQUIRE(parsed);
    BOOST_REQUIRE(!writer_.truncated());
    return *parsed;
  }

 private:
  std::array<std::uint8_t, event_size_limit> buffer_{};
  EventWriter writer_{buffer_};
};

// A row as a list would give it.
inline RuleFacts telemetry_row() {
  RuleFacts row;
  row.rule_id = "phones/1";
  row.subject = "example.net";
  row.kind = RuleKind::domain;
  row.finding_class = FindingClass::telemetry;
  row.generator_id = alert_generator_id;
  row.signature_id = signature_id(row.finding_class);
  row.confidence = Confidence::high;
  row.recipient = "Example Phones";
  row.role = "phone-maker";
  row.purpose = "usage statistics";
  row.carries = "model, build";
  row.breaks = "nothing known";
  row.source = "a paper";
  row.licence = "CC0-1.0";
  row.tlp = "clear";
  row.last_verified = "2026-10-01";
  return row;
}

inline RuleFacts address_row() {
  RuleFacts row = telemetry_row();
  row.rule_id = "phones/2";
  row.subject = "203.0.113.0/24";
  row.kind = RuleKind::cidr;
  row.finding_class = FindingClass::known_c2_indicator;
  row.signature_id = signature_id(row.finding_class);
  row.recipient = "Operators of X";
  return row;
}

// A signature as its file would give it.
inline RuleFacts signature_row() {
  RuleFacts row;
  row.rule_id = "content/9000007";
  row.subject = "EXAMPLE push hello";
  row.kind = RuleKind::signature;
  row.finding_class = FindingClass::clear_text_identifier;
  row.generator_id = 1;
  row.signature_id = 9'000'007;
  row.revision = 2;
  row.confidence = Confidence::high;
  row.recipient = "Example Phones";
  row.classtype = classtype_number("policy-violation");
  row.priority = 2;
  row.metadata = "recipient  Example Phones, tag one,alone ,tag two words ,";
  return row;
}

// What a device says of itself to a push service, with two identifiers.
inline void push_fields(Record& record) {
  record.text(Field::vendor_command, "CONN").text(Field::vendor_server, "push.example:5222");
  record.text(Field::device_model, "PHONE-A1").text(Field::device_build, "V99.0.1.TST");
  record.text(Field::device_id, "Hi There").text(Field::device_locale, "de_CH");
  record.text(Field::network_type, "mobile-lte").text(Field::network_name, "web.example");
  record.integer(Field::sdk_version, 41).integer(Field::device_api_level, 30);
}

// An alert of a name in a TLS handshake: what was done, and what `enforce` would have done.
inline void alert_fields(Record& record, std::uint64_t row, std::string_view name, Action action, Action would) {
  record.integer(Field::rule_row, row)
      .integer(Field::matched_field, static_cast<std::uint64_t>(Field::tls_sni))
      .text(Field::matched_value, name)
      .integer(Field::stage, static_cast<std::uint64_t>(Stage::name_in_handshake))
      .integer(Field::action, static_cast<std::uint64_t>(action))
      .integer(Field::would, static_cast<std::uint64_t>(would));
}

}  // namespace sluice
