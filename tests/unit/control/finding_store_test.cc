#include "control/store/finding_store.hh"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "control/store/finding_reader.hh"
#include "tests/unit/scratch_folder.hh"

using namespace sluice;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ns = 86'400 * second_ns;
constexpr std::int64_t noon = 1'795'262'400 * second_ns;  // 2026-11-21T12:00Z

std::shared_ptr<const RuleFacts> facts(const char* rule_id, FindingClass finding_class = FindingClass::telemetry) {
  RuleFacts rule;
  rule.rule_id = rule_id;
  rule.finding_class = finding_class;
  rule.confidence = Confidence::high;
  rule.recipient = "Example Phones";
  rule.role = "phone-maker";
  rule.source = "a paper";
  return std::make_shared<const RuleFacts>(rule);
}

FindingGrowth growth(const std::string& device, const std::string& destination, std::int64_t at_ns = noon,
                     const std::shared_ptr<const RuleFacts>& rule = facts("phones/1")) {
  FindingGrowth grown;
  grown.device = device;
  grown.rule_id = rule->rule_id;
  grown.destination = destination;
  grown.day = at_ns < noon + day_ns / 2 ? "2026-11-21" : "2026-11-22";
  grown.finding_id = "id of " + device + " " + destination + " " + grown.day;
  grown.rule = rule;
  grown.is_inside = true;
  grown.vlan = 0;
  grown.remote = "198.51.100.7";
  grown.stage = Stage::name_in_handshake;
  grown.confidence = Confidence::high;
  grown.count = 1;
  grown.first_ns = grown.last_ns = at_ns;
  grown.ruleset = "00ff";
  return grown;
}

struct Stored {
  ScratchFolder scratch;
  StoreOptions options{scratch.file("state/store.db"), "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", 64 << 20, 90, {}};
  StoreCounts counts;
  ExceptionList exceptions;

  [[nodiscard]] FindingStore open() const {
    auto store = FindingStore::open(options);
    BOOST_REQUIRE_MESSAGE(store.has_value(), (store ? std::string{} : store.error().reason));
    return std::move(*store);
  }
  void write(FindingStore& store, const std::vector<FindingGrowth>& grown) {
    const auto done = store.write(grown, counts);
    BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? std::string{} : done.error().reason));
  }
  [[nodiscard]] json list(const FindingQuery& query = {}) const {
    auto reader = FindingReader::open(options.path);
    BOOST_REQUIRE_MESSAGE(reader.has_value(), (reader ? std::string{} : reader.error().reason));
    const auto found = reader->list(query, exceptions);
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found ? std::string{} : found.error().reason));
    return json::parse(found->dump());
  }
  [[nodiscard]] json one(const std::string& id) const {
    auto reader = FindingReader::open(options.path);
    BOOST_REQUIRE(reader.has_value());
    const auto found = reader->one(id, exceptions);
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found ? std::string{} : found.error().reason));
    return json::parse(found->dump());
  }
  // What SQLite's own look at the whole file says.
  [[nodiscard]] std::string integrity() const {
    return SQLite::Database{options.path, SQLite::OPEN_READONLY}.execAndGet("PRAGMA integrity_check").getString();
  }
};

}  // namespace

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
  BOOST_TEST(id.size() == 36U);
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

BOOST_AUTO_TEST_CASE(another_database_a_later_one_and_a_damaged_one_are_told_apart) {
  const auto fault = [&](const char* part) {
    const auto store = FindingStore::open(options);
    BOOST_REQUIRE(!store.has_value());
    BOOST_TEST(store.error().reason.find(options.path) != std::string::npos);
    BOOST_TEST(store.error().reason.find(part) != std::string::npos, store.error().reason);
    return store.error().fault;
  };
  fs::create_directories(scratch.path / "state");
  SQLite::Database{options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec("CREATE TABLE other (x)");
  BOOST_TEST((fault("another program") == StoreFault::unreachable));
  fs::remove(options.path);
  static_cast<void>(open());
  SQLite::Database{options.path, SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 99");
  BOOST_TEST((fault("a later Sluice") == StoreFault::later));
  fs::remove(options.path);
  std::ofstream{options.path} << std::string(8192, 'x');
  BOOST_TEST((fault("not a database") == StoreFault::damaged));
  fs::remove(options.path);
  fs::create_symlink("/etc/passwd", options.path);
  BOOST_TEST((fault("symbolic") == StoreFault::unreachable));
}

// A transaction that cannot be finished, as on a full disk, leaves the store as it was, and the store goes on when
// there is room again.
BOOST_AUTO_TEST_CASE(a_disk_that_fills_up_loses_nothing_that_was_stored) {
  auto store = open();
  write(store, {growth("192.0.2.10", "a.example")});
  const auto before = counts;
  const auto limited = [&](rlim_t bytes) {
    // Of one process alone, which is why it happens in a child.
    const auto child = ::fork();
    if (child == 0) {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{bytes, bytes};
      if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(9);
      auto own = FindingStore::open(options);
      if (!own) ::_exit(8);
      std::vector<FindingGrowth> all;
      for (int i = 0; i < 900; ++i) all.push_back(growth("192.0.2.10", std::to_string(i) + ".example"));
      const auto done = own->write(all, counts);
      ::_exit(done ? 0 : done.error().fault == StoreFault::unreachable ? 1 : 2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  BOOST_TEST(limited(200'000) == 1);
  BOOST_TEST(integrity() == "ok");
  BOOST_TEST(list()["findings"].size() == 1U);
  BOOST_TEST(limited(RLIM_INFINITY) == 0);
  BOOST_TEST(list({.limit = 1000})["findings"].size() == 901U);
  BOOST_TEST(before.findings == 1U);
}

// Killed at any moment, it has all that it said was written.
BOOST_AUTO_TEST_CASE(a_kill_takes_nothing_that_was_written) {
  static_cast<void>(open());
  std::uint64_t told = 0;
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
      auto store = FindingStore::open(options);
      if (!store) ::_exit(1);
      for (std::uint32_t i = 0;; ++i) {
        std::vector<FindingGrowth> all;
        for (std::uint32_t j = 0; j < 7; ++j)
          all.push_back(growth("192.0.2." + std::to_string(i % 200), std::to_string(j) + ".example"));
        if (!store->write(all, counts)) ::_exit(2);
        if (::write(ends[1], "x", 1) != 1) ::_exit(3);  // seven are written
      }
    }
    ::close(ends[1]);
    std::this_thread::sleep_for(std::chrono::milliseconds{20 + (round * 37) % 90});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFSIGNALED(status));
    char chunk[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;)
      told += 7 * static_cast<std::uint64_t>(got);
    ::close(ends[0]);
    auto store = open();
    BOOST_TEST(integrity() == "ok");
    const auto stored = static_cast<std::uint64_t>(
        SQLite::Database{options.path, SQLite::OPEN_READONLY}.execAndGet("SELECT sum(count) FROM finding").getInt64());
    BOOST_TEST(stored >= told);
    BOOST_TEST(stored <= told + 7 * static_cast<std::uint64_t>(round + 1));  // what was not told any more
  }
  BOOST_TEST(told > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
