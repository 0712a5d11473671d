#include "control/findings/wording.hh"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "control/findings/wording_text.hh"
#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

constexpr std::array stages{Stage::name_looked_up,    Stage::connection_tried, Stage::connected,
                            Stage::name_in_handshake, Stage::data_sent,        Stage::content_matched,
                            Stage::content_decoded};
constexpr std::array fields{Field::dns_query_name, Field::tls_sni, Field::quic_sni, Field::http_host,
                            Field::destination_ip};
// The design's refused words, and their like.
constexpr std::array refused{"infect", "spies",      "spying",   "steal",   "censor",  "malicious", "malware",
                             "attack", "suspicious", "secretly", "surveil", "hostile", "evil"};

// Every message that a template can give.
std::set<std::string> all_messages() {
  std::set<std::string> messages;
  for (int number = 1; number <= 11; ++number) {
    for (const bool by_address : {false, true}) {
      auto rule = by_address ? address_row() : telemetry_row();
      rule.finding_class = static_cast<FindingClass>(number);
      for (const auto stage : stages) {
        for (const auto field : fields) {
          Finding finding;
          finding.rule = std::make_shared<const RuleFacts>(rule);
          finding.stage = stage;
          finding.matched_field = field;
          messages.insert(alert_message(finding));
        }
      }
    }
  }
  return messages;
}

