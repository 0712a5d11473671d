// What a worker does between two ports of DPDK's.
#include "dataplane/wire/worker.hh"

#include <boost/test/unit_test.hpp>

#include "rules/databases/databases.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/unit/worker_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(Dpdk);

// One rule without a pattern: whatever goes to port 9, or is sent from 443, is rejected towards both ends.
std::unique_ptr<Generation> rejecting_rules() {
  auto loaded = parse_signatures(
      "rejectboth udp any any -> any 9 (sid:1;)\nrejectboth tcp any 443 -> any any (sid:2;)\n", "test");
  BOOST_REQUIRE(loaded.errors.empty());
  const RuleList rules{{}, std::move(loaded.signatures)};
  Databases databases;
  databases.prefilter_digest = prefilter_digest(make_prefilter(rules.signatures));
  auto generation = make_generation(rules, databases, 1, 1);
  BOOST_REQUIRE_MESSAGE(generation.has_value(), (generation ? std::string{} : generation.error()));
  return std::move(*generation);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(flows_that_ended_leave_the_table_as_fast_as_new_ones_come) {
  auto options = small_options(Mode::monitor);
  options.timeouts = {};  // over at once
  Tap tap{options};
  constexpr std::uint16_t flows = 4000;  // fifteen times what the table holds, waiting when the worker starts
  for (std::uint16_t i = 0; i < flows; ++i)
    tap.inside.arrives(query(static_cast<std::uint16_t>(1024 + i), "www.example.org"));
  const auto reading = tap.run(flows);
  BOOST_TEST(reading.inspection.flows_created == flows);
  BOOST_TEST(reading.inspection.uninspected[UninspectedReason::flow_table_full] == 0U);
  BOOST_TEST(reading.inspection.uninspected.sum() == 0U);
}

BOOST_AUTO_TEST_CASE(frames_cross_unchanged_in_order_and_both_ways_up_to_an_mtu_of_9000) {
  Tap tap;
  std::vector<Frame> outbound;
  std::vector<Frame> inbound;
  std::uint64_t bytes = 0;
  for (std::uint32_t size : {14U, 60U, 61U, 1514U, 1518U, 4000U, jumbo_frame}) {
    Frame noise(size);
    for (std::size_t i = 0; i < size; ++i) noise[i] = static_cast<std::uint8_t>(i * 31 + size);
    outbound.push_back(noise);
    noise[0] ^= 1;
    inbound.push_back(noise);
    bytes += size;
  }
  const Frame payload(9000 - 28, 0x5a);
  outbound.push_back(udp_frame(ends("192.168.1.10", 5000, "198.51.100.7", 9), payload));
  inbound.push_back(udp_frame(ends("198.51.100.7", 9, "192.168.1.10", 5000), payload));
  bytes += jumbo_frame;
  for (const auto& frame : outbound) tap.inside.arrives(frame);
  for (const auto& frame : inbound) tap.outside.arrives(frame);
  const auto reading = tap.run(outbound.size() + inbound.size());
  BOOST_TEST((tap.outside.left() == outbound));
  BOOST_TEST((tap.inside.left() == inbound));
  check_conservation(reading);
  for (const auto& port : {reading.ports[0], reading.ports[1]}) {
    BOOST_TEST(port.received_bytes == bytes);
    BOOST_TEST(port.transmitted_bytes == bytes);
  }
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

BOOST_AUTO_TEST_CASE(enforce_drops_the_listed_query_and_counts_it_monitor_does_not) {
  for (const auto mode : {Mode::enforce, Mode::monitor}) {
    Tap tap{mode};
    std::vector<Frame> innocent;
    const auto listed = query(5000, "www.listed.example");
    for (std::uint16_t i = 0; i < 500; ++i) {
      innocent.push_back(query(6000 + i, "a.example"));
      tap.inside.arrives(innocent.back());
      if (i % 10 == 0) tap.inside.arrives(listed);
    }
    const auto reading = tap.run(550);
    const bool drops = mode == Mode::enforce;
    check_conservation(reading);
    BOOST_TEST(reading.ports[0].received == 550U);
    BOOST_TEST(reading.ports[0].dropped[DropReason::policy] == (drops ? 50U : 0U));
    BOOST_TEST(reading.inspection.findings == 50U);
    auto left = tap.outside.left();
    BOOST_TEST(static_cast<std::size_t>(std::count(left.begin(), left.end(), listed)) == (drops ? 0U : 50U));
    std::erase(left, listed);
    BOOST_TEST((left == innocent));
    BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_full_transmit_ring_costs_exactly_what_does_not_fit) {
  Tap tap{Mode::monitor, 128};
  constexpr std::uint64_t sent = 1000;
  std::vector<Frame> frames;
  for (std::uint16_t i = 0; i < sent; ++i) frames.push_back(query(6000 + i, "a.example"));
  for (const auto& frame : frames) tap.inside.arrives(frame);
  const auto reading = tap.run(sent);  // nobody empties the ring
  const auto fits = tap.outside.transmit_capacity();
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].received == sent);
  BOOST_TEST(reading.ports[0].forwarded == fits);
  BOOST_TEST(reading.ports[0].dropped[DropReason::tx_full] == sent - fits);
  BOOST_TEST(reading.ports[0].dropped[DropReason::policy] == 0U);
  frames.resize(fits);
  BOOST_TEST((tap.outside.left() == frames));
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

// What it says is tested in reply_test.cc.
BOOST_AUTO_TEST_CASE(each_end_is_told_by_the_port_that_it_lies_behind) {
  Tap tap{small_options(Mode::enforce), rejecting_rules(), ring_slots};
  const auto at = ends("192.168.1.10", 5000, "198.51.100.7", 9);
  tap.inside.arrives(udp_frame(at, as_bytes("x")));
  tap.outside.arrives(tcp_frame(ends("198.51.100.8", 443, "192.168.1.10", 5001), 7, 0, tcp_flag::syn));
  const auto reading = tap.run(2);
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].injected[InjectedKind::icmp_prohibited] == 1U);
  BOOST_TEST(reading.ports[1].injected[InjectedKind::icmp_prohibited] == 1U);
  BOOST_TEST(reading.ports[1].injected[InjectedKind::tcp_reset] == 1U);
  BOOST_TEST(reading.inspection.unanswered[UnansweredReason::kind] == 1U);  // nobody has taken the SYN yet
  BOOST_TEST(reading.inspection.unanswered.sum() == 1U);
  const auto inward = tap.inside.left();
  BOOST_REQUIRE(inward.size() == 1U);
  BOOST_TEST(reading.ports[0].transmitted_bytes == inward[0].size());
  Packet packet;
  packet.frame = inward[0];
  BOOST_REQUIRE(decode(packet, nullptr));
  BOOST_TEST((packet.source == at.destination && packet.destination == at.source));
  BOOST_TEST(tap.outside.left().size() == 2U);
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_transmit_ring_costs_replies_too) {
  Tap tap{small_options(Mode::enforce), rejecting_rules(), 8};
  for (std::uint16_t i = 0; i < 20; ++i)
    tap.inside.arrives(udp_frame(ends("192.168.1.10", 5000 + i, "198.51.100.7", 9), as_bytes("x")));
  const auto reading = tap.run(20);
  check_conservation(reading);
  const std::uint64_t fits = tap.inside.transmit_capacity();
  BOOST_TEST(reading.ports[0].injected.sum() == fits);
  BOOST_TEST(reading.inspection.unanswered[UnansweredReason::no_room] == 2 * (20 - fits));
  BOOST_TEST(tap.inside.left().size() == fits);
  (void)tap.outside.left();
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

BOOST_AUTO_TEST_CASE(the_side_of_a_port_says_which_end_is_inside) {
  Tap tap;
  // The listed address lies on the inside port's side: it is no destination of anyone inside.
  tap.inside.arrives(udp_frame(ends("203.0.113.66", 5000, "198.51.100.7", 9), as_bytes("x")));
  BOOST_TEST(tap.run(1).inspection.findings == 0U);
  Tap other;
  other.outside.arrives(udp_frame(ends("203.0.113.66", 5000, "192.168.1.10", 9), as_bytes("x")));
  BOOST_TEST(other.run(1).inspection.findings == 1U);
}

BOOST_AUTO_TEST_CASE(the_heartbeat_moves_and_all_flows_end_with_the_worker) {
  Tap tap;
  tap.inside.arrives(query(5000, "a.example"));
  const auto reading = tap.run(1);
  BOOST_TEST(tap.page->heartbeat.load() > 0U);
  BOOST_TEST(reading.inspection.flows_created == 1U);
  BOOST_TEST(reading.inspection.flows_ended == 1U);
  BOOST_TEST(reading.flows == 0U);
}

BOOST_AUTO_TEST_CASE(a_probe_is_seen_by_nobody_and_comes_anew_with_other_rules) {
  Tap tap;
  const auto probes = [&] {
    const auto reading = read(*tap.page);
    return reading ? reading->probe : ProbeReading{};
  };
  const auto reading = tap.run(1, [&] {
    tap.inside.arrives(query(5000, "a.example"));
    Tap::until([&] { return probes().runs != 0; });
    BOOST_TEST(probes().success_generation == 1U);
    tap.generations.publish(std::move(*make_generation(listed_rules(), {}, 2, 1)));
    Tap::until([&] { return probes().success_generation == 2; });
  });
  BOOST_TEST(reading.probe.runs == 2U);
  BOOST_TEST(reading.probe.failures == 0U);
  BOOST_TEST(reading.probe.success_generation == 2U);
  BOOST_TEST(reading.probe.success_ns > 1'700'000'000'000'000'000);
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].received + reading.ports[1].received == 1U);
  BOOST_TEST(reading.inspection.flows_created == 1U);
  BOOST_TEST(reading.inspection.findings == 0U);
  BOOST_TEST(!tap.findings.consumer.pop().has_value());
  BOOST_TEST(tap.outside.left().size() == 1U);
  BOOST_TEST(tap.inside.left().empty());
}

