#include "control/eve/eve_log.hh"

#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Log : TemporaryFolder {
  std::string file = path + "/log/eve.json";
  EveLog::Clock::time_point now = EveLog::Clock::now();

  EveLogOptions options(std::uint64_t rotate = 1'000, std::uint32_t keep = 2) const { return {file, rotate, keep}; }
};

// No file may grow beyond this while it lives: what a full disk does (ENOSPC) but for the number of the error.
struct SizeLimit {
  explicit SizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_eve_log, Log)

BOOST_AUTO_TEST_CASE(lines_arrive_in_a_file_for_its_group) {
  EveLog log{options()};
  log.write("{\"a\":1}", now);
  log.write("{\"a\":2}", now);
  log.flush(now);
  BOOST_TEST(text_file(file) == "{\"a\":1}\n{\"a\":2}\n");
  BOOST_TEST(log.written() == 2U);
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777U & ~0640U) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_continued) {
  std::filesystem::create_directory(path + "/log");
  write_text(file, "before\n");
  {
    EveLog log{options()};
    log.write("after", now);
  }  // the end writes what waits
  BOOST_TEST(text_file(file) == "before\nafter\n");
}

BOOST_AUTO_TEST_CASE(files_rotate_at_their_size_and_the_oldest_go) {
  EveLog log{options(1'000, 2)};
  const std::string line(99, 'x');
  for (int i = 0; i < 35; ++i) log.write(line, now);
  log.flush(now);
  BOOST_TEST(log.rotations() == 3U);
  BOOST_TEST(log.lost() == 0U);
  BOOST_TEST(std::filesystem::file_size(file + ".1") <= 1'000U);
  BOOST_TEST(std::filesystem::file_size(file + ".1") > 800U);
  BOOST_TEST(std::filesystem::exists(file + ".2"));
  BOOST_TEST(!std::filesystem::exists(file + ".3"));
  BOOST_TEST(text_file(file + ".2").size() % 100 == 0U);  // whole lines
}

BOOST_AUTO_TEST_CASE(keeping_none_starts_over) {
  EveLog log{options(1'000, 0)};
  for (int i = 0; i < 25; ++i) log.write(std::string(99, 'x'), now);
  log.flush(now);
  BOOST_TEST(std::filesystem::file_size(file) <= 1'000U);
  BOOST_TEST(!std::filesystem::exists(file + ".1"));
  BOOST_TEST(log.written() == 25U);
}

BOOST_AUTO_TEST_CASE(reopened_after_somebody_moved_it) {
  EveLog log{options()};
  log.write("one", now);
  log.flush(now);
  std::filesystem::rename(file, file + ".moved");
  log.write("two", now);
  log.reopen(now);
  log.write("three", now);
  log.flush(now);
  BOOST_TEST(text_file(file + ".moved") == "one\ntwo\n");
  BOOST_TEST(text_file(file) == "three\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_counted_lines_and_never_half_a_line) {
  EveLog log{options(1'000'000, 2)};
  const std::string line(999, 'x');
  {
    const SizeLimit limit{2'500};
    log.write(line, now);
    log.write(line, now);
    log.flush(now);
    log.write(line, now);
    log.flush(now);
    BOOST_TEST(log.is_failing());
    BOOST_TEST(std::filesystem::file_size(file) == 2'000U);
    for (int i = 0; i < 400; ++i) log.write(line, now);
    BOOST_TEST(log.lost() > 0U);
  }
  log.flush(now);  // too early to try again
  BOOST_TEST(log.is_failing());
  log.flush(now + EveLog::retry_interval);
  BOOST_TEST(!log.is_failing());
  BOOST_TEST(log.written() + log.lost() == 403U);
  BOOST_TEST(text_file(file).size() == log.written() * 1'000);
}

BOOST_AUTO_TEST_CASE(no_path_writes_nothing) {
  EveLog log{EveLogOptions{}};
  log.write("line", now);
  log.flush(now);
  log.reopen(now);
  BOOST_TEST(log.written() == 0U);
  BOOST_TEST(!log.is_failing());
}

BOOST_AUTO_TEST_SUITE_END()
