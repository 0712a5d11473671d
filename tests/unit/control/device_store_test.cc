// The inventory on disk, and a store of the version before.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "control/store/store_desk.hh"
#include "tests/unit/stored_findings.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// What version 1 made, as it stood then.
constexpr const char* version_1 = R"(
-- A device is its address until more is known of it; what others see of it is the surrogate.
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  surrogate TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL UNIQUE
) STRICT;

-- What was known of a rule when it last found something.
CREATE TABLE rule (
  number INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL UNIQUE,
  class TEXT NOT NULL,
  recipient TEXT NOT NULL,
  role TEXT NOT NULL,
  confidence TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE finding (
  number INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device,
  rule INTEGER NOT NULL REFERENCES rule,
  destination TEXT NOT NULL,    -- empty: those beyond the bound of one device and rule
  class TEXT NOT NULL,          -- of the rule, when it was last found
  vlan INTEGER,                 -- outermost, 0: none; null: it was seen in several
  remote TEXT,                  -- the other end's address; null: several, or none is meant
  is_inside INTEGER NOT NULL,   -- 1: the configuration says that the device is on the inside
  stage INTEGER NOT NULL,       -- the furthest
  confidence TEXT NOT NULL,
  lowered TEXT NOT NULL,
  severity INTEGER NOT NULL,    -- 1 (most severe) to 4
  count INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  would_block INTEGER NOT NULL,
  evidence INTEGER NOT NULL,    -- records that were asked for
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  ruleset TEXT NOT NULL,        -- digest, of the last
  state TEXT NOT NULL DEFAULT 'new',
  owner TEXT NOT NULL DEFAULT '',
  ticket TEXT NOT NULL DEFAULT '',
  UNIQUE (device, rule, destination)
) STRICT;
CREATE INDEX finding_by_last ON finding (last, number);
CREATE INDEX finding_by_device ON finding (device, last, number);
CREATE INDEX finding_by_rule ON finding (rule, last, number);
CREATE INDEX finding_by_class ON finding (class, last, number);
CREATE INDEX finding_by_state ON finding (state, last, number);

-- One day of a finding: what the finding_id of events names.
CREATE TABLE finding_day (
  finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
  day TEXT NOT NULL,            -- UTC
  finding_id TEXT NOT NULL,
  count INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (finding, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_day_by_id ON finding_day (finding_id);

CREATE TABLE finding_note (
  number INTEGER PRIMARY KEY,
  finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
  time INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX finding_note_by_finding ON finding_note (finding, number);
PRAGMA application_id = 1936487785;
PRAGMA user_version = 1;
)";

constexpr const char* first_id = "11111111-1111-4111-8111-111111111111";
constexpr const char* second_id = "22222222-2222-4222-8222-222222222222";

Device device(const char* id, std::int64_t last_ns = noon) {
  Device made;
  made.id = Uuid::parse(id).value();
  made.place = DevicePlace{*Address::parse("192.0.2.10"), 7};
  made.name = "Anna's";
  made.group = "press";
  made.links.push_back({LinkKind::push_id, {1, 2, 3}, true, noon, last_ns, {9, 8, 7}});
  made.votes.push_back(
      {{FactKind::push_model, "Xiaomi", "Redmi Note 9S", "", "", 90, "xiaomi-push"}, 3, noon, last_ns});
  made.systems = 1;
  made.distance = 2;
  made.first_ns = noon;
  made.last_ns = last_ns;
  made.judge();
  return made;
}

void keep(FindingStore& store, const Inventory::Changes& changes) {
  const auto done = store.write(changes);
  BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? std::string{} : done.error().reason));
}

FindingGrowth of(const char* id, const char* destination) {
  auto grown = growth("192.0.2.10", destination);
  grown.device_id = id;
  return grown;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(device_store, Stored)

BOOST_AUTO_TEST_CASE(a_device_comes_back_as_it_was) {
  auto store = open();
  const auto made = device(first_id);
  keep(store, {{made}, {}});
  keep(store, {{made}, {}});  // once more is no second one
  const auto read = store.devices();
  BOOST_REQUIRE(read.has_value());
  BOOST_REQUIRE(read->size() == 1U);
  const auto& one = read->front();
  BOOST_TEST((one.id == made.id));
  BOOST_TEST((one.place == made.place));
  BOOST_TEST(one.name == "Anna's");
  BOOST_TEST(one.group == "press");
  BOOST_TEST(one.first_ns == noon);
  BOOST_TEST(one.systems == 1);
  BOOST_TEST(one.distance == 2);
  BOOST_REQUIRE(one.links.size() == 1U);
  BOOST_TEST((one.links[0].kind == LinkKind::push_id));
  BOOST_TEST((one.links[0].digest == made.links[0].digest));
  BOOST_TEST((one.links[0].sealed == made.links[0].sealed));
  BOOST_TEST(one.links[0].is_random);
  BOOST_REQUIRE(one.votes.size() == 1U);
  BOOST_TEST((one.votes[0].vote == made.votes[0].vote));
  BOOST_TEST(one.votes[0].count == 3U);
}

BOOST_AUTO_TEST_CASE(an_identifier_that_was_taken_away_is_gone) {
  auto store = open();
  auto made = device(first_id);
  made.links.push_back({LinkKind::host_name, {4}, false, noon, noon, {1}});
  keep(store, {{made}, {}});
  made.links.erase(made.links.begin());
  keep(store, {{made}, {}});
  BOOST_REQUIRE(store.devices()->front().links.size() == 1U);
  BOOST_TEST((store.devices()->front().links[0].kind == LinkKind::host_name));
}

BOOST_AUTO_TEST_CASE(findings_name_what_their_device_is) {
  auto store = open();
  write(store, {of(first_id, "a.example")});
  keep(store, {{device(first_id)}, {}});
  const auto found = list({.device = first_id})["findings"];
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0]["device"]["id"] == first_id);
  BOOST_TEST(found[0]["device"]["name"] == "Anna's");
  BOOST_TEST(found[0]["device"]["vendor"] == "Xiaomi");
  BOOST_TEST(found[0]["device"]["model"] == "Redmi Note 9S");
}

