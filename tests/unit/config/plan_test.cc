#include "config/plan.hh"

#include <boost/test/unit_test.hpp>

#include "config/configuration.hh"

using namespace sluice::config;

namespace {

ConfigurationT read(const std::string& text) {
  auto loaded = parse(text, "tap.json");
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string{} : sluice::config::text(loaded.error().front())));
  return std::move(*loaded);
}

std::string planned(const std::string& running, const std::string& next) {
  std::string out;
  for (const auto& change : plan(read(running), read(next))) out += text(change) + '\n';
  return out;
}

std::string lines(const std::string& all) { return R"({"policy": {"lines": [)" + all + "]}}"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(config_plan)

BOOST_AUTO_TEST_CASE(the_same_is_no_change_however_it_is_written) {
  BOOST_TEST(planned("{}", "{}") == "");
  BOOST_TEST(planned("{}", R"({"mode": "monitor", /* the default */ "rules": {"indicators": []}})") == "");
  BOOST_TEST(plan(defaults(), read("{}")).empty());
}

BOOST_AUTO_TEST_CASE(an_option_says_what_its_change_takes) {
  BOOST_TEST(planned("{}", R"({"mode": "enforce"})") == "mode: \"monitor\" -> \"enforce\"\n");
  BOOST_TEST(planned("{}", R"({"workers": 2})") == "workers: 1 -> 2 (takes a restart)\n");
  BOOST_TEST(planned(R"({"rules": {"exceptions": "/a"}})", "{}") == "rules.exceptions: \"/a\" -> \"\"\n");
  BOOST_TEST(planned("{}", R"({"rules": {"indicators": ["/a"]}, "mode": "enforce"})") ==
             "mode: \"monitor\" -> \"enforce\"\nrules.indicators: [] -> [\"/a\"]\n");
}

BOOST_AUTO_TEST_CASE(items_with_names_are_told_apart_by_them) {
  const auto one = R"({"name": "one", "classes": ["telemetry"]})";
  const auto two = R"({"name": "two", "classes": ["advertising"]})";
  const auto changed = R"({"name": "two", "classes": ["advertising"], "action": "drop"})";
  const auto both = std::string{one} + ", " + two;
  BOOST_TEST(planned(lines(both), lines(std::string{one} + ", " + changed)) ==
             "policy.lines[two].action: \"observe\" -> \"drop\"\n");
  BOOST_TEST(planned(lines(both), lines(std::string{two} + ", " + one)) ==
             "policy.lines (order): [\"one\",\"two\"] -> [\"two\",\"one\"]\n");
  const auto added = plan(read(lines(one)), read(lines(both)));
  BOOST_REQUIRE(added.size() == 1U);
  BOOST_TEST(added[0].option == "policy.lines[two]");
  BOOST_TEST(added[0].before == "");
  BOOST_TEST(added[0].after.find("advertising") != std::string::npos);
  BOOST_TEST(!added[0].takes_restart);
  const auto removed = plan(read(lines(both)), read(lines(two)));
  BOOST_REQUIRE(removed.size() == 1U);
  BOOST_TEST(removed[0].option == "policy.lines[one]");
  BOOST_TEST(removed[0].after == "");
}

BOOST_AUTO_TEST_SUITE_END()
