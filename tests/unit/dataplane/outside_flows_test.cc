#include "dataplane/flow/outside_flows.hh"

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint8_t ipv6_in_ip = 41;  // RFC 4213
constexpr std::size_t ethernet_header = 14;

// A datagram between two hosts of IPv6, in a tunnel between `outer`.
Frame tunnelled(const Ends& outer, std::uint16_t port, std::string_view payload) {
  const auto inner = udp_frame(ends("2001:db8::1", port, "2001:db8::2", 9999), as_bytes(payload));
  return ip_frame(outer, ipv6_in_ip, Bytes{inner}.subspan(ethernet_header));
}

// Of each flow event whose IP protocol is the tunnel's.
struct Outside {
  std::string ends;
  std::array<std::uint64_t, 2> packets;
  std::array<std::uint64_t, 2> bytes;
  std::uint64_t reason;
  bool is_judged;
};

std::vector<Outside> outsides(PipelineRun& run) {
  std::vector<Outside> found;
  run.each_event([&](const Event& event) {
    const auto& header = event.header();
    if (header.type != EventType::flow || header.ip_protocol != ipv6_in_ip) return;
    const auto number = [&](Field field) { return event.find(field)->integer(); };
    found.push_back({header.source.text() + " " + header.destination.text(),
                     {number(Field::flow_packets_to_server), number(Field::flow_packets_to_client)},
                     {number(Field::flow_bytes_to_server), number(Field::flow_bytes_to_client)},
                     number(Field::flow_reason),
                     event.find(Field::flow_visibility).has_value()});
  });
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outside_flows)

BOOST_AUTO_TEST_CASE(a_tunnel_is_one_flow_whatever_it_holds) {
  PipelineRun run;
  const auto there = ends("192.0.2.1", 0, "198.51.100.7", 0);
  for (const std::uint16_t port : {40001, 40002, 40003}) run.send(tunnelled(there, port, "abc"));
  run.send(tunnelled(there.reversed(), 40001, "defgh"));
  run.pipeline().finish(run.now, run.sent);
  const auto found = outsides(run);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].ends == "192.0.2.1 198.51.100.7");
  BOOST_TEST(found[0].packets[0] == 3U);
  BOOST_TEST(found[0].packets[1] == 1U);
  // Ethernet, IPv4, IPv6, UDP and what was said.
  BOOST_TEST(found[0].bytes[0] == 3U * (14 + 20 + 40 + 8 + 3));
  BOOST_TEST(found[0].bytes[1] == 14U + 20 + 40 + 8 + 5);
  BOOST_TEST(found[0].reason == static_cast<std::uint64_t>(FlowEnd::shutdown));
  // It counts nowhere else: the flows inside do.
  BOOST_TEST(!found[0].is_judged);
  BOOST_TEST(run.pipeline().counters().flows_ended == run.pipeline().counters().flows_created);
}

BOOST_AUTO_TEST_CASE(a_tunnel_that_falls_silent_ends) {
  PipelineRun run;
  run.send(tunnelled(ends("192.0.2.1", 0, "198.51.100.7", 0), 40001, "abc"));
  run.wait(std::chrono::seconds{31});
  run.pipeline().housekeep(run.now, run.sent);
  BOOST_TEST(outsides(run).size() == 1U);
  // One whose packet comes before housekeeping does begins anew with it.
  run.send(tunnelled(ends("192.0.2.1", 0, "198.51.100.8", 0), 40001, "abc"));
  run.wait(std::chrono::seconds{31});
  run.send(tunnelled(ends("192.0.2.1", 0, "198.51.100.8", 0), 40001, "abc"));
  const auto found = outsides(run);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].reason == static_cast<std::uint64_t>(FlowEnd::timeout));
}

BOOST_AUTO_TEST_CASE(of_more_tunnels_than_there_is_room_for_the_first_ends) {
  PipelineRun run;
  constexpr std::uint32_t tunnels = outside_flows_limit + 100;
  for (std::uint32_t i = 0; i < tunnels; ++i) {
    const auto far = fmt::format("198.18.{}.{}", i / 256, i % 256);
    run.send(tunnelled(ends("192.0.2.1", 0, far.c_str(), 0), 40001, "abc"));
  }
  const auto given_up = outsides(run);
  BOOST_TEST(given_up.size() == 100U);
  BOOST_TEST(given_up.front().ends == "192.0.2.1 198.18.0.0");
  BOOST_TEST(given_up.front().reason == static_cast<std::uint64_t>(FlowEnd::evicted));
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST(outsides(run).size() == outside_flows_limit);
}

BOOST_AUTO_TEST_CASE(where_findings_alone_are_recorded_there_is_none) {
  auto options = small_options();
  options.record = Record::findings;
  PipelineRun run{options};
  run.send(tunnelled(ends("192.0.2.1", 0, "198.51.100.7", 0), 40001, "abc"));
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST(outsides(run).empty());
}

BOOST_AUTO_TEST_SUITE_END()