BOOST_AUTO_TEST_CASE(of_one_of_several_devices_nobody_says_what_it_is) {
  auto store = open();
  write(store, {of(first_id, "a.example")});
  auto made = device(first_id);
  made.systems = 3;
  keep(store, {{made}, {}});
  const auto found = list()["findings"][0]["device"];
  BOOST_TEST(found["certainty"] == "one-of-several");
  BOOST_TEST(found["name"] == "Anna's");
  BOOST_TEST(!found.contains("vendor"));
  BOOST_TEST(!found.contains("model"));
}

BOOST_AUTO_TEST_CASE(findings_of_two_devices_that_are_one_become_one) {
  auto store = open();
  auto later = of(second_id, "a.example");
  later.first_ns = later.last_ns = noon + day_ns;
  later.day = "2026-11-22";
  write(store, {of(first_id, "a.example"), of(first_id, "b.example"), of(second_id, "c.example"), later,
                of(second_id, "a.example")});
  FindingQuery last;
  last.device = second_id;
  last.limit = 1;
  const auto number = list(last)["findings"][0]["number"].get<std::int64_t>();
  BOOST_REQUIRE(store.change(number, {{}, {}, {}, "a note", "anna"}, noon).has_value());
  const auto gone = Uuid::parse(second_id).value();
  const auto into = Uuid::parse(first_id).value();
  keep(store, {{}, {{gone, into}}});
  const auto found = list()["findings"];
  BOOST_REQUIRE(found.size() == 3U);  // a, b, c
  BOOST_TEST(found[0]["destination"] == "a.example");
  BOOST_TEST(found[0]["count"] == 3);
  const auto whole = one(std::to_string(found[0]["number"].get<std::int64_t>()));
  BOOST_REQUIRE(whole["days"].size() == 2U);
  BOOST_TEST(whole["days"][0]["count"] == 2);
  BOOST_TEST(whole["days"][1]["count"] == 1);
  BOOST_TEST(whole["notes"].size() == 1U);
  for (const auto& one : found) BOOST_TEST(one["device"]["id"] == first_id);
  // By its old id too, and what was on its way then.
  BOOST_TEST(list({.device = second_id})["findings"].size() == 3U);
  write(store, {of(second_id, "d.example")});
  BOOST_TEST(list({.device = first_id})["findings"].size() == 4U);
  BOOST_TEST(integrity() == "ok");
}

BOOST_AUTO_TEST_CASE(devices_without_name_and_findings_are_over_in_time) {
  auto store = open();
  auto unnamed = device(first_id);
  unnamed.name.clear();
  keep(store, {{unnamed, device(second_id)}, {}});
  BOOST_REQUIRE(store.retire(noon + 91 * day_ns, counts).has_value());
  const auto left = store.devices();
  BOOST_REQUIRE(left->size() == 1U);
  BOOST_TEST((left->front().id == Uuid::parse(second_id).value()));
}

BOOST_AUTO_TEST_CASE(a_store_of_version_1_is_brought_up_to_date) {
  std::filesystem::create_directories(std::filesystem::path{options.path}.parent_path());
  {
    SQLite::Database old{options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    old.exec(version_1);
    old.exec(
        "INSERT INTO device VALUES (5, '11111111-1111-4111-8111-111111111111', '192.0.2.10');"
        "INSERT INTO rule VALUES (1, 'phones/1', 'telemetry', 'Example Phones', 'phone-maker', 'high', 'a paper');"
        "INSERT INTO finding VALUES (9, 5, 1, 'a.example', 'telemetry', 0, NULL, 1, 4, 'high', '', 3, 12, 1, 0, 0, "
        "1795262400000000000, 1795262460000000000, '00ff', 'triaged', 'anna', '');"
        "INSERT INTO finding_day VALUES (9, '2026-11-21', 'an id', 12, 1, 1795262400000000000, 1795262460000000000);"
        "INSERT INTO finding_note VALUES (1, 9, 1795262400000000000, 'anna', 'seen');");
  }
  auto store = open();
  const auto found = one("9");
  BOOST_TEST(found["device"]["id"] == first_id);
  BOOST_TEST(found["device"]["address"] == "192.0.2.10");
  BOOST_TEST(found["count"] == 12);
  BOOST_TEST(found["state"] == "triaged");
  BOOST_TEST(found["days"].size() == 1U);
  BOOST_TEST(found["notes"].size() == 1U);
  const auto devices = store.devices();
  BOOST_REQUIRE(devices->size() == 1U);
  BOOST_TEST(devices->front().last_ns == 1795262460000000000);
  BOOST_TEST(integrity() == "ok");
  SQLite::Database now{options.path, SQLite::OPEN_READONLY};
  BOOST_TEST(now.execAndGet("PRAGMA user_version").getInt() == 2);
  BOOST_TEST(now.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt() == 0);
  // A new finding of the same device is of it.
  write(store, {of(first_id, "b.example")});
  BOOST_TEST(list({.device = "192.0.2.10"})["findings"].size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
