#include "rules/databases/database_cache.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include "rules/databases/hyperscan_platform.hh"

using namespace sluice;

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t roomy = 1 << 20;

struct Folder {
  Folder() {
    auto name = (fs::temp_directory_path() / "sluice-cache-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    cache = path + "/deep/cache";
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator{cache}) found.push_back(entry.path());
    return found;
  }
  std::string path;
  std::string cache;  // not there yet
};

std::string patterns(char digit) { return std::string(64, digit); }

Databases databases(char digit, std::size_t size = 1000) {
  Databases made;
  made.prefilter_digest = patterns(digit);
  made.platform = hyperscan_platform();
  made.by_buffer[0].assign(size, static_cast<std::uint8_t>(digit));
  return made;
}

void age(const fs::path& path, std::chrono::hours by) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - by);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(database_cache, Folder)

BOOST_AUTO_TEST_CASE(what_was_stored_is_found_by_another_process) {
  DatabaseCache first{cache + "//", roomy};
  BOOST_TEST(!first.find(patterns('1')).has_value());
  BOOST_TEST(!fs::exists(cache));
  first.store(databases('1'));
  BOOST_TEST(first.failure() == "");
  DatabaseCache second{cache, roomy};
  const auto found = second.find(patterns('1'));
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->by_buffer == databases('1').by_buffer));
  BOOST_TEST(second.counters().hits == 1U);
  BOOST_TEST(first.counters().misses == 1U);
  BOOST_TEST(first.counters().stored == 1U);
  struct stat status {};
  BOOST_REQUIRE(::stat(cache.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0700U);
  BOOST_REQUIRE(entries().size() == 1U);
  BOOST_REQUIRE(::stat(entries()[0].c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0600U);
}

BOOST_AUTO_TEST_CASE(other_patterns_or_another_platform_are_not_found) {
  DatabaseCache opened{cache, roomy};
  opened.store(databases('1'));
  auto elsewhere = databases('2');
  elsewhere.platform = "5.4.0 of another CPU";
  opened.store(elsewhere);
  BOOST_TEST(opened.find(patterns('1')).has_value());
  BOOST_TEST(!opened.find(patterns('2')).has_value());
  BOOST_TEST(!opened.find(patterns('3')).has_value());
  BOOST_TEST(!opened.find("../1").has_value());
  BOOST_TEST(opened.counters().damaged == 0U);
  BOOST_TEST(entries().size() == 2U);
}

BOOST_AUTO_TEST_CASE(damaged_entries_are_removed_counted_and_can_be_stored_again) {
  DatabaseCache opened{cache, roomy};
  const auto damage = [&](auto how) {
    opened.store(databases('1'));
    BOOST_REQUIRE(entries().size() == 1U);
    how(entries()[0]);
    const auto before = opened.counters().damaged;
    BOOST_TEST(!opened.find(patterns('1')).has_value());
    BOOST_TEST(opened.counters().damaged == before + 1);
    BOOST_TEST(entries().empty());
  };
  damage([](const fs::path& file) { fs::resize_file(file, 500); });
  damage([](const fs::path& file) { fs::resize_file(file, 0); });
  damage([](const fs::path& file) { std::ofstream{file, std::ios::app} << "x"; });
  damage([](const fs::path& file) {
    std::fstream open{file, std::ios::in | std::ios::out | std::ios::binary};
    open.seekp(700);
    open << "x";
  });
  // What somebody else might have put there: a link, a pipe that would block, an entry of other patterns.
  damage([this](const fs::path& file) {
    fs::rename(file, path + "/elsewhere");
    fs::create_symlink(path + "/elsewhere", file);
  });
  damage([](const fs::path& file) {
    fs::remove(file);
    BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  });
  damage([](const fs::path& file) { fs::permissions(file, fs::perms::group_write, fs::perm_options::add); });
  damage([](const fs::path& file) {
    const auto bytes = write_databases(databases('2'));
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                                static_cast<std::streamsize>(bytes.size()));
  });
  opened.store(databases('1'));
  BOOST_TEST(opened.find(patterns('1')).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_used_longest_ago_goes_first) {
  DatabaseCache opened{cache, 5200};
  // 1.6 kB each with what is around the databases. Each is an hour younger than the one before.
  std::set<fs::path> known;
  for (const char digit : {'1', '2', '3'}) {
    opened.store(databases(digit, 900));
    for (const auto& entry : entries())
      if (known.insert(entry).second) age(entry, std::chrono::hours{'9' - digit});
  }
  BOOST_TEST(known.size() == 3U);
  BOOST_TEST(opened.counters().evicted == 0U);
  BOOST_TEST(opened.find(patterns('1')).has_value());  // used now
  opened.store(databases('4', 900));
  BOOST_TEST(opened.counters().evicted == 1U);
  BOOST_TEST(!opened.find(patterns('2')).has_value());
  for (const char digit : {'1', '3', '4'}) BOOST_TEST(opened.find(patterns(digit)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_the_cache_is_not_kept) {
  DatabaseCache opened{cache, 4000};
  opened.store(databases('1', 900));
  opened.store(databases('2', 4000));
  BOOST_TEST(opened.counters().unstored == 1U);
  BOOST_TEST(opened.failure().find("the limit of the cache is 4000") != std::string::npos, opened.failure());
  BOOST_TEST(opened.find(patterns('1')).has_value());
}

BOOST_AUTO_TEST_CASE(what_a_dead_process_left_behind_is_removed) {
  DatabaseCache opened{cache, roomy};
  opened.store(databases('1'));
  std::ofstream{cache + "/unfinished-old"} << "x";
  std::ofstream{cache + "/unfinished-live"} << "x";
  std::ofstream{cache + "/somebody-elses"} << "x";
  age(cache + "/unfinished-old", std::chrono::hours{2});
  opened.store(databases('2'));
  BOOST_TEST(!fs::exists(cache + "/unfinished-old"));
  BOOST_TEST(fs::exists(cache + "/unfinished-live"));
  BOOST_TEST(fs::exists(cache + "/somebody-elses"));
}

BOOST_AUTO_TEST_CASE(a_directory_that_others_may_write_to_is_not_used) {
  DatabaseCache opened{cache, roomy};
  opened.store(databases('1'));
  fs::permissions(cache, fs::perms::all);
  BOOST_TEST(!opened.find(patterns('1')).has_value());
  opened.store(databases('2'));
  BOOST_TEST(opened.counters().unstored == 1U);
  BOOST_TEST(opened.failure().find("may write to it") != std::string::npos, opened.failure());
  BOOST_TEST(entries().size() == 1U);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_kept_nothing_breaks) {
  std::ofstream{path + "/file"} << "x";
  for (const std::string& place : {path + "/file", path + "/file/cache", std::string{"/proc/sluice"}}) {
    DatabaseCache opened{place, roomy};
    opened.store(databases('1'));
    BOOST_TEST(opened.counters().unstored == 1U, place);
    BOOST_TEST(opened.failure().find(place + ": ") == 0U, opened.failure());
    BOOST_TEST(!opened.find(patterns('1')).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
