#include "dataplane/generations/generation_switch.hh"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>
#include <vector>

using namespace sluice;

namespace {

constexpr auto patience = std::chrono::seconds{30};

std::unique_ptr<const Generation> generation(std::uint32_t number) {
  RuleList rules;
  rules.indicators.resize(number % 3);
  return std::move(*make_generation(rules, {}, number, 4));
}

bool retires(GenerationSwitch& generations) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!generations.retire())
    if (std::chrono::steady_clock::now() > deadline) return false;
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generation_switch)

BOOST_AUTO_TEST_CASE(the_old_generation_goes_when_every_worker_has_looked_again) {
  GenerationSwitch generations{2, generation(1)};
  BOOST_TEST(generations.current(0).number() == 1U);
  BOOST_TEST(generations.current(1).number() == 1U);
  BOOST_TEST(generations.retire());  // nothing to retire
  generations.publish(generation(2));
  BOOST_TEST(generations.live().number() == 2U);
  BOOST_TEST(generations.is_retiring());
  BOOST_TEST(!generations.retire());
  BOOST_TEST(generations.current(0).number() == 2U);
  BOOST_TEST(!generations.retire());  // the other one may still use the first
  BOOST_TEST(generations.current(1).number() == 2U);
  BOOST_TEST(generations.retire());
  BOOST_TEST(!generations.is_retiring());
}

BOOST_AUTO_TEST_CASE(a_worker_that_has_not_started_is_waited_for_and_one_that_has_left_is_not) {
  GenerationSwitch generations{2, generation(1)};
  (void)generations.current(0);
  generations.publish(generation(2));
  (void)generations.current(0);
  BOOST_TEST(!generations.retire());  // worker 1 has not said anything yet
  generations.leave(1);
  BOOST_TEST(generations.retire());
}

// Under AddressSanitizer a generation that goes too early shows; under ThreadSanitizer, a missing order.
BOOST_AUTO_TEST_CASE(no_worker_ever_reads_a_generation_that_has_gone) {
  constexpr std::uint32_t workers = 3;
  constexpr std::uint32_t rounds = 200;
  GenerationSwitch generations{workers, generation(0)};
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::uint32_t> last(workers, 0);
  std::vector<std::thread> threads;
  for (std::uint32_t worker = 0; worker < workers; ++worker)
    threads.emplace_back([&, worker] {
      while (!stop.load(std::memory_order_relaxed)) {
        const auto& now = generations.current(worker);
        if (now.number() < last[worker] || now.ruleset.size() != now.number() % 3) ++wrong;
        last[worker] = now.number();
      }
      generations.leave(worker);
    });
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    generations.publish(generation(round));
    BOOST_REQUIRE(retires(generations));
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0U);
  // The last retirement is over, so every worker had said that it left the one before; the next look shows the last.
  for (std::uint32_t worker = 0; worker < workers; ++worker) BOOST_TEST(last[worker] >= rounds - 1);
}

BOOST_AUTO_TEST_SUITE_END()
