// What a worker leaves out when it cannot keep up, and that it takes it up again.
#include "dataplane/base/shedding.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint16_t any_port = 9999;
constexpr std::uint32_t elephant = 16 * 1024;
const std::string rules = R"(alert tcp any any -> any any (msg:"n"; content:"needle"; sid:1;))";
const Lines found{"alert 198.51.100.7 matched pass"};

// Of no protocol that is known.
std::string noise(std::size_t size) {
  std::string bytes(size, '.');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(0x80 + i * 7 % 0x70);
  return bytes;
}

struct Overloaded : PipelineRun {
  Overloaded() : PipelineRun(options(), generation_of_rules(rules)) {}

  static PipelineOptions options() {
    auto options = small_options();
    options.record = Record::findings;
    options.payload_windows = 64;
    return options;
  }
  void shed(Shed level) { pipeline().shed(Shedding::at(level, elephant)); }
};

// One connection of clear text that goes on and on.
struct Talk {
  Talk(PipelineRun& run, std::uint16_t port) : connection(run, port, any_port) { connection.open(); }

  void says(const std::string& text) {
    connection.client(sent, as_bytes(text));
    sent += text.size();
  }
  void says_much(std::size_t bytes) {
    for (std::size_t done = 0; done < bytes; done += 1000) says(noise(1000));
  }

  Connection connection;
  std::size_t sent = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(shedding)

BOOST_AUTO_TEST_CASE(the_largest_flows_are_left_out_first_and_all_of_them_last) {
  const auto finds = [](Shed level, std::size_t bytes) {
    Overloaded run;
    Talk talk{run, 40000};
    talk.says_much(bytes);
    BOOST_TEST(run.count(UninspectedReason::overload_payload) == 0U);
    run.shed(level);
    talk.says("needle");
    const bool is_found = run.events() == found;
    BOOST_TEST((run.uninspected == UninspectedReason::overload_payload) == !is_found);
    BOOST_TEST(run.count(UninspectedReason::overload_payload) == (is_found ? 0U : 1U));
    return is_found;
  };
  BOOST_TEST(finds(Shed::nothing, 20'000));
  BOOST_TEST(!finds(Shed::elephants, 20'000));
  BOOST_TEST(finds(Shed::elephants, 10'000));
  BOOST_TEST(!finds(Shed::large, 10'000));
  BOOST_TEST(finds(Shed::large, 0));
  BOOST_TEST(!finds(Shed::payload, 0));
  BOOST_TEST(!finds(Shed::handshakes, 0));
}

BOOST_AUTO_TEST_CASE(what_goes_on_is_searched_again_and_nothing_is_found_across_what_was_left_out) {
  Overloaded run;
  Talk talk{run, 40000};
  talk.says(noise(100) + "nee");
  run.shed(Shed::payload);
  talk.says("dle" + noise(5000) + "need");
  run.shed(Shed::nothing);
  talk.says("le" + noise(30));
  BOOST_TEST(run.events() == Lines{}, boost::test_tools::per_element());
  talk.says("nee");
  talk.says("dle");
  BOOST_TEST(run.events() == found, boost::test_tools::per_element());
  // A connection that was never searched before takes its window then.
  run.shed(Shed::payload);
  Talk late{run, 40001};
  late.says(noise(3000));
  run.shed(Shed::nothing);
  late.says("nee");
  late.says("dle");
  BOOST_TEST(run.events() == found, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(datagrams_are_left_out_likewise) {
  PipelineRun run{Overloaded::options(),
                  generation_of_rules(R"(alert udp any any -> any any (content:"needle"; sid:1;))")};
  const auto says = [&](std::uint16_t port) {
    run.send(udp_frame(ends("192.168.1.10", port, "198.51.100.7", any_port), as_bytes("a needle")));
    return run.events() == found;
  };
  BOOST_TEST(says(1));
  run.pipeline().shed(Shedding::at(Shed::elephants, elephant));
  BOOST_TEST(says(2));
  run.pipeline().shed(Shedding::at(Shed::payload, elephant));
  BOOST_TEST(!says(3));
  BOOST_TEST((run.uninspected == UninspectedReason::overload_payload));
  run.pipeline().shed({});
  BOOST_TEST(says(3));
}

BOOST_AUTO_TEST_CASE(handshakes_are_read_while_clear_text_is_not_searched) {
  auto options = small_options();
  options.record = Record::findings;
  PipelineRun run{options};
  run.pipeline().shed(Shedding::at(Shed::payload, elephant));
  const auto request = "GET / HTTP/1.1\r\nHost: www.listed.example\r\n\r\n";
  Connection{run, 40000, 80}.open().client(0, as_bytes(request));
  run.send(udp_frame(ends("192.168.1.10", 5000, "198.51.100.53", 53), dns_query("www.listed.example")));
  BOOST_TEST(
      (run.events() == Lines{"alert www.listed.example data-sent pass", "alert www.listed.example looked-up pass"}));
}

BOOST_AUTO_TEST_CASE(what_begins_in_the_worst_of_it_is_read_from_its_middle_on) {
  auto options = small_options();
  options.record = Record::findings;
  PipelineRun run{options};
  const auto query = udp_frame(ends("192.168.1.10", 5000, "198.51.100.53", 53), dns_query("www.listed.example"));
  const auto earlier = udp_frame(ends("192.168.1.10", 5001, "198.51.100.53", 53), dns_query("www.listed.example"));
  run.send(earlier);
  const Lines looked_up{"alert www.listed.example looked-up pass"};
  BOOST_TEST((run.events() == looked_up));
  run.pipeline().shed(Shedding::at(Shed::handshakes, elephant));
  run.send(query);
  BOOST_TEST((run.uninspected == UninspectedReason::overload_handshake));
  BOOST_TEST(run.events() == Lines{}, boost::test_tools::per_element());
  run.send(earlier);  // it had begun before
  BOOST_TEST((run.events() == looked_up));
  // Addresses are looked at all the same.
  run.send(udp_frame(ends("192.168.1.10", 5002, "203.0.113.66", 9), as_bytes("x")));
  BOOST_TEST(run.events().size() == 1U);
  Connection talk{run, 40000, 80};
  const std::string first = "GET /a HTTP/1.1\r\nHost: www.listed.example\r\n\r\n";
  talk.open().client(0, as_bytes(first));
  BOOST_TEST(run.events() == Lines{}, boost::test_tools::per_element());
  BOOST_TEST(run.count(UninspectedReason::overload_handshake) == 3U);

  run.pipeline().shed({});
  run.send(query);
  BOOST_TEST((run.events() == looked_up));
  talk.client(first.size(), as_bytes(first));
  BOOST_TEST((run.events() == Lines{"alert www.listed.example data-sent pass"}));
  BOOST_TEST(run.count(UninspectedReason::overload_handshake) == 3U);
}

BOOST_AUTO_TEST_CASE(where_connections_are_not_followed_from_their_middle_it_stays_unread) {
  auto options = small_options();
  options.midstream = false;
  PipelineRun run{options};
  run.pipeline().shed(Shedding::at(Shed::handshakes, elephant));
  Connection talk{run, 40000, 80};
  talk.open().client(0, as_bytes("GET "));
  run.pipeline().shed({});
  talk.client(4, as_bytes("/ HTTP/1.1\r\nHost: www.listed.example\r\n\r\n"));
  BOOST_TEST((run.uninspected == UninspectedReason::overload_handshake));
  BOOST_TEST(run.count(UninspectedReason::midstream) == 0U);
  BOOST_TEST(run.events() == Lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
