#include "dataplane/guard/relay.hh"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

struct Script : TemporaryFolder {
  std::string program = path + "/relay";
  std::string log = path + "/log";

  void write(const std::string& body) {
    std::ofstream{program} << "#!/bin/sh\n" << body;
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::string said() const {
    std::ostringstream text;
    text << std::ifstream{log}.rdbuf();
    return text.str();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(guard_relay, Script)

BOOST_AUTO_TEST_CASE(it_is_told_what_happened_to_which_wires_and_the_last_word_is_the_last) {
  write("sleep 0.1; echo \"$@\" >> " + log + "\n");
  {
    Relay relay{program, {"uplink", "lab"}, 5s};
    const auto now = std::chrono::steady_clock::now();
    relay.want(true, now);
    BOOST_TEST(relay.end() >= 0);
    relay.want(false, now);  // while the first one runs: what was wanted in between needs no telling
    relay.want(true, now);
    relay.want(false, now);
  }
  BOOST_TEST(said() == "bypass uplink lab\nreturn uplink lab\n");
}

BOOST_AUTO_TEST_CASE(one_that_does_not_end_is_killed_with_what_it_started) {
  write("echo $1 >> " + log + "; [ $1 = return ] || { sleep 60 & wait; }; echo late >> " + log + "\n");
  Relay relay{program, {"lab"}, 50ms};
  const auto begun = std::chrono::steady_clock::now();
  relay.want(true, begun);
  relay.want(false, begun);
  while (said() != "bypass\nreturn\nlate\n" && std::chrono::steady_clock::now() - begun < 10s) {
    std::this_thread::sleep_for(10ms);
    relay.look(std::chrono::steady_clock::now());
  }
  BOOST_TEST(said() == "bypass\nreturn\nlate\n");
}

BOOST_AUTO_TEST_CASE(without_a_program_or_wires_nothing_is_started) {
  write("echo x >> " + log + "\n");
  const auto now = std::chrono::steady_clock::now();
  Relay{program, {}, 1s}.want(true, now);
  Relay{"", {"lab"}, 1s}.want(true, now);
  Relay{path + "/missing", {"lab"}, 1s}.want(true, now);  // said on standard error
  BOOST_TEST(said().empty());
}

BOOST_AUTO_TEST_SUITE_END()
