#include "config/notices.hh"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <tuple>

#include "config/configuration.hh"

using namespace sluice::config;

namespace {

std::vector<std::string> noticed(const std::string& text) {
  auto loaded = parse(text, "tap.json");
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string{} : sluice::config::text(loaded.error().front())));
  return notices(*loaded);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_notices)

BOOST_AUTO_TEST_CASE(defaults_need_none) {
  BOOST_TEST(noticed("{}").empty());
  BOOST_TEST(noticed(R"({"mode": "enforce", "policy": {"lines": [{"name": "a", "action": "drop"}],
      "traffic": [{"name": "b", "limit_kbit_per_s": 5}]}})")
                 .empty());
}

BOOST_AUTO_TEST_CASE(each_decision_is_named_with_its_option) {
  for (const auto& [text, option, words] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {R"({"rules": {"block_addresses": true}})", "rules.block_addresses", "address alone"},
           {R"({"rules": {"never_suspend": ["a/1"]}})", "rules.never_suspend", "whatever they cost"},
           {R"({"policy": {"may_block": ["calls"]}})", "policy.may_block", "emergency calls"},
           {R"({"policy": {"may_block": ["network"]}})", "policy.may_block", "DHCP"},
           {R"({"policy": {"traffic": [{"name": "guests", "vlans": [7], "action": "exempt"}]}})",
            "policy.traffic, guests", "nothing recorded"},
           {R"({"policy": {"traffic": [{"name": "school", "action": "strip_ech"}]}})", "policy.traffic, school",
            "Encrypted Client Hello"},
           {R"({"policy": {"lines": [{"name": "no-ads", "action": "drop", "although_breaks": true}]}})",
            "policy.lines, no-ads", "stops working"},
           {R"({"policy": {"lines": [{"name": "press", "keep_flow": true}]}})", "policy.lines, press",
            "packet by packet"},
           {R"({"events": {"record": "all"}})", "events.record", "every device"},
           {R"({"events": {"packets": true}})", "events.packets", "unredacted"},
           {R"({"events": {"captures": true}})", "events.captures", "copied, whole"}}) {
    const auto said = noticed(text);
    BOOST_REQUIRE_MESSAGE(said.size() == 1U, text);
    BOOST_TEST(said.front().starts_with(option + ":"), said.front());
    BOOST_TEST(said.front().find(words) != std::string::npos, said.front());
  }
}

BOOST_AUTO_TEST_CASE(of_many_the_last_says_how_many_more) {
  auto lines = nlohmann::json::array();
  for (int i = 0; i < 40; ++i)
    lines.push_back({{"name", "line-" + std::to_string(i)},
                     {"devices", {"192.0.2." + std::to_string(i)}},
                     {"action", "drop"},
                     {"although_breaks", true}});
  const auto said = noticed(nlohmann::json{{"policy", {{"lines", lines}}}}.dump());
  BOOST_TEST(said.size() == notices_limit);
  BOOST_TEST(said.back().starts_with("and 9 more"), said.back());
}

BOOST_AUTO_TEST_SUITE_END()
