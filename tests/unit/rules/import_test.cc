// Lists as their publishers write them: the forms come from the documents of each format, the names are made up.
#include "rules/imports/import.hh"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "rules/imports/import_value.hh"
#include "rules/imports/import_write.hh"
#include "rules/indicators/indicator_list.hh"

using sluice::ImportDefaults;
using sluice::ImportedRows;
using sluice::ImportFormat;
using sluice::LeftOut;
using sluice::ListColumn;
using sluice::TakenAs;

namespace {

using Texts = std::vector<std::string>;

ImportDefaults on_a_day() {
  ImportDefaults defaults;
  defaults.date = "2026-09-01";
  return defaults;
}

ImportedRows import(ImportFormat format, std::string_view text, ImportDefaults defaults = on_a_day()) {
  ImportedRows rows(std::move(defaults));
  const auto refused = import_list(format, text, "list", rows);
  BOOST_TEST(!refused, refused.value_or(""));
  return rows;
}

Texts texts_of(const std::vector<sluice::ImportedRow>& rows) {
  Texts out;
  for (const auto& row : rows) out.push_back(row[ListColumn::kind] + " " + row[ListColumn::indicator]);
  return out;
}

void expect(const ImportedRows& rows, const Texts& expected) {
  const auto got = texts_of(rows.rows());
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

std::string refusal(ImportFormat format, std::string_view text) {
  ImportedRows rows(on_a_day());
  return import_list(format, text, "list", rows).value_or("read");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_lists)

BOOST_AUTO_TEST_CASE(a_hosts_file_names_exactly_its_hosts) {
  const auto rows = import(ImportFormat::hosts,
                           "# comment\r\n127.0.0.1 localhost\n::1 ip6-localhost\n"
                           "0.0.0.0 Ads.Example.com track.example.net # both\n0.0.0.0\nads.example.org\n");
  expect(rows, {"host Ads.Example.com", "host track.example.net"});
  BOOST_TEST(rows.left_out(LeftOut::local_name).count == 2U);
  BOOST_REQUIRE_EQUAL(rows.left_out(LeftOut::malformed).count, 2U);
  BOOST_TEST(rows.left_out(LeftOut::malformed).examples[1].place == 6U);
  BOOST_TEST(rows.entries() == 6U);
}

BOOST_AUTO_TEST_CASE(lines_hold_names_addresses_and_what_they_are_for) {
  const auto rows = import(ImportFormat::domains,
                           "# Title: Some list\n# Last modified: 25 Oct 2025 19:04 UTC\n# License: MIT\n"
                           "example.com\n192.0.2.1   # dns.example\n2001:db8::1\n198.51.100.0/24\n203.0.113.7/32\n"
                           "*.example.net\nbad_[a-z]+.example\nexample[.]org\ncom\n");
  expect(rows, {"domain example.com", "ip 192.0.2.1", "ip 2001:db8::1", "cidr 198.51.100.0/24", "ip 203.0.113.7",
                "domain example.net", "domain example.org"});
  const auto& first = rows.rows()[0];
  BOOST_TEST(first[ListColumn::source] == "Some list (2025-10-25)");
  BOOST_TEST(first[ListColumn::last_verified] == "2025-10-25");
  BOOST_TEST(first[ListColumn::licence] == "MIT");
  BOOST_TEST(first[ListColumn::finding_class] == "unclassified");
  BOOST_TEST(rows.rows()[1][ListColumn::purpose] == "dns.example");
  BOOST_TEST(rows.left_out(LeftOut::pattern).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::malformed).examples.at(0).text == "com");
  BOOST_TEST(rows.taken_as(TakenAs::without_star).count == 1U);
}

BOOST_AUTO_TEST_CASE(what_matches_the_same_is_one_row_with_both_sources) {
  ImportedRows rows(on_a_day());
  BOOST_TEST(!import_list(ImportFormat::domains, "Example.com\nexample.com.\n", "one", rows));
  BOOST_TEST(!import_list(ImportFormat::domains, "# Title: Two\n# Date: 2024-02-29\nexample.com\n", "two", rows));
  expect(rows, {"domain Example.com"});
  BOOST_TEST(rows.merged() == 2U);
  BOOST_TEST(rows.rows()[0][ListColumn::source] == "one (2026-09-01); Two (2024-02-29)");
  BOOST_TEST(rows.rows()[0][ListColumn::last_verified] == "2026-09-01");
}

BOOST_AUTO_TEST_CASE(what_the_person_says_goes_before_what_the_list_says) {
  auto defaults = on_a_day();
  defaults.finding_class = "advertising";
  defaults.confidence = "low";
  defaults.source = "Bulletin 7";
  defaults.licence = "CC0";
  defaults.expires = "2027-01-31";
  defaults.kind = "host";
  const auto rows = import(ImportFormat::domains, "a.example.com\n", defaults);
  const auto text = indicator_list_text(rows.rows(), {"made"});
  BOOST_TEST(text ==
             "# made\nid,indicator,kind,class,recipient,role,purpose,carries,confidence,breaks,source,licence,tlp,"
             "first_seen,last_verified,expires\n,a.example.com,host,advertising,,,,,low,,Bulletin 7; list (2026-09-01),"
             "CC0,,,2026-09-01,2027-01-31\n");
  BOOST_TEST(sluice::parse_indicator_list(text, "t").errors.empty());
}

BOOST_AUTO_TEST_CASE(adblock_filters_of_hosts) {
  const auto rows = import(ImportFormat::adblock,
                           "[Adblock Plus 2.0]\n! Title: Ads\n||ads.example.com^\n||track.example.net^$important\n"
                           "||third.example.org^$third-party\n@@||good.example.com^\nexample.com##.banner\n"
                           "/ads[0-9]+\\.js/\n||a*.example.com^\n||192.0.2.9^\n0.0.0.0 hosts.example.com\n"
                           "plain.example.com\n&ad_box=\n");
  expect(rows, {"domain ads.example.com", "domain track.example.net", "ip 192.0.2.9", "host hosts.example.com",
                "domain plain.example.com"});
  BOOST_TEST(texts_of(rows.allowed()) == Texts{"domain good.example.com"}, boost::test_tools::per_element());
  BOOST_TEST(rows.left_out(LeftOut::narrowed).examples.at(0).place == 5U);
  BOOST_TEST(rows.left_out(LeftOut::cosmetic).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::pattern).count == 2U);
  BOOST_TEST(rows.left_out(LeftOut::malformed).count == 1U);
}

