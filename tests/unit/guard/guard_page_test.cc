#include "dataplane/exchange/guard_page.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

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

BOOST_AUTO_TEST_CASE(a_reading_is_a_copy_and_nothing_where_it_makes_no_sense) {
  const auto file = path + "/guard";
  BOOST_TEST(!read_guard_page(file).has_value());
  const auto made = GuardFile::make(file);
  BOOST_REQUIRE(made.has_value());
  auto& page = made->page();
  page.holder = WireHolder::guard;
  page.reason = TakeoverReason::ordered;
  page.since_ns = 1'795'235'787'000'000'000;
  page.takeovers = 3;
  page.looks = 1'000;
  page.order = BypassOrder::on;
  page.order_user = 1'001;
  const auto read = read_guard_page(file);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->holder == WireHolder::guard && read->reason == TakeoverReason::ordered));
  BOOST_TEST(read->since_ns == 1'795'235'787'000'000'000);
  BOOST_TEST(read->takeovers == 3U);
  BOOST_TEST(read->looks == 1'000U);
  BOOST_TEST((read->order == BypassOrder::on && read->order_user == 1'001));
  for (const auto& spoil : std::vector<std::function<void()>>{
           [&] { page.holder = static_cast<WireHolder>(3); }, [&] { page.reason = static_cast<TakeoverReason>(5); },
           [&] { page.order = static_cast<BypassOrder>(3); }, [&] { page.version = guard_version - 1; }}) {
    spoil();
    BOOST_TEST(!read_guard_page(file).has_value());
    page.holder = WireHolder::guard;
    page.reason = TakeoverReason::ordered;
    page.order = BypassOrder::on;
    BOOST_TEST(read_guard_page(file).has_value() == (page.version == guard_version));
  }
}

BOOST_AUTO_TEST_CASE(orders_are_three_words) {
  for (const auto order : {BypassOrder::automatic, BypassOrder::on, BypassOrder::off})
    BOOST_TEST((bypass_order(text_of(order)) == order));
  for (const auto* const none : {"", "On", "on ", "offf", "automatic"}) BOOST_TEST(!bypass_order(none).has_value());
  BOOST_TEST(!bypass_order(std::string_view{"on\0", 3}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
