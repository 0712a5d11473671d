// What a store meets beside findings: other files in its place, full disks, kills.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "control/store/finding_store.hh"
#include "tests/unit/stored_findings.hh"

using namespace sluice;
using namespace sluice::test;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(store_faults, Stored)

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
  const auto reader = FindingReader::open(options.path);
  BOOST_REQUIRE(!reader.has_value());
  BOOST_TEST((reader.error().fault == StoreFault::later));
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