BOOST_AUTO_TEST_CASE(trails_have_their_references_as_source) {
  const auto rows = import(ImportFormat::maltrail,
                           "# Aliases: family\n\n# Reference: https://a.example/1\n# Reference: https://a.example/2\n\n"
                           "bad.example\n192.0.2.5:8080\n\n# Reference: https://b.example\n\nworse.example # note\n"
                           "/gate.php\n^[a-z]{2}\\.top$\n");
  expect(rows, {"domain bad.example", "ip 192.0.2.5", "domain worse.example"});
  BOOST_TEST(rows.rows()[0][ListColumn::source] == "list (2026-09-01); https://a.example/1; https://a.example/2");
  BOOST_TEST(rows.rows()[2][ListColumn::source] == "list (2026-09-01); https://b.example");
  BOOST_TEST(rows.rows()[0][ListColumn::purpose] == "family");
  BOOST_TEST(rows.rows()[0][ListColumn::finding_class] == "known-c2-indicator");
  BOOST_TEST(rows.left_out(LeftOut::no_host).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::pattern).count == 1U);
  BOOST_TEST(rows.taken_as(TakenAs::without_port).count == 1U);
}

BOOST_AUTO_TEST_CASE(datasets_hold_base64_addresses_and_digests) {
  // printf telemetry.example.com | base64
  const auto rows = import(ImportFormat::dataset,
                           "dGVsZW1ldHJ5LmV4YW1wbGUuY29t\ndGVsZW1ldHJ5LmV4YW1wbGUuY29t,50\n192.0.2.77\n2001:db8::7\n"
                           "not base64\n5f4dcc3b5aa765d61d8327deb882cf99\n");
  expect(rows, {"domain telemetry.example.com", "ip 192.0.2.77", "ip 2001:db8::7"});
  BOOST_TEST(rows.merged() == 1U);
  BOOST_TEST(rows.taken_as(TakenAs::without_reputation).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::malformed).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::not_on_the_wire).count == 1U);
  auto defaults = on_a_day();
  defaults.kind = "ja3";
  expect(import(ImportFormat::dataset, "5f4dcc3b5aa765d61d8327deb882cf99\n", defaults),
         {"ja3 5f4dcc3b5aa765d61d8327deb882cf99"});
}

