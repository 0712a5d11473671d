#include "control/store/finding_store.hh"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/stored_findings.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

BOOST_FIXTURE_TEST_SUITE(finding_store, Stored)

BOOST_AUTO_TEST_CASE(a_finding_is_one_row_however_often_it_is_seen) {
  auto store = open();
  write(store, {growth("192.0.2.10", "data.example.net")});
  auto later = growth("192.0.2.10", "data.example.net", noon + day_ns);
  later.count = 41;
  later.blocked = 2;
  later.would_block = 3;
  later.evidence = 1;
  later.stage = Stage::data_sent;
  later.remote = "198.51.100.8";
  write(store, {later});
  auto weaker = growth("192.0.2.10", "data.example.net", noon + day_ns);
  weaker.count = 0;
  weaker.stage = Stage::name_looked_up;
  weaker.is_inside = false;
  write(store, {weaker});
  const auto listed = list();
  const auto id = listed["findings"][0]["device"]["id"].get<std::string>();
  BOOST_TEST(id == "of 192.0.2.10");
  auto expected = json::parse(R"({"findings": [
    {"number": 1, "device": {"address": "192.0.2.10", "certainty": "inside-address"},
     "rule_id": "phones/1", "class": "telemetry", "recipient": "Example Phones", "role": "phone-maker",
     "confidence": "high", "severity": 3, "destination": "data.example.net", "stage": "data-sent",
     "count": 42, "blocked": 2, "would_block": 3, "evidence": 1,
     "first": "2026-11-21T12:00:00.000000+0000", "last": "2026-11-22T12:00:00.000000+0000",
     "ruleset": "00ff", "source": "a paper", "state": "new", "owner": "", "ticket": ""}], "next": null})");
  expected["findings"][0]["device"]["id"] = id;
  expected["findings"][0]["other_explanations"] = listed["findings"][0]["other_explanations"];
  BOOST_TEST(!listed["findings"][0]["other_explanations"].empty());
  BOOST_TEST(listed == expected);
  const auto whole = one("1");
  BOOST_TEST(whole["days"] == json::parse(R"([
    {"day": "2026-11-21", "finding_id": "id of 192.0.2.10 data.example.net 2026-11-21", "count": 1, "blocked": 0,
     "first": "2026-11-21T12:00:00.000000+0000", "last": "2026-11-21T12:00:00.000000+0000"},
    {"day": "2026-11-22", "finding_id": "id of 192.0.2.10 data.example.net 2026-11-22", "count": 41, "blocked": 2,
     "first": "2026-11-22T12:00:00.000000+0000", "last": "2026-11-22T12:00:00.000000+0000"}])"));
  BOOST_TEST(one("id of 192.0.2.10 data.example.net 2026-11-22") == whole);
  BOOST_TEST(one("2").is_null());
  BOOST_TEST(one("").is_null());
  BOOST_TEST(one("1 or 1=1").is_null());
  BOOST_TEST(counts.findings == 1U);
  BOOST_TEST(counts.written == 42U);
  BOOST_TEST(integrity() == "ok");
}

BOOST_AUTO_TEST_CASE(what_was_stored_is_there_after_a_restart_and_nobody_else_reads_it) {
  {
    auto store = open();
    write(store, {growth("192.0.2.10", "a.example"), growth("192.0.2.11", "b.example")});
  }
  struct stat status {};
  BOOST_REQUIRE(::stat(options.path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U) == 0600U);
  auto store = open();
  StoreCounts fresh;
  counts = fresh;
  write(store, {growth("192.0.2.10", "a.example")});
  BOOST_TEST(counts.findings == 2U);
  BOOST_TEST(list()["findings"].size() == 2U);
  BOOST_TEST(list({.device = "192.0.2.10"})["findings"][0]["count"] == 2);
}

