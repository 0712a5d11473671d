#include "dataplane/generations/site_settings.hh"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* rows = "indicator,kind,class,confidence\na.example,domain,telemetry,high\n";
constexpr const char* permit = "action,device,rule,destination,author,reason,expires\n";

// A site whose files change.
struct Site {
  Site() {
    write("own.csv", rows);
    write("exceptions.csv", permit);
    configure("");
    auto configuration = config::load(path("tap.json"), config::Use::wire);
    BOOST_REQUIRE_MESSAGE(configuration.has_value(),
                          (configuration ? std::string{} : config::text(configuration.error().front())));
    running = std::make_shared<const config::ConfigurationT>(std::move(*configuration));
    auto made = site_settings(*running, {0, 1, 0});
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? std::string{} : made.error()));
    settings = std::move(*made);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder.path + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream{path(name)} << text; }
  void configure(const std::string& more) const {
    write("tap.json", R"({"port_pairs": [{"name": "p", "inside": {"device": "net_ring0"},
      "outside": {"device": "net_ring1"}}], "rules": {"indicators": [")" +
                          path("own.csv") + R"("], "exceptions": ")" + path("exceptions.csv") + "\"}" + more + "}");
  }
  // The plan, or the errors. `takes`: whether there are settings to go by.
  std::string again(bool takes) const {
    const auto change = read_again(path("tap.json"), *running, settings);
    if (!change) return change.error();
    BOOST_TEST(change->settings.has_value() == takes);
    std::string out;
    for (const auto& one : change->plan) out += text(one) + '\n';
    return out;
  }

  TemporaryFolder folder;
  std::shared_ptr<const config::ConfigurationT> running;
  LoaderSettings settings;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(site_settings_again, Site)

BOOST_AUTO_TEST_CASE(nothing_has_changed) {
  BOOST_TEST(again(false) == "");
  write("own.csv", rows);
  BOOST_TEST(again(false) == "");
}

BOOST_AUTO_TEST_CASE(options_and_the_contents_of_files) {
  configure(R"(, "mode": "enforce", "policy": {"lines": [{"name": "stop", "action": "drop"}]})");
  BOOST_TEST(again(true).find("mode: \"monitor\" -> \"enforce\"\npolicy.lines[stop]: nothing -> ") == 0U);
  const auto change = read_again(path("tap.json"), *running, settings);
  BOOST_TEST((change->settings->enforcement.mode == Mode::enforce));
  BOOST_TEST(change->settings->policy.lines.size() == 1U);
  configure("");
  write("own.csv", std::string{rows} + "b.example,domain,telemetry,high\n");
  BOOST_TEST(again(true) == "list own (contents): 1 row -> 2 rows\n");
  write("own.csv", rows);
  write("exceptions.csv", std::string{permit} + "permit,10.0.0.7,,,me,why,never\n");
  BOOST_TEST(again(true) == "exceptions (contents): 0 rows -> 1 row\n");
}

BOOST_AUTO_TEST_CASE(what_takes_a_restart_is_said_and_not_taken_up) {
  configure(R"(, "mode": "enforce", "workers": 2)");
  BOOST_TEST(again(false) == "mode: \"monitor\" -> \"enforce\"\nworkers: 1 -> 2 (takes a restart)\n");
  const auto change = read_again(path("tap.json"), *running, settings);
  BOOST_TEST(restarts_of(change->plan) == "workers: 1 -> 2 (takes a restart)");
}

BOOST_AUTO_TEST_CASE(all_errors_of_all_files) {
  configure(R"(, "mode": "of dreams", "workers": -1)");
  const auto errors = again(false);
  BOOST_TEST(errors.find("of dreams") != std::string::npos, errors);
  BOOST_TEST(errors.find("-1 is out of range") != std::string::npos, errors);
  configure("");
  write("own.csv", "indicator,kind,class,confidence\na.example,domain,nonsense,high\n");
  write("exceptions.csv", "nonsense\n");
  const auto more = again(false);
  BOOST_TEST(more.find("own.csv:2") != std::string::npos, more);
  BOOST_TEST(more.find("exceptions.csv:1") != std::string::npos, more);
}

BOOST_AUTO_TEST_SUITE_END()