BOOST_AUTO_TEST_CASE(abuse_ch_tables_are_told_by_their_columns) {
  const auto feodo = import(ImportFormat::abusech_csv,
                            "# Feodo Tracker\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\","
                            "\"malware\"\n\"2021-01-17 07:44:46\",\"192.0.2.65\",\"443\",\"online\",\"2026-08-22\","
                            "\"Emotet\"\n");
  expect(feodo, {"ip 192.0.2.65"});
  BOOST_TEST(feodo.rows()[0][ListColumn::purpose] == "Emotet, listed with port 443");
  BOOST_TEST(feodo.rows()[0][ListColumn::first_seen] == "2021-01-17");
  BOOST_TEST(feodo.rows()[0][ListColumn::last_verified] == "2026-08-22");
  const auto threatfox = import(
      ImportFormat::abusech_csv,
      "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\",\"malware_alias\","
      "\"malware_printable\",\"last_seen_utc\",\"confidence_level\",\"reference\"\n"
      "\"2026-08-01 10:00:00\", \"1\", \"c2.example.com\", \"domain\", \"botnet_cc\", \"x\", \"None\", \"Cobalt, "
      "etc\", "
      "\"\", \"75\", \"https://x.example\"\n"
      "\"2026-08-01 10:00:00\", \"2\", \"192.0.2.4:8443\", \"ip:port\", \"botnet_cc\", \"x\", \"\", \"Y\", \"\", "
      "\"25\", \"None\"\n"
      "\"2026-08-01 10:00:00\", \"3\", \"5f4dcc3b5aa765d61d8327deb882cf99\", \"md5_hash\", \"payload\", \"x\", \"\", "
      "\"Y\", \"\", \"50\", \"\"\n");
  expect(threatfox, {"domain c2.example.com", "ip 192.0.2.4"});
  BOOST_TEST(threatfox.rows()[0][ListColumn::purpose] == "Cobalt, etc");
  BOOST_TEST(threatfox.rows()[0][ListColumn::confidence] == "high");
  BOOST_TEST(threatfox.rows()[1][ListColumn::confidence] == "low");
  BOOST_TEST(threatfox.left_out(LeftOut::not_on_the_wire).count == 1U);
  expect(import(ImportFormat::abusech_csv,
                "# Listingdate,SHA1,Listingreason\n2026-01-02 03:04:05,"
                "0123456789abcdef0123456789abcdef01234567,Dridex C&C\n"),
         {"cert_sha1 0123456789abcdef0123456789abcdef01234567"});
  expect(import(ImportFormat::abusech_csv,
                "# ja3_md5,Firstseen,Lastseen,Listingreason\nb386946a5a44d1ddcc843bc75336dfce,2017-07-14 18:08:15,"
                "2019-07-27 20:42:54,Dridex\n"),
         {"ja3 b386946a5a44d1ddcc843bc75336dfce"});
  BOOST_TEST(refusal(ImportFormat::abusech_csv, "a,b,c\n").starts_with("line 1: no row above it names its columns"));
}