BOOST_AUTO_TEST_CASE(a_list_is_asked_for_by_what_it_is_about_and_comes_in_pages) {
  auto store = open();
  std::vector<FindingGrowth> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(growth("192.0.2." + std::to_string(i % 2), "n" + std::to_string(i) + ".example",
                         noon + (i / 3) * second_ns,  // some at the same time
                         i % 5 == 0 ? facts("c2/9", FindingClass::known_c2_indicator) : facts("phones/1")));
  write(store, all);
  BOOST_TEST(list({.device = "192.0.2.1"})["findings"].size() == 5U);
  const auto id = list({.device = "192.0.2.1"})["findings"][0]["device"]["id"].get<std::string>();
  BOOST_TEST(list({.device = id})["findings"].size() == 5U);
  BOOST_TEST(list({.device = "192.0.2.9"})["findings"].empty());
  BOOST_TEST(list({.rule_id = "c2/9"})["findings"].size() == 2U);
  BOOST_TEST(list({.finding_class = "known-c2-indicator"})["findings"].size() == 2U);
  BOOST_TEST(list({.device = "192.0.2.0", .finding_class = "telemetry"})["findings"].size() == 4U);
  BOOST_TEST(list({.since_ns = noon + 2 * second_ns})["findings"].size() == 4U);
  BOOST_TEST(list({.state = "new"})["findings"].size() == 10U);
  BOOST_TEST(list({.state = "closed"})["findings"].empty());
  FindingQuery query{.limit = 3};
  std::vector<std::string> seen;
  for (;;) {
    const auto page = list(query);
    for (const auto& finding : page["findings"]) seen.push_back(finding["destination"]);
    if (page["next"].is_null()) break;
    query.after = page["next"];
  }
  const std::vector<std::string> wanted{"n9.example", "n8.example", "n7.example", "n6.example", "n5.example",
                                        "n4.example", "n3.example", "n2.example", "n1.example", "n0.example"};
  BOOST_TEST(seen == wanted, boost::test_tools::per_element());
  BOOST_TEST(!page_place("12").has_value());
  BOOST_TEST(!page_place("12.").has_value());
  BOOST_TEST(!page_place("12.3x").has_value());
  BOOST_TEST(!page_place(" 12.3").has_value());
  BOOST_TEST((page_place("12.3") == std::pair<std::int64_t, std::int64_t>{12, 3}));
}

BOOST_AUTO_TEST_CASE(a_device_that_makes_names_up_fills_no_disk) {
  auto store = open();
  std::vector<FindingGrowth> all;
  constexpr std::uint32_t beyond = 50;
  for (std::uint32_t i = 0; i < FindingStore::destination_limit + beyond; ++i)
    all.push_back(growth("192.0.2.10", std::to_string(i) + ".example.net"));
  write(store, all);
  BOOST_TEST(counts.findings == FindingStore::destination_limit + 1);
  BOOST_TEST(counts.folded == beyond);
  BOOST_TEST(counts.written == FindingStore::destination_limit + beyond);
  const auto others = one(std::to_string(FindingStore::destination_limit + 1));
  BOOST_TEST(others["destination"].is_null());
  BOOST_TEST(others["count"] == beyond);
  BOOST_TEST(!others["days"][0].contains("finding_id"));
  // What is known goes on under its own name, and so do others.
  write(store, {growth("192.0.2.10", "7.example.net"), growth("192.0.2.11", "new.example.net")});
  BOOST_TEST(counts.folded == beyond);
  BOOST_TEST(counts.findings == FindingStore::destination_limit + 2);
}

BOOST_AUTO_TEST_CASE(a_full_store_takes_nothing_new_and_goes_on_with_what_it_has) {
  options.bytes = 256 << 10;
  auto store = open();
  for (std::uint32_t i = 0; counts.full == 0 && i < 100; ++i) {
    std::vector<FindingGrowth> all;
    for (std::uint32_t j = 0; j < 100; ++j)
      all.push_back(growth("192.0.2." + std::to_string(i), std::to_string(j) + ".a-long-name.example.net"));
    write(store, all);
  }
  BOOST_TEST(counts.full > 0U);
  BOOST_TEST(counts.bytes < (512U << 10U));
  const auto findings = counts.findings;
  write(store, {growth("192.0.2.0", "0.a-long-name.example.net"), growth("192.0.2.200", "new.example.net")});
  BOOST_TEST(counts.findings == findings);
  BOOST_TEST(list({.device = "192.0.2.0", .limit = 1000})["findings"].size() == 100U);
  BOOST_TEST(one("1")["count"] == 2);
  // Time makes room.
  const auto done = store.retire(noon + 91 * day_ns, counts);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(counts.retired == findings);
  BOOST_TEST(counts.findings == 0U);
  BOOST_TEST(counts.bytes < (128U << 10U));
  write(store, {growth("192.0.2.200", "new.example.net")});
  BOOST_TEST(counts.findings == 1U);
  BOOST_TEST(integrity() == "ok");
}

