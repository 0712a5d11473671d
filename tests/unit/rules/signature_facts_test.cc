#include "rules/signatures/signature_facts.hh"

#include <boost/test/unit_test.hpp>

#include "rules/facts/classtype.hh"
#include "signature_texts.hh"

using signature_texts::expect_errors;
using signature_texts::one;
using signature_texts::with_options;

namespace {

// Options begin at column 48; the content is there so that nothing else is wrong.
std::string rule(const std::string& options) { return with_options(options + " content:\"x\";"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_facts)

BOOST_AUTO_TEST_CASE(metadata_holds_the_facts_of_a_row) {
  const auto facts =
      one(rule("gid:3; metadata:class remote-content-list, recipient Example  Ltd, role sdk, purpose why; "
               "metadata: carries model and build,breaks nothing , confidence High, source a page of 2026, licence "
               "fact, "
               "tlp amber+strict, first_seen 2024_02_29, last_verified 2026-02-28, expires 2028-12-31, "
               "created_at 2024_01_01, signature_severity Major, policy; reference:url,example.com;"))
          .facts;
  BOOST_TEST(facts.generator_id == 3U);
  BOOST_TEST((facts.finding_class == sluice::FindingClass::remote_content_list));
  BOOST_TEST(facts.recipient == "Example Ltd");
  BOOST_TEST(facts.role == "sdk");
  BOOST_TEST(facts.purpose == "why");
  BOOST_TEST(facts.carries == "model and build");
  BOOST_TEST(facts.breaks == "nothing");
  BOOST_TEST((facts.confidence == sluice::Confidence::high));
  BOOST_TEST(facts.source == "a page of 2026");
  BOOST_TEST(facts.licence == "fact");
  BOOST_TEST(facts.tlp == "amber+strict");
  BOOST_TEST(facts.first_seen == "2024-02-29");
  BOOST_TEST(facts.last_verified == "2026-02-28");
  BOOST_TEST(facts.expires == "2028-12-31");
  BOOST_TEST(facts.expires_ns == 1861920000000000000);  // date -u -d 2029-01-01 +%s
}

BOOST_AUTO_TEST_CASE(facts_are_judged_as_in_a_list) {
  expect_errors(rule("metadata:class telemetri, confidence sure, tlp white, first_seen 2026-02-30, expires tomorrow;"),
                {"t:1:63: unknown class \"telemetri\": write one of telemetry,",
                 "t:1:85: unknown confidence \"sure\": write one of low, medium, high, defined",
                 "t:1:95: unknown TLP label \"white\"", "t:1:113: first_seen \"2026-02-30\" is no date",
                 "t:1:133: expires \"tomorrow\" is no date"});
  expect_errors(rule("metadata:first_seen 2026-02-02, last_verified 2026-02-01;"),
                {"t:1:94: last_verified 2026-02-01 is before first_seen 2026-02-02"});
  expect_errors(rule("metadata:role a; metadata:role b;"), {"t:1:74: role stands twice"});
  expect_errors(rule("metadata:role;"), {"t:1:57: role without a value"});
  expect_errors(rule("metadata;"), {"t:1:48: an empty metadata"});
}

BOOST_AUTO_TEST_CASE(references_are_the_source_where_none_is_given) {
  BOOST_TEST(one(rule("reference:url,example.com/a; reference:cve, 2024-1;")).facts.source ==
             "url,example.com/a; cve,2024-1");
  expect_errors(rule("reference:url;"), {"t:1:58: reference \"url\": write reference:url,example.com/page;"});
}

// Suricata 7.0, etc/classification.config
BOOST_AUTO_TEST_CASE(classtypes_become_classes_where_they_mean_one) {
  using enum sluice::FindingClass;
  BOOST_TEST((one(rule("classtype:command-and-control;")).facts.finding_class == known_c2_indicator));
  BOOST_TEST((one(rule("classtype:domain-c2;")).facts.finding_class == known_c2_indicator));
  BOOST_TEST((one(rule("classtype:trojan-activity;")).facts.finding_class == unclassified));
  BOOST_TEST((one(rule("classtype:domain-c2; metadata:class telemetry;")).facts.finding_class == telemetry));
  BOOST_TEST((one(rule("metadata:class telemetry; classtype:domain-c2;")).facts.finding_class == telemetry));
  BOOST_TEST((one(rule("classtype:trojan-activty;")).facts.finding_class == unclassified));
  expect_errors(rule("classtype:;"), {"t:1:58: classtype: write one of Suricata's, classtype:trojan-activity;"});
}

// Priorities and descriptions are those of the classification.config that Suricata 8 ships.
BOOST_AUTO_TEST_CASE(a_classtype_says_how_urgent_and_priority_goes_before_it) {
  const auto facts = [](const char* options) { return one(rule(options)).facts; };
  BOOST_TEST(sluice::classtypes().size() == 43U);
  BOOST_TEST(sluice::classtype_description(facts("classtype:trojan-activity;").classtype) ==
             "A Network Trojan was detected");
  BOOST_TEST(+facts("classtype:trojan-activity;").priority == 1);
  BOOST_TEST(+facts("classtype:tcp-connection;").priority == 4);
  BOOST_TEST(+facts("classtype:tcp-connection; priority:2;").priority == 2);
  BOOST_TEST(+facts("priority:2; classtype:tcp-connection;").priority == 2);
  BOOST_TEST(+facts("").priority == 3);
  BOOST_TEST(sluice::classtype_description(facts("").classtype) == "");
  BOOST_TEST(+facts("classtype:trojan-activty;").priority == 3);
  BOOST_TEST(sluice::classtype_description(facts("classtype:trojan-activty;").classtype) == "Unknown Classtype");
}

BOOST_AUTO_TEST_CASE(numbers_and_doubles) {
  BOOST_TEST(one(rule("")).facts.revision == 0U);
  BOOST_TEST(one(rule("rev:4294967295;")).facts.revision == 4294967295U);
  expect_errors(rule("rev:4294967296;"), {"t:1:52: rev \"4294967296\": write a number from 0 to 4294967295"});
  expect_errors(rule("rev:x;"), {"t:1:52: rev \"x\": write a number"});
  expect_errors(rule("sid:2;"), {"t:1:48: sid stands twice"});
  expect_errors(rule("msg:\"n\";"), {"t:1:48: msg stands twice"});
  expect_errors(rule("gid:2026;"), {"t:1:52: gid 2026 is that of indicators"});
  expect_errors("alert tcp any any -> any any (msg:!\"m\"; content:\"x\"; sid:1;)", {"t:1:35: msg cannot be negated"});
}

BOOST_AUTO_TEST_CASE(flow_words) {
  using Way = sluice::SignatureFlow::Way;
  using State = sluice::SignatureFlow::State;
  const auto flow = [](const std::string& words) { return one(rule("flow:" + words + ";")).flow; };
  BOOST_TEST((flow("from_client").way == Way::to_server));
  BOOST_TEST((flow("to_server").way == Way::to_server));
  BOOST_TEST((flow("from_server").way == Way::to_client));
  BOOST_TEST((flow("to_client").way == Way::to_client));
  BOOST_TEST((flow("to_client , established").state == State::established));
  BOOST_TEST((flow("not_established").state == State::not_established));
  BOOST_TEST((flow("stateless").state == State::stateless));
  BOOST_TEST((one(rule("")).flow.way == Way::any));
  expect_errors(rule("flow:to_server,to_client;"), {"t:1:63: to_client beside another word for the same"});
  expect_errors(rule("flow:established,stateless;"), {"t:1:65: stateless beside another word for the same"});
  BOOST_TEST((flow("only_stream").contents == sluice::SignatureFlow::Contents::stream));
  BOOST_TEST((flow("no_stream,to_client").contents == sluice::SignatureFlow::Contents::packet));
  BOOST_TEST((flow("only_frag").fragments == sluice::SignatureFlow::Fragments::fragmented));
  expect_errors(rule("flow:sideways;"), {"t:1:53: flow word \"sideways\" is not matched by this version"});
  expect_errors(rule("flow;"), {"t:1:52: flow word \"\" is not matched"});
  expect_errors(rule("flow:to_server; flow:established;"), {"t:1:64: flow stands twice"});
}

BOOST_AUTO_TEST_SUITE_END()
