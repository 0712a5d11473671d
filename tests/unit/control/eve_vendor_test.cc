// Requests of vendors' protocols from the event to the line, with and without what is redacted.
#include "control/eve/eve_vendor.hh"

#include <boost/test/unit_test.hpp>

#include "control/findings/findings.hh"
#include "tests/unit/eve_lines.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// A signed question of Alibaba's HTTPDNS, all values made up.
constexpr std::string_view question =
    "/100321/sign_d?host=shop.example&net=wifi&bssid=02%3A6d%3A69%3A5e%3A10%3A7a&sid=q7Rk2mZs90Xw";

void fill_alert(Record& record) {
  alert_fields(record, 0, "data.example.net", Action::pass, Action::drop);
  record.text(Field::vendor_request_host, "203.107.1.65").text(Field::vendor_request_target, question);
}

json line_of(Record& record, const Redactor* redactor) {
  EveContext context;
  context.tap_id = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";
  context.rules = &books;
  context.redactor = redactor;
  return json::parse(EveWriter{context}.line(record.event()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_vendor)

BOOST_AUTO_TEST_CASE(an_alert_says_what_was_decoded) {
  Record record{header(EventType::alert)};
  fill_alert(record);
  const auto line = line_of(record, nullptr);
  BOOST_TEST(line["sluice"]["stage"] == "content-decoded");
  BOOST_TEST(line["sluice"]["vendor"] == json::parse(R"({
      "protocol": "alibaba-httpdns", "recipient": "Example Phones", "fields": [
        {"class": "host-name", "name": "host", "value": "shop.example"},
        {"class": "network-type", "name": "net", "value": "wifi"},
        {"class": "bssid", "name": "bssid", "value": {"kind": "bssid", "length": 17}},
        {"class": "session-id", "name": "sid", "value": {"kind": "session-id", "length": 12}},
        {"class": "app", "name": "account", "value": {"kind": "app", "length": 6}}]})"));
  BOOST_TEST(!line["sluice"].contains("repeated"));
}

BOOST_AUTO_TEST_CASE(what_is_not_decoded_keeps_its_stage) {
  Record record{header(EventType::alert)};
  alert_fields(record, 0, "data.example.net", Action::pass, Action::drop);
  record.text(Field::vendor_request_host, "oth.eve.mdt.qq.com").text(Field::vendor_request_target, "/analytics/upload");
  record.text(Field::vendor_request_body, "\x01\x02\x03").integer(Field::vendor_request_cut, 1);
  record.integer(Field::vendor_request_again, 1);
  const auto line = line_of(record, nullptr);
  BOOST_TEST(line["sluice"]["stage"] != "content-decoded");
  BOOST_TEST(line["sluice"]["repeated"] == true);
  BOOST_TEST(line["sluice"]["vendor"] == json::parse(R"({
      "protocol": "tencent-beacon", "recipient": "Example Phones", "cut": true, "fields": [
        {"class": "encrypted", "name": "events", "value": {"kind": "encrypted", "length": 3}}]})"));
}

BOOST_AUTO_TEST_CASE(typed_text_has_no_digest) {
  const Redactor redactor{RedactionKey{}};
  DecodedMessage message{"sensors-analytics", {}, false};
  message.add(ValueClass::typed_text, "search_word", "umbrella");
  message.add(ValueClass::device_id, "did", "9b1c");
  const auto fields = vendor_object(message, "", &redactor)["fields"];
  BOOST_TEST(!fields[0]["value"].contains("digest"));
  BOOST_TEST(fields[1]["value"].contains("digest"));
}

BOOST_AUTO_TEST_CASE(an_http_event_loses_what_is_redacted) {
  Record record{header(EventType::http)};
  record.text(Field::http_method, "GET").text(Field::http_host, "203.107.1.65").text(Field::http_uri, question);
  record.text(Field::http_referer, "https://clinic.example/a");
  record.text(Field::http_header_name, "Host").text(Field::http_header_value, "203.107.1.65");
  record.text(Field::http_header_name, "Cookie").text(Field::http_header_value, "id=q7Rk2mZs90Xw");
  const auto line = line_of(record, nullptr);
  BOOST_TEST(line["http"]["url"] == "/[6 bytes]/sign_d?host=shop.example&net=wifi&bssid=[27 bytes]&sid=[12 bytes]");
  BOOST_TEST(line["http"]["http_refer"] == "[24 bytes]");
  BOOST_TEST(line["http"]["request_headers"] == json::parse(R"([
      {"name": "Host", "value": "203.107.1.65"}, {"name": "Cookie", "value": "[15 bytes]"}])"));
  BOOST_TEST(line["sluice"]["vendor"]["protocol"] == "alibaba-httpdns");
}

BOOST_AUTO_TEST_CASE(other_http_events_are_as_they_were_sent) {
  Record record{header(EventType::http)};
  record.text(Field::http_method, "GET").text(Field::http_host, "shop.example").text(Field::http_uri, "/a?b=c");
  const auto line = line_of(record, nullptr);
  BOOST_TEST(line["http"]["url"] == "/a?b=c");
  BOOST_TEST(!line.contains("sluice"));
}

BOOST_AUTO_TEST_CASE(what_is_revealed_is_as_it_was_sent) {
  const auto reveals = Redactor::revealing();
  Record record{header(EventType::alert)};
  fill_alert(record);
  const auto fields = line_of(record, &reveals)["sluice"]["vendor"]["fields"];
  BOOST_TEST(fields[2]["value"] == "02:6d:69:5e:10:7a");
  Record http{header(EventType::http)};
  http.text(Field::http_host, "203.107.1.65").text(Field::http_uri, question);
  BOOST_TEST(line_of(http, &reveals)["http"]["url"] == std::string{question});
}

BOOST_AUTO_TEST_CASE(a_table_counts_a_request_once_and_shows_its_body) {
  FindingsTable table{&books};
  const auto consume = [&](bool again) {
    Record record{header(EventType::alert)};
    alert_fields(record, 0, "data.example.net", Action::pass, Action::drop);
    if (again) {
      record.text(Field::vendor_request_target, "/mistats").text(Field::vendor_request_body, "device_id=9b1c&model=M1");
      record.integer(Field::vendor_request_again, 1);
    }
    table.consume(record.event());
  };
  consume(false);
  consume(true);
  const auto printed = [&] {
    std::ostringstream out;
    table.print(out, Statistics{}, 400);
    return out.str();
  };
  const auto text = printed();
  BOOST_TEST(text.find("1 finding:") != std::string::npos, text);
  BOOST_TEST(text.find("times") == std::string::npos, text);
  BOOST_TEST(text.find("data.example.net: xiaomi-mistat, model M1, redacted: device-id") != std::string::npos, text);
  table.reveal();
  consume(true);
  BOOST_TEST(printed().find("data.example.net: xiaomi-mistat, device-id 9b1c, model M1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