BOOST_AUTO_TEST_CASE(a_stix_bundle_gives_what_one_comparison_decides) {
  const auto rows = import(ImportFormat::stix2, R"({"type":"bundle","id":"bundle--1","objects":[
    {"type":"identity","id":"identity--1","name":"A lab"},
    {"type":"malware","id":"malware--1","name":"Thing","malware_types":["spyware"],"is_family":true},
    {"type":"indicator","id":"indicator--1","pattern":"[domain-name:value = 'a.example.com' OR ipv4-addr:value = '192.0.2.1']",
     "pattern_type":"stix","valid_from":"2024-01-02T00:00:00Z","valid_until":"2027-01-02T00:00:00Z","confidence":85,
     "modified":"2025-01-02T00:00:00Z","created_by_ref":"identity--1",
     "object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]},
    {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"malware--1"},
    {"type":"indicator","id":"indicator--2","pattern":"[domain-name:value = 'b.example.com' AND network-traffic:dst_port = 80]","pattern_type":"stix"},
    {"type":"indicator","id":"indicator--3","pattern":"[file:hashes.'SHA-256' = '00'] OR [ipv6-addr:value IN ('2001:db8::1','2001:db8::2')]","pattern_type":"stix"},
    {"type":"indicator","id":"indicator--4","pattern":"[domain-name:value = 'c.example.com']","pattern_type":"stix","revoked":true},
    {"type":"indicator","id":"indicator--5","pattern":"alert tcp any any","pattern_type":"snort"},
    {"type":"indicator","id":"indicator--6","pattern":"[domain-name:value MATCHES 'x.*']","pattern_type":"stix"},
    {"type":"indicator","id":"indicator--7","pattern":"[domain-name:value = ","pattern_type":"stix"}]})");
  expect(rows, {"domain a.example.com", "ip 192.0.2.1", "ip 2001:db8::1", "ip 2001:db8::2"});
  const auto& first = rows.rows()[0];
  BOOST_TEST(first[ListColumn::finding_class] == "spyware-indicator");
  BOOST_TEST(first[ListColumn::purpose] == "Thing");
  BOOST_TEST(first[ListColumn::source] == "A lab; list (2026-09-01)");
  BOOST_TEST(first[ListColumn::confidence] == "high");
  BOOST_TEST(first[ListColumn::tlp] == "green");
  BOOST_TEST(first[ListColumn::first_seen] == "2024-01-02");
  BOOST_TEST(first[ListColumn::last_verified] == "2025-01-02");
  BOOST_TEST(first[ListColumn::expires] == "2027-01-02");
  for (const auto reason : {LeftOut::needs_all, LeftOut::not_on_the_wire, LeftOut::not_for_alarms, LeftOut::signature,
                            LeftOut::pattern, LeftOut::malformed})
    BOOST_TEST(rows.left_out(reason).count == 1U, text_of(reason));
  BOOST_TEST(refusal(ImportFormat::stix2, "{\"type\":\"report\"}").starts_with("no bundle of STIX 2"));
  BOOST_TEST(refusal(ImportFormat::stix2, "{").starts_with("no JSON: line 1, column 2"));
  BOOST_TEST(refusal(ImportFormat::stix2, std::string(65, '[')) == "more than 64 brackets within each other");
}