BOOST_AUTO_TEST_CASE(each_class_has_its_term) {
  options.keep_days_of = {{"known-c2-indicator", 365}, {"advertising", 7}};
  auto store = open();
  write(store, {growth("192.0.2.1", "a.example"),
                growth("192.0.2.2", "b.example", noon, facts("ads/1", FindingClass::advertising)),
                growth("192.0.2.3", "c.example", noon, facts("c2/1", FindingClass::known_c2_indicator))});
  const auto left = [&](std::int64_t days) {
    BOOST_REQUIRE(store.retire(noon + days * day_ns + second_ns, counts).has_value());
    std::string text;
    const auto document = list();
    for (const auto& finding : document["findings"]) text += finding["destination"].get<std::string>() + " ";
    return text;
  };
  BOOST_TEST(left(6) == "c.example b.example a.example ");
  BOOST_TEST(left(7) == "c.example a.example ");
  BOOST_TEST(left(89) == "c.example a.example ");
  // Seen again: its time begins anew.
  write(store, {growth("192.0.2.1", "a.example", noon + 80 * day_ns)});
  BOOST_TEST(left(91) == "a.example c.example ");
  BOOST_TEST(left(170) == "c.example ");
  BOOST_TEST(left(365).empty());
  BOOST_TEST(counts.retired == 3U);
  // Nothing is left of whose it was.
  SQLite::Database database{options.path, SQLite::OPEN_READONLY};
  for (const auto* table : {"device", "rule", "finding_day", "finding_note"})
    BOOST_TEST(database.execAndGet(std::string{"SELECT count(*) FROM "} + table).getInt() == 0);
}

BOOST_AUTO_TEST_CASE(people_say_what_they_make_of_it) {
  auto store = open();
  write(store, {growth("192.0.2.10", "a.example")});
  FindingChange change;
  change.state = "confirmed";
  change.owner = "anna";
  change.note = "seen on two phones\x1b[2J";
  change.author = "anna";
  const auto changed = store.change(1, change, noon);
  BOOST_REQUIRE(changed.has_value());
  BOOST_TEST(*changed);
  FindingChange second;
  second.ticket = "https://tickets.example/7";
  second.note = "asked the maker";
  second.author = "ben";
  BOOST_TEST(store.change(1, second, noon + second_ns).value());
  BOOST_TEST(!store.change(2, second, noon).value());
  write(store, {growth("192.0.2.10", "a.example", noon + day_ns)});  // what is found on does not undo it
  const auto finding = one("1");
  BOOST_TEST(finding["state"] == "confirmed");
  BOOST_TEST(finding["owner"] == "anna");
  BOOST_TEST(finding["ticket"] == "https://tickets.example/7");
  BOOST_TEST(finding["notes"] == json::parse(R"([
    {"time": "2026-11-21T12:00:00.000000+0000", "author": "anna", "text": "seen on two phones\u001b[2J"},
    {"time": "2026-11-21T12:00:01.000000+0000", "author": "ben", "text": "asked the maker"}])"));
  BOOST_TEST(list({.state = "confirmed"})["findings"].size() == 1U);
  BOOST_TEST(list({.state = "new"})["findings"].empty());
}

BOOST_AUTO_TEST_CASE(exceptions_hold_for_what_is_stored) {
  auto store = open();
  write(store, {growth("192.0.2.10", "a.example"), growth("192.0.2.11", "a.example")});
  auto elsewhere = growth("192.0.2.11", "a.example", noon + second_ns);
  elsewhere.remote = "203.0.113.1";
  elsewhere.vlan = 7;
  write(store, {elsewhere});
  const auto suppressed = [&](const RuleException& exception) {
    exceptions = {exception};
    std::string text;
    const auto document = list();
    for (const auto& finding : document["findings"])
      if (finding.contains("suppressed_by")) text += finding["device"]["address"].get<std::string>() + " ";
    return text;
  };
  RuleException exception;
  exception.id = "why";
  exception.action = ExceptionAction::suppress;
  exception.destination = "example";
  BOOST_TEST(suppressed(exception) == "192.0.2.11 192.0.2.10 ");
  exception.device = AddressRange{*Address::parse("192.0.2.10"), *Address::parse("192.0.2.10")};
  BOOST_TEST(suppressed(exception) == "192.0.2.10 ");
  exception.expires_ns = 1;
  BOOST_TEST(suppressed(exception).empty());
  // It was seen at two addresses and in two VLANs: neither is where it all was.
  RuleException place;
  place.action = ExceptionAction::suppress;
  place.destination_range = AddressRange{*Address::parse("198.51.100.0"), *Address::parse("198.51.100.255")};
  BOOST_TEST(suppressed(place) == "192.0.2.10 ");
  RuleException vlan;
  vlan.action = ExceptionAction::suppress;
  vlan.vlan = 0;
  BOOST_TEST(suppressed(vlan) == "192.0.2.10 ");
  exception.action = ExceptionAction::permit;
  exception.expires_ns = 0;
  BOOST_TEST(suppressed(exception).empty());
}

BOOST_AUTO_TEST_SUITE_END()
