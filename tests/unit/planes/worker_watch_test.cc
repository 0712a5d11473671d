#include "dataplane/exchange/worker_watch.hh"

#include <boost/test/unit_test.hpp>

#include "rules/signatures/buffer.hh"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t ports = 2;

struct Watched {
  Watched() {
    std::string{"inner"}.copy(header.port_names[0], 31);
    std::string{"outer"}.copy(header.port_names[1], 31);
  }

  void after(std::chrono::milliseconds time) {
    now += time;
    watch.look(reading, ports, now);
  }
  void probed(ProbeFault fault = ProbeFault::none, std::uint32_t database = 0) {
    ++reading.probe.runs;
    if (fault != ProbeFault::none) ++reading.probe.failures;
    reading.probe.fault = fault;
    reading.probe.database = database;
  }
  [[nodiscard]] std::string unanswered() const { return watch.unanswered(now); }
  [[nodiscard]] std::string unaccounted() const { return watch.unaccounted(header, now); }

  [[nodiscard]] std::string lapsed() const { return watch.lapsed(now); }

  SharedHeader header;
  WorkerReading reading;
  WorkerWatch::Clock::time_point now{1h};
  WorkerWatch watch{now};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(worker_watch, Watched)

BOOST_AUTO_TEST_CASE(probes_that_stop_are_missed_after_twelve_seconds) {
  for (int i = 0; i < 10; ++i) {
    probed();
    after(5s);
    BOOST_TEST(unanswered().empty());
  }
  after(12s);
  BOOST_TEST(unanswered().empty());
  after(1ms);
  BOOST_TEST(unanswered() == "no known-answer probe has succeeded for 12 s");
  probed();
  after(1ms);
  BOOST_TEST(unanswered().empty());
}

BOOST_AUTO_TEST_CASE(one_that_never_probes_is_missed_too) {
  after(12s);
  BOOST_TEST(unanswered().empty());
  after(1s);
  BOOST_TEST(!unanswered().empty());
}

BOOST_AUTO_TEST_CASE(a_probe_that_fails_is_said_at_once_with_what_failed_until_one_succeeds) {
  probed();
  after(1s);
  probed(ProbeFault::name);
  after(1ms);
  BOOST_TEST(unanswered() == "the known-answer probe failed: the name was not found");
  probed(ProbeFault::address);
  after(1ms);
  BOOST_TEST(unanswered() == "the known-answer probe failed: the address was not found");
  probed(ProbeFault::patterns, static_cast<std::uint32_t>(Buffer::http_uri));
  after(1ms);
  BOOST_TEST(unanswered() == "the known-answer probe failed: patterns of http.uri are not found");
  probed(ProbeFault::patterns, buffer_count);
  after(1ms);
  BOOST_TEST(unanswered() == "the known-answer probe failed: patterns of streams are not found");
  probed();
  after(1ms);
  BOOST_TEST(unanswered().empty());
}

BOOST_AUTO_TEST_CASE(failures_do_not_count_as_successes) {
  probed();
  after(1s);
  for (int i = 0; i < 3; ++i) {
    probed(ProbeFault::name);
    after(5s);
  }
  reading.probe.fault = ProbeFault::none;  // whatever it says
  after(1ms);
  BOOST_TEST(!unanswered().empty());
}

BOOST_AUTO_TEST_CASE(packets_that_are_accounted_for_are_no_error_in_either_direction) {
  auto& in = reading.ports[0];
  auto& out = reading.ports[1];
  in.received = 100;
  in.forwarded = 80;
  in.dropped[DropReason::policy] = 15;
  in.dropped[DropReason::tx_full] = 4;
  in.consumed[ConsumeReason::probe] = 1;
  out.transmitted = 82;
  out.injected[InjectedKind::tcp_reset] = 2;
  in.transmitted = in.injected[InjectedKind::dns_answer] = 3;
  after(10s);
  BOOST_TEST(unaccounted().empty());
  ++out.injected[InjectedKind::tcp_reset];
  after(1ms);
  after(1s);
  BOOST_TEST(unaccounted() == "port outer: -1 packets transmitted and not accounted for");
}

BOOST_AUTO_TEST_CASE(a_packet_that_is_lost_is_said_once_it_stays_lost) {
  reading.ports[0].received = 5;
  reading.ports[0].forwarded = 4;
  reading.ports[1].transmitted = 4;
  after(1ms);
  BOOST_TEST(unaccounted().empty());
  after(999ms);
  BOOST_TEST(unaccounted().empty());
  ++reading.ports[0].dropped[DropReason::policy];  // a moment's error is none
  after(1ms);
  BOOST_TEST(unaccounted().empty());
  ++reading.ports[0].received;
  after(1ms);
  after(999ms);
  BOOST_TEST(unaccounted().empty());
  after(1ms);
  BOOST_TEST(unaccounted() == "port inner: 1 packets received and not accounted for");
  ++reading.ports[0].dropped[DropReason::policy];
  after(1ms);
  BOOST_TEST(unaccounted().empty());
}

BOOST_AUTO_TEST_CASE(what_is_full_is_said_until_it_was_not_for_three_seconds) {
  auto& inspection = reading.inspection;
  after(1ms);
  BOOST_TEST(lapsed().empty());
  inspection.uninspected[UninspectedReason::flow_table_full] = 5;
  after(1ms);
  BOOST_TEST(lapsed() == "the flow table is full (flow.table_entries)");
  after(2s);
  ++inspection.uninspected[UninspectedReason::flow_table_full];
  after(1ms);
  after(2999ms);
  BOOST_TEST(lapsed() == "the flow table is full (flow.table_entries)");
  after(1ms);
  BOOST_TEST(lapsed().empty());
  // The gravest first.
  ++inspection.events_lost;
  after(1ms);
  BOOST_TEST(lapsed() == "events are lost (events.ring_bytes)");
  ++inspection.uninspected[UninspectedReason::overload_payload];
  after(1ms);
  BOOST_TEST(lapsed() == "overload: clear text of large flows, or of all, is not searched");
}

BOOST_AUTO_TEST_CASE(what_the_traffic_breaks_says_nothing_of_the_tap) {
  auto& inspection = reading.inspection;
  for (const auto reason : {UninspectedReason::malformed, UninspectedReason::parse_error, UninspectedReason::stream_gap,
                            UninspectedReason::tcp_refused, UninspectedReason::ciphertext})
    ++inspection.uninspected[reason];
  ++inspection.signatures_cut;
  after(1ms);
  BOOST_TEST(lapsed().empty());
}

BOOST_AUTO_TEST_SUITE_END()
