#include "dataplane/exchange/guard_page.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_FIXTURE_TEST_SUITE(guard_page, TemporaryFolder)

BOOST_AUTO_TEST_CASE(a_guard_makes_it_and_the_next_one_finds_what_it_held) {
  const auto file = path + "/run/guard";
  BOOST_TEST(!GuardFile::find(file).has_value());
  {
    auto made = GuardFile::make(file);
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error()));
    BOOST_TEST(made->page().epoch.load() == 0U);
    made->page().epoch = 3;
    const auto found = GuardFile::find(file);
    BOOST_REQUIRE(found.has_value());
    WireEpoch epoch;
    BOOST_TEST(epoch.now() == 0U);
    epoch.follow(found->page());
    BOOST_TEST(epoch.now() == 3U);
    made->page().epoch = 4;
    BOOST_TEST(epoch.now() == 4U);
    // One guard at a time.
    const auto second = GuardFile::make(file);
    BOOST_TEST((!second && second.error().find("another sluice-guard") != std::string::npos));
  }
  const auto next = GuardFile::make(file);
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST(next->page().epoch.load() == 4U);
}

BOOST_AUTO_TEST_CASE(what_is_no_page_is_not_followed) {
  const auto file = path + "/guard";
  std::ofstream{file} << "short";
  BOOST_TEST(!GuardFile::find(file).has_value());
  std::ofstream{file} << std::string(shared_page, 'x');
  BOOST_TEST(!GuardFile::find(file).has_value());
  // A guard makes one of it, with nothing of what stood there.
  const auto made = GuardFile::make(file);
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->page().epoch.load() == 0U);
  BOOST_TEST(GuardFile::find(file).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