BOOST_AUTO_TEST_CASE(what_came_while_the_guard_had_the_wire_is_not_forwarded) {
  Tap tap;
  GuardPage guard;
  guard.epoch = 1;
  tap.epoch.follow(guard);
  for (std::uint16_t i = 0; i < 100; ++i) tap.inside.arrives(query(static_cast<std::uint16_t>(6000 + i), "a.example"));
  const auto reading = tap.run(101, [&] {
    Tap::until([&] { return tap.received() == 100; });
    BOOST_TEST(tap.page->claim.load() == no_claim);
    BOOST_TEST(tap.page->heartbeat.load() > 0U);
    guard.epoch = 2;
    Tap::until([&] { return tap.page->claim.load() == 2; });
    tap.inside.arrives(query(7000, "b.example"));
  });
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].dropped[DropReason::stale_after_bypass] == 100U);
  BOOST_TEST(reading.inspection.findings == 0U);
  BOOST_TEST((tap.outside.left() == std::vector<Frame>{query(7000, "b.example")}));
  BOOST_TEST(tap.page->claim.load() == no_claim);  // the worker has ended
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_loses_the_wire_within_a_burst_sends_nothing_of_it) {
  Tap tap{small_options(Mode::enforce), rejecting_rules(), ring_slots};
  GuardPage guard;
  tap.epoch.follow(guard);
  // As the guard would while the worker is stopped between its receiving and its sending.
  const auto take = [](std::uint16_t, std::uint16_t, rte_mbuf**, std::uint16_t count, std::uint16_t, void* page) {
    if (count != 0) static_cast<GuardPage*>(page)->epoch = 1;
    return count;
  };
  const auto* hook = rte_eth_add_rx_callback(tap.inside.id(), 0, take, &guard);
  BOOST_REQUIRE(hook != nullptr);
  for (std::uint16_t i = 0; i < 10; ++i) tap.inside.arrives(query(static_cast<std::uint16_t>(6000 + i), "a.example"));
  tap.inside.arrives(udp_frame(ends("192.168.1.10", 5000, "198.51.100.7", 9), as_bytes("x")));  // would be rejected
  const auto reading = tap.run(11);
  BOOST_TEST(rte_eth_remove_rx_callback(tap.inside.id(), 0, hook) == 0);
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].dropped[DropReason::stale_after_bypass] == 10U);
  BOOST_TEST(reading.ports[0].dropped[DropReason::policy] == 1U);
  BOOST_TEST(tap.inside.left().empty());
  BOOST_TEST(tap.outside.left().empty());
}

