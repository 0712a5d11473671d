// Who gets a buffer when there are not enough of them.
#include "dataplane/flow/reassembly_buffers.hh"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/tcp_talk.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(reassembly_buffers)

BOOST_AUTO_TEST_CASE(a_flood_of_half_messages_costs_others_nothing) {
  auto options = small_options();
  options.reassembly_buffers = 64;
  options.flow_table_entries = 1024;
  PipelineRun run{options};
  for (std::uint16_t port = 1; port <= 500; ++port) {
    Connection half{run, port, 80};
    half.open().client(0, as_bytes("GET / HTTP/1.1\r\nHost: "));
    run.wait(Duration{1'000'000});
  }
  (void)run.events();
  Connection good{run, 40000, 80};
  good.open().client(20, as_bytes(listed).subspan(20));
  good.client(0, as_bytes(listed).first(20));
  BOOST_TEST((run.events() == listed_seen));
  BOOST_TEST(run.count(UninspectedReason::buffer_full) == 0U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_half_hellos_over_quic_costs_others_nothing_and_neither_does_tcp_cost_quic) {
  for (const bool quic_floods : {true, false}) {
    auto options = small_options();
    options.reassembly_buffers = 64;
    options.flow_table_entries = 1024;
    PipelineRun run{options};
    const auto initial = [&](std::uint16_t port, std::string_view hex) {
      run.send(udp_frame(ends("192.168.1.10", port, "198.51.100.7", 443), quic_samples::from_hex(hex)));
    };
    for (std::uint16_t port = 1; port <= 500; ++port) {
      if (quic_floods) {
        initial(port, initials_v1[0]);
      } else {
        Connection half{run, port, 80};
        half.open().client(0, as_bytes("GET / HTTP/1.1\r\nHost: "));
      }
      run.wait(Duration{1'000'000});
    }
    (void)run.events();
    const auto lost = run.count(UninspectedReason::buffer_full);
    Connection good{run, 40000, 80};
    good.open().client(20, as_bytes(listed).subspan(20));
    good.client(0, as_bytes(listed).first(20));
    BOOST_TEST((run.events() == listed_seen));
    for (const auto hex : initials_v1) initial(40001, hex);
    BOOST_TEST((run.events() == Lines{"alert www.listed.example handshake pass", "quic www.listed.example"}));
    BOOST_TEST(run.count(UninspectedReason::buffer_full) == lost);
  }
}

BOOST_AUTO_TEST_CASE(what_is_kept_for_copies_that_differ_costs_messages_none) {
  auto options = small_options();
  options.reassembly_buffers = 64;
  options.flow_table_entries = 4096;
  PipelineRun run{options};
  std::vector<Connection> connections;
  for (std::uint16_t port = 1; port <= 500; ++port) connections.emplace_back(run, port, 80);
  for (auto& each : connections) each.open().client(0, as_bytes(benign));  // none of it is confirmed
  (void)run.events();
  for (auto& each : connections) each.client(benign.size(), as_bytes(listed));
  BOOST_TEST(run.events().size() == 2 * connections.size());
  BOOST_TEST(run.count(UninspectedReason::buffer_full) == 0U);
  BOOST_TEST(run.count(TcpAnomaly::unwatched) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
