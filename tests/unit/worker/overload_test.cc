// More clear text than a worker can search: it forwards all of it, says what it left out, and comes back. How much that
// spares at a rate of its own shows in the lab (overload_tests.py): nothing here depends on the time it takes.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/rule_run.hh"
#include "tests/unit/worker_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Dear on purpose: what follows is looked for in many ways (PCRE2's limit ends it), and never there.
const std::string dear = R"(alert tcp any any -> any any (msg:"dear"; content:"aaaa"; pcre:"/(a|aa)+b/"; sid:1;)
alert tcp any any -> any any (msg:"n"; content:"needle"; sid:2;)
)";
constexpr unsigned queue_slots = 1024;  // as many as a port's queue has (port.cc)
constexpr std::uint16_t connections = 64;
constexpr std::size_t segment_bytes = 1400;

// So many connections that take turns; each begins with a SYN.
class Talkers {
 public:
  Frame next() {
    const auto connection = number_ % connections;
    const auto round = number_ / connections;
    ++number_;
    const auto at = ends("192.168.1.10", static_cast<std::uint16_t>(20000 + connection), "198.51.100.7", 9999);
    if (round == 0) return tcp_frame(at, first_ - 1, 0, tcp_flag::syn);
    return tcp_frame(at, first_ + static_cast<std::uint32_t>((round - 1) * segment_bytes), 1, tcp_flag::ack, text_);
  }

 private:
  static constexpr std::uint32_t first_ = 1000;
  std::uint64_t number_ = 0;
  Frame text_ = Frame(segment_bytes, 'a');
};

struct Overloaded {
  Overloaded()
      : tap(
            [] {
              auto options = small_options(Mode::monitor);
              options.record = Record::findings;
              options.payload_windows = 4096;
              options.payload_depths = {0, 0, 0};
              return options;
            }(),
            generation_of_rules(dear), ring_slots, queue_slots,
            LoadLimits{8, std::chrono::milliseconds{200}, 262'144}) {}

  // A page that is being written to has no reading.
  [[nodiscard]] WorkerReading now() const {
    for (;;)
      if (const auto reading = read(*tap.page)) return *reading;
  }
  [[nodiscard]] std::uint64_t unsearched() const {
    return now().inspection.uninspected[UninspectedReason::overload_payload];
  }
  // Waits for a place in the queue.
  void offer(const Frame& frame) {
    while (!tap.inside.offer(frame)) {
      drain();
      std::this_thread::yield();
    }
    ++offered;
    drain();
  }
  void drain() { left += tap.outside.left().size(); }
  template <class Done>
  bool reaches(Done done) {
    Tap::until([&] {
      drain();
      return done();
    });
    return done();
  }
  [[nodiscard]] bool all_came() const { return now().ports[0].received == offered; }

  Tap tap;
  Talkers talkers;
  std::uint64_t offered = 0;
  std::uint64_t left = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(overload)

BOOST_AUTO_TEST_CASE(what_cannot_be_searched_is_forwarded_and_counted_until_the_load_is_over) {
  Overloaded run;
  const auto last = run.tap.run(0, [&] {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (run.unsearched() < 5000 && std::chrono::steady_clock::now() < deadline) run.offer(run.talkers.next());
    BOOST_TEST(run.unsearched() >= 5000U);
    BOOST_TEST(run.reaches([&] { return run.all_came() && run.now().shed == 0; }));
    const auto at = ends("192.168.1.10", 30000, "198.51.100.7", 9999);
    run.offer(tcp_frame(at, 1, 0, tcp_flag::syn));
    run.offer(tcp_frame(at, 2, 1, tcp_flag::ack, as_bytes("\x90\x91 needle")));
    BOOST_TEST(run.reaches([&] { return run.all_came(); }));
  });
  run.drain();
  check_conservation(last);
  BOOST_TEST(run.left == run.offered);
  BOOST_TEST(last.inspection.uninspected[UninspectedReason::overload_payload] < run.offered);
  BOOST_TEST(last.inspection.findings == 1U);
  BOOST_TEST(rte_mempool_in_use_count(Dpdk::pool) == 0U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_keeps_up_leaves_nothing_out) {
  Overloaded run;
  const auto last = run.tap.run(0, [&] {
    for (int i = 0; i < 2000; ++i) {
      run.offer(run.talkers.next());
      if (!run.reaches([&] { return run.all_came(); })) break;
    }
  });
  run.drain();
  BOOST_TEST(run.left == 2000U);
  BOOST_TEST(last.inspection.uninspected[UninspectedReason::overload_payload] == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
