#include "control/store/store_desk.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/event_record.hh"
#include "tests/unit/scratch_folder.hh"

using namespace sluice;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{5};

struct Desk {
  ScratchFolder scratch;
  std::string path = scratch.file("state/store.db");
  mutable Inventory inventory{IdentifierKey{{}}, VendorTable::shipped(), nullptr};

  [[nodiscard]] std::unique_ptr<StoreDesk> open() const {
    return std::make_unique<StoreDesk>(StoreOptions{path, "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", 64 << 20, 90, {}},
                                       inventory);
  }
  static void note(StoreDesk& desk, const std::string& name) {
    Finding found;
    found.rule = std::make_shared<const RuleFacts>(telemetry_row());
    found.device = address("192.0.2.10");
    found.time = Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
    found.stage = Stage::name_in_handshake;
    found.matched_field = Field::tls_sni;
    found.matched_value = name;
    desk.note(found, "00ff", false);
  }
  static std::size_t size(StoreDesk& desk) {
    const auto found = desk.list({.limit = 1000});
    BOOST_REQUIRE_MESSAGE(found.has_value(), (found ? std::string{} : found.error()));
    return (*found)["findings"].size();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_desk, Desk)

BOOST_AUTO_TEST_CASE(what_is_noted_is_stored_and_found_again_after_the_end) {
  auto desk = open();
  BOOST_TEST(size(*desk) == 0U);
  note(*desk, "a.example");
  note(*desk, "a.example");
  note(*desk, "b.example");
  desk->settle(patience);
  BOOST_TEST(size(*desk) == 2U);
  BOOST_TEST(desk->status().counts.written == 3U);
  BOOST_TEST(desk->status().unwritten == 0U);
  note(*desk, "c.example");
  desk.reset();  // writes what waits
  desk = open();
  BOOST_TEST(desk->status().counts.findings == 3U);  // before anything is written
  BOOST_TEST(desk->status().counts.bytes == fs::file_size(path));
  BOOST_TEST(size(*desk) == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_changed_shows_at_once) {
  const auto desk = open();
  note(*desk, "a.example");
  desk->settle(patience);
  FindingChange change;
  change.state = "triaged";
  change.author = "anna";
  const auto changed = desk->change("1", change);
  BOOST_REQUIRE(changed.has_value());
  BOOST_TEST((*changed)["state"] == "triaged");
  const auto id = (*changed)["days"][0]["finding_id"].get<std::string>();
  change.state = "closed";
  BOOST_TEST((*desk->change(id, change))["state"] == "closed");
  BOOST_TEST(desk->change("77", change)->is_null());
  BOOST_TEST(desk->one("77")->is_null());
}

// As a disk that comes late.
BOOST_AUTO_TEST_CASE(without_a_disk_findings_wait_in_memory_and_it_is_said) {
  std::ofstream{scratch.file("state")} << "no folder";
  auto desk = open();
  BOOST_TEST(desk->status().complaint.find(path) != std::string::npos);
  note(*desk, "a.example");
  note(*desk, "b.example");
  desk->settle(std::chrono::milliseconds{300});
  BOOST_TEST(desk->status().unwritten == 2U);
  BOOST_TEST(!desk->list({}).has_value());
  BOOST_TEST(!desk->change("1", {}).has_value());
  fs::remove(scratch.path / "state");
  desk.reset();  // the end tries once more, whenever it comes
  desk = open();
  BOOST_TEST(desk->status().complaint.empty());
  BOOST_TEST(size(*desk) == 2U);
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_put_aside_and_begun_anew) {
  fs::create_directories(scratch.path / "state");
  std::ofstream{path} << std::string(8192, 'x');
  const auto desk = open();
  BOOST_TEST(desk->status().complaint.empty());
  note(*desk, "a.example");
  desk->settle(patience);
  BOOST_TEST(size(*desk) == 1U);
  BOOST_TEST(fs::file_size(path + ".damaged") == 8192U);
}

BOOST_AUTO_TEST_CASE(a_damaged_store_that_cannot_be_moved_is_said_and_left_alone) {
  fs::create_directories(path + ".damaged/in-the-way");
  std::ofstream{path} << std::string(8192, 'x');
  const auto desk = open();
  BOOST_TEST(desk->status().complaint.find("not a database") != std::string::npos);
  note(*desk, "a.example");
  desk->settle(std::chrono::milliseconds{300});
  BOOST_TEST(desk->status().unwritten == 1U);
  BOOST_TEST(fs::file_size(path) == 8192U);
}

// Damaged while it is open: pages that a transaction reads are not what it left there.
BOOST_AUTO_TEST_CASE(a_store_that_is_damaged_under_it_is_put_aside_and_nothing_new_is_lost) {
  const auto desk = open();
  for (int i = 0; i < 500; ++i) note(*desk, std::to_string(i) + ".example");
  desk->settle(patience);
  BOOST_TEST(size(*desk) == 500U);
  {
    SQLite::Database other{path, SQLite::OPEN_READWRITE};
    other.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto bytes = fs::file_size(path);
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(100);
  file << std::string(bytes - 100, '\x5a');
  file.close();
  { SQLite::Database{path, SQLite::OPEN_READWRITE, 1000}; }
  note(*desk, "new.example");
  for (int i = 0; i < 30 && desk->status().unwritten > 0; ++i) desk->settle(std::chrono::milliseconds{500});
  BOOST_TEST(desk->status().unwritten == 0U);
  BOOST_TEST(fs::exists(path + ".damaged"));
  BOOST_TEST(size(*desk) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
