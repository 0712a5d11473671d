#include "config/show.hh"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "config/configuration.hh"

using namespace sluice::config;

namespace {

const std::string readme = SLUICE_SOURCE_ROOT "/config/README.md";
const std::string begin_mark = "<!-- options -->\n";
const std::string end_mark = "<!-- /options -->\n";

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_show)

BOOST_AUTO_TEST_CASE(what_is_shown_reads_back_to_the_same) {
  const auto again = parse(show(defaults()), "shown");
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((*again == defaults()));

  const auto loaded =
      parse(R"({"mode": "enforce", "workers": 2, "eal": {"cpus": [0, 1, 2], "extra_arguments": ["\"\\x"]},
    "site": {"name": "Zürich \"x\" // no comment"}, "inspection": {"inside_networks": ["10.0.0.0/8"]},
    "policy": {"may_block": ["network", "calls"], "groups": [{"name": "g", "devices": ["10.0.0.1", "::1"]}],
               "lines": [{"name": "a", "devices": ["g"], "action": "reject"}, {"name": "b", "classes": ["telemetry"]}]},
    "port_pairs": [{"name": "a", "inside": {"device": "eth1"}, "outside": {"device": "eth2", "driver": "af_packet"}},
                   {"name": "b", "inside": {"device": "eth3"}, "outside": {"device": "eth4"}, "queues": 2}]})",
            "written");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(!(*loaded == defaults()));
  const auto shown = parse(show(*loaded), "shown");
  BOOST_REQUIRE(shown.has_value());
  BOOST_TEST((*shown == *loaded));
}

BOOST_AUTO_TEST_CASE(an_option_is_shown_with_all_that_is_known_of_it) {
  const auto loaded = parse(R"({"watchdog": {"stall_timeout_ms": 500}})", "f");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(show(*loaded).find(R"(
  // When a hang is called a hang.
  "watchdog": {
    // A worker without progress for this time counts as hung.
    // (default 2000 ms; 100 to 60000; a change takes a restart)
    "stall_timeout_ms": 500
  },
)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_list_of_tables_shows_what_would_stand_in_it) {
  BOOST_TEST(show(defaults()).find(R"(
  "port_pairs": [
    // {
    //   // Names the pair in metrics and events.
    //   // (required; letters, digits, '.', '_', '-'; a change takes a restart)
    //   "name": "",
    //
)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_table_has_a_row_for_each_option) {
  const auto table = option_table();
  BOOST_TEST(table.find("| `port_pairs[].inside.device` | required | interface, PCI address or virtual device | "
                        "restart | ") != std::string::npos);
  BOOST_TEST(
      table.find("| `events.ring_bytes` | `4194304` bytes | 262144 to 1073741824, a power of two | restart | ") !=
      std::string::npos);
  BOOST_TEST(table.find("| `inspection.inside_networks` (list) | `[]` | network or address | restart | ") !=
             std::string::npos);
}

// SLUICE_WRITE_README=1 makes this test write the table instead of comparing it.
BOOST_AUTO_TEST_CASE(the_table_in_the_readme_is_the_schemas) {
  const auto text = content(readme);
  const auto begin = text.find(begin_mark);
  const auto end = text.find(end_mark);
  BOOST_REQUIRE_MESSAGE(begin != std::string::npos && end != std::string::npos && begin < end,
                        readme << " lacks the lines " << begin_mark << "and " << end_mark);
  const auto first = begin + begin_mark.size();
  if (std::getenv("SLUICE_WRITE_README") != nullptr) {
    std::ofstream(readme) << text.substr(0, first) << option_table() << text.substr(end);
    return;
  }
  BOOST_TEST((text.substr(first, end - first) == option_table()),
             "config/README.md does not say what config/sluice.fbs says; write its table anew with\n"
             "SLUICE_WRITE_README=1 unit-config --run_test=config_show/the_table_in_the_readme_is_the_schemas");
}

BOOST_AUTO_TEST_SUITE_END()