bool refuses(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(refused.begin(), refused.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_wording)

BOOST_AUTO_TEST_CASE(a_name_in_a_handshake) {
  const auto rule = telemetry_row();
  Finding finding;
  finding.rule = std::make_shared<const RuleFacts>(rule);
  finding.stage = Stage::name_in_handshake;
  finding.matched_field = Field::tls_sni;
  BOOST_TEST(alert_message(finding) ==
             "SLUICE telemetry: name in TLS handshake of a host documented as receiving telemetry: Example Phones");
}

BOOST_AUTO_TEST_CASE(an_http_request_is_data) {
  const auto rule = telemetry_row();
  Finding finding;
  finding.rule = std::make_shared<const RuleFacts>(rule);
  finding.stage = Stage::data_sent;
  finding.matched_field = Field::http_host;
  BOOST_TEST(alert_message(finding) ==
             "SLUICE telemetry: HTTP request sent to a host documented as receiving telemetry: Example Phones");
}

BOOST_AUTO_TEST_CASE(an_address_alone_was_once_listed) {
  const auto rule = address_row();
  Finding finding;
  finding.rule = std::make_shared<const RuleFacts>(rule);
  finding.stage = Stage::connected;
  finding.matched_field = Field::destination_ip;
  BOOST_TEST(alert_message(finding) ==
             "SLUICE known-c2-indicator: connection to an address once listed as a command-and-control indicator: "
             "Operators of X");
}

BOOST_AUTO_TEST_CASE(names_that_only_dns_connects_say_so) {
  const auto rule = telemetry_row();
  Finding finding;
  finding.rule = std::make_shared<const RuleFacts>(rule);
  finding.stage = Stage::name_looked_up;
  finding.matched_field = Field::dns_query_name;
  finding.alias_target = "data.example.com";
  BOOST_TEST(alert_message(finding) ==
             "SLUICE telemetry: look-up of the name of an alias of a host documented as receiving telemetry: Example "
             "Phones");
  finding.alias_target = {};
  finding.stage = Stage::connected;
  finding.matched_field = Field::resolved_name;
  BOOST_TEST(alert_message(finding) ==
             "SLUICE telemetry: connection to an address looked up for a host documented as receiving telemetry: "
             "Example Phones");
  finding.stage = Stage::connection_tried;
  BOOST_TEST(alert_message(finding) ==
             "SLUICE telemetry: connection tried to an address looked up for a host documented as receiving "
             "telemetry: Example Phones");
}

BOOST_AUTO_TEST_CASE(a_signature_is_named_by_its_number) {
  const auto rule = signature_row();
  const auto message = [&](Stage stage, Field field) {
    Finding finding;
    finding.rule = std::make_shared<const RuleFacts>(rule);
    finding.stage = stage;
    finding.matched_field = field;
    finding.matched_value = "API.example.com.";
    return alert_message(finding);
  };
  BOOST_TEST(message(Stage::content_matched, Field::http_host) ==
             "SLUICE clear-text-identifier: content that matches rule 9000007 in traffic with api.example.com");
  BOOST_TEST(message(Stage::content_decoded, Field::destination_ip) ==
             "SLUICE clear-text-identifier: content that matches rule 9000007, decoded, in traffic with "
             "api.example.com");
  BOOST_TEST(message(Stage::name_looked_up, Field::dns_query_name) ==
             "SLUICE clear-text-identifier: look-up of the name of api.example.com, matched by rule 9000007");
  // Neither its own text nor an address that was "once listed".
  for (const auto stage : stages) {
    for (const auto field : fields) {
      const auto text = message(stage, field);
      BOOST_TEST(text.find("EXAMPLE") == std::string::npos, text);
      BOOST_TEST(text.find("listed") == std::string::npos, text);
      BOOST_TEST(!refuses(text), text);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_what_was_decoded_no_identifier_is_said) {
  Finding finding;
  finding.matched_value = "203.0.113.7";
  finding.stage = Stage::content_decoded;
  Record record{header(EventType::alert)};
  push_fields(record);
  BOOST_TEST(seen_words(finding, record.event(), false) ==
             "203.0.113.7: PHONE-A1, build V99.0.1.TST, device-id redacted, network-name redacted");
  Record build_alone{header(EventType::alert)};
  build_alone.text(Field::device_model, "").text(Field::device_build, "V99.0.1.TST");
  BOOST_TEST(seen_words(finding, build_alone.event(), false) == "203.0.113.7: build V99.0.1.TST");
  Record nothing{header(EventType::alert)};
  BOOST_TEST(seen_words(finding, nothing.event(), false) == "203.0.113.7");
  finding.stage = Stage::content_matched;
  BOOST_TEST(seen_words(finding, record.event(), false) == "203.0.113.7");
}

// Of the file itself: English is the reference, and a translation is held to it.
BOOST_AUTO_TEST_CASE(every_class_and_stage_has_its_words_and_its_innocent_explanation) {
  for (int number = 1; number <= 12; ++number) {
    const auto finding_class = static_cast<FindingClass>(number);
    const std::string name{text_of(finding_class)};
    BOOST_TEST(!wording_of("class." + name + ".as").empty(), name);
    for (const auto stage : stages) {
      const std::string at{text_of(stage)};
      BOOST_TEST(!wording_of("lead." + at).empty(), at);
      BOOST_TEST(!wording_of("words." + at).empty(), at);
      const auto texts = other_explanations(finding_class, stage, true);
      BOOST_TEST(texts.size() == 3U, name << " " << at);
      for (const auto text : texts) BOOST_TEST(text.ends_with('.'), text);
      BOOST_TEST(other_explanations(finding_class, stage, false).size() == 2U);
    }
  }
}

BOOST_AUTO_TEST_CASE(templates_have_known_slots_and_no_refused_word) {
  const std::set<std::string_view> slots{"class", "lead", "alias", "subject", "as", "recipient", "rule", "host"};
  BOOST_TEST(wording_texts().size() > 60U);
  for (const auto& [key, text] : wording_texts()) {
    BOOST_TEST(!text.empty(), key);
    BOOST_TEST(!refuses(std::string{text}), text);
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1))
      BOOST_TEST(slots.contains(text.substr(open + 1, text.find('}', open) - open - 1)), text);
    BOOST_TEST((key.starts_with("finding.") || text.find('{') == std::string_view::npos), text);
  }
  for (const auto& message : all_messages()) BOOST_TEST(message.find_first_of("{}") == std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(a_slot_is_filled_once_and_never_read_as_a_template) {
  BOOST_TEST(fill_slots("{host} and {rule}{none}", {{"host", "{rule}"}, {"rule", "7"}}) == "{rule} and 7{none}");
  BOOST_TEST(fill_slots("{open", {}) == "{open");
  const auto texts = parse_wording("# a = b\n\na.b = {x} = y\nc =  d\n");
  BOOST_TEST(texts.size() == 2U);
  BOOST_TEST(texts.at("a.b") == "{x} = y");
  BOOST_TEST(texts.at("c") == " d");
}

BOOST_AUTO_TEST_CASE(without_recipient_or_rule) {
  auto rule = telemetry_row();
  rule.recipient.clear();
  Finding finding;
  finding.rule_row = 99;
  BOOST_TEST(alert_message(finding) == "SLUICE: row 99 is not in the rules at hand");
  finding.rule = std::make_shared<const RuleFacts>(rule);
  BOOST_TEST(alert_message(finding).ends_with(": recipient not named"));
}

BOOST_AUTO_TEST_CASE(no_template_judges) {
  const auto messages = all_messages();
  BOOST_TEST(messages.size() > 100U);
  for (const auto& message : messages) BOOST_TEST(!refuses(message), message);
  BOOST_TEST(refuses("The phone Spies on its owner"));  // the check itself can fail
}

BOOST_AUTO_TEST_CASE(every_reason_and_stage_has_its_own_words) {
  std::set<std::string_view> reasons;
  for (std::size_t i = 0; i < uninspected_reason_names.size(); ++i)
    reasons.insert(uninspected_words(static_cast<UninspectedReason>(i)));
  BOOST_TEST(reasons.size() == uninspected_reason_names.size());
  BOOST_TEST(!reasons.contains("unknown reason"));
  std::set<std::string_view> words;
  for (const auto stage : stages) {
    words.insert(text_of(stage));
    BOOST_TEST(stage_words(stage, Field::dns_query_name) != "unknown");
  }
  BOOST_TEST(words.size() == stages.size());
}

BOOST_AUTO_TEST_SUITE_END()