BOOST_AUTO_TEST_CASE(rules_take_over_between_bursts_and_no_frame_is_lost_by_it) {
  Tap tap;
  const auto until_received = [&](std::uint64_t count) { Tap::until([&] { return tap.received() >= count; }); };
  const auto publish = [&](const RuleList& rules, std::uint32_t number) {
    tap.generations.publish(std::move(*make_generation(rules, {}, number, 1)));
    Tap::until([&] { return tap.generations.retire(); });
    BOOST_TEST(!tap.generations.is_retiring());
  };
  RuleList other;
  other.indicators.push_back(indicator(RuleKind::domain, "new.example"));
  const auto reading = tap.run(6, [&] {
    tap.inside.arrives(query(5000, "listed.example"));  // dropped
    tap.inside.arrives(query(5001, "new.example"));
    until_received(2);
    publish(other, 2);
    tap.inside.arrives(query(5002, "listed.example"));
    tap.inside.arrives(query(5003, "new.example"));  // dropped
    until_received(4);
    publish(listed_rules(), 3);
    tap.inside.arrives(query(5004, "listed.example"));  // dropped
    tap.inside.arrives(query(5005, "new.example"));
  });
  check_conservation(reading);
  BOOST_TEST(reading.ports[0].dropped[DropReason::policy] == 3U);
  const std::vector<Frame> expected{query(5001, "new.example"), query(5002, "listed.example"),
                                    query(5005, "new.example")};
  BOOST_TEST((tap.outside.left() == expected));
  std::vector<std::uint32_t> judged_by;
  while (const auto record = tap.findings.consumer.pop())
    judged_by.push_back(Event::parse(record->bytes)->header().generation);
  BOOST_TEST((judged_by == std::vector<std::uint32_t>{1, 2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()