BOOST_AUTO_TEST_CASE(a_misp_event_gives_its_attributes_for_detection) {
  constexpr std::string_view event = R"({"Event":{"info":"Wave","date":"2025-03-04","Orgc":{"name":"CERT"},
    "Tag":[{"name":"tlp:amber"}],
    "Attribute":[{"type":"domain","value":"a.example.com","to_ids":true,"comment":"C2","timestamp":"1741100000",
                  "Tag":[{"name":"c2"}]},
                 {"type":"domain","value":"b.example.com","to_ids":false},
                 {"type":"ip-dst|port","value":"192.0.2.8|443","to_ids":true},
                 {"type":"md5","value":"00","to_ids":true},
                 {"type":"ja3-fingerprint-md5","value":"b386946a5a44d1ddcc843bc75336dfce","to_ids":true}],
    "Object":[{"name":"domain-ip","Attribute":[{"type":"hostname","value":"c.example.com","to_ids":true}]}]}})";
  const auto rows = import(ImportFormat::misp, event);
  expect(rows,
         {"domain a.example.com", "ip 192.0.2.8", "ja3 b386946a5a44d1ddcc843bc75336dfce", "domain c.example.com"});
  const auto& first = rows.rows()[0];
  BOOST_TEST(first[ListColumn::source] == "MISP event \"Wave\" of CERT, 2025-03-04");
  BOOST_TEST(first[ListColumn::tlp] == "amber");
  BOOST_TEST(first[ListColumn::purpose] == "C2");
  BOOST_TEST(first[ListColumn::last_verified] == "2025-03-04");  // date -u -d @1741100000
  BOOST_TEST(rows.left_out(LeftOut::not_for_alarms).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::not_on_the_wire).count == 1U);
  auto defaults = on_a_day();
  defaults.tags = {"c2"};
  const auto tagged = import(ImportFormat::misp, event, defaults);
  expect(tagged, {"domain a.example.com"});
  BOOST_TEST(tagged.left_out(LeftOut::not_selected).count == 5U);
  BOOST_TEST(refusal(ImportFormat::misp, "[]").starts_with("no event of MISP"));
}

BOOST_AUTO_TEST_CASE(tinycheck_indicators_and_what_it_allows) {
  const auto rows = import(ImportFormat::tinycheck, R"({"iocs":[
    {"type":"domain","tag":"stalkerware","tlp":"white","value":"a.example.com"},
    {"type":"freedns","tag":"suspicious","tlp":"white","value":"dyn.example.net"},
    {"type":"ns","tag":"suspicious","tlp":"white","value":"ns.example.net"},
    {"type":"snort","tag":"apt","tlp":"white","value":"alert tcp"},
    {"type":"cidr","tag":"suspicious","tlp":"white","value":"192.0.2.7/24"}]})");
  expect(rows, {"domain a.example.com", "domain dyn.example.net"});
  BOOST_TEST(rows.rows()[0][ListColumn::finding_class] == "stalkerware-indicator");
  BOOST_TEST(rows.rows()[0][ListColumn::tlp] == "clear");
  BOOST_TEST(rows.rows()[1][ListColumn::confidence] == "low");
  BOOST_TEST(rows.left_out(LeftOut::whole_zone).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::signature).count == 1U);
  BOOST_TEST(rows.left_out(LeftOut::malformed).examples.at(0).detail.find("write 192.0.2.0/24") != std::string::npos);
  const auto allowed = import(ImportFormat::tinycheck, R"({"elements":[{"type":"domain","element":"example.com"}]})");
  BOOST_TEST(allowed.rows().empty());
  BOOST_TEST(allowed.allowed().size() == 1U);
}

BOOST_AUTO_TEST_CASE(foreign_text_becomes_one_clean_line) {
  BOOST_TEST(sluice::import_text(" a\n\tb\x01 c\xff ", 100) == "a b c");
  BOOST_TEST(sluice::import_text("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 9) == "\xc3\xa9\xc3\xa9\xc3\xa9");
  BOOST_TEST(sluice::import_day("1741100000") == "2025-03-04");
  BOOST_TEST(sluice::import_day("2024-13-01") == "");
  BOOST_TEST(sluice::import_tlp("TLP:AMBER+STRICT") == "amber+strict");
}

BOOST_AUTO_TEST_SUITE_END()
