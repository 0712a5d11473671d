#include "dataplane/guard/health.hh"

#include <linux/futex.h>

#include <boost/test/unit_test.hpp>
#include <memory>

#include "dataplane/guard/custody.hh"

using namespace sluice;
using namespace std::chrono_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(Condition)
BOOST_TEST_DONT_PRINT_LOG_VALUE(Custody::Step)

namespace {

// A data plane of two workers as the guard sees it, looked at every 5 ms.
struct DataPlane {
  HealthWatch watch{40ms};
  std::unique_ptr<Sight> sight = std::make_unique<Sight>();
  Moment now{1h};

  DataPlane() { start(); }
  void start() {
    const auto instance = sight->instance + 1;
    *sight = Sight{};
    sight->instance = instance;
    sight->lives = true;
    sight->process = 1;
    sight->workers = 2;
    for (std::uint32_t i = 0; i < 2; ++i) sight->worker[i] = {0, 0};
  }
  void claim(std::uint64_t epoch) {
    for (std::uint32_t i = 0; i < 2; ++i) sight->worker[i].claim = epoch;
  }
  Health look(bool first_moves = true, bool second_moves = true, std::chrono::milliseconds later = 5ms) {
    now += later;
    if (first_moves) ++sight->worker[0].heartbeat;
    if (second_moves) ++sight->worker[1].heartbeat;
    return watch.look(*sight, now);
  }
  Condition after(int looks, bool first_moves, bool second_moves) {
    Health health;
    for (int i = 0; i < looks; ++i) health = look(first_moves, second_moves);
    return health.condition;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_health)

BOOST_AUTO_TEST_CASE(it_is_well_when_every_worker_has_moved_for_some_looks) {
  DataPlane tap;
  BOOST_TEST((tap.after(4, true, true) == Condition::unclear));
  BOOST_TEST((tap.after(1, true, true) == Condition::well));
  BOOST_TEST((tap.after(2, true, false) == Condition::well));  // it has lost its CPU for a while
  BOOST_TEST((tap.after(1, true, false) == Condition::unclear));
  BOOST_TEST((tap.after(3, true, true) == Condition::unclear));
  BOOST_TEST((tap.after(1, true, true) == Condition::well));
}

BOOST_AUTO_TEST_CASE(a_worker_that_does_not_move_hangs_after_the_limit_and_not_before) {
  DataPlane tap;
  (void)tap.after(10, true, true);
  BOOST_TEST((tap.after(8, true, false) == Condition::unclear));  // 40 ms
  const auto health = tap.look(true, false);
  BOOST_TEST((health.condition == Condition::hung));
  BOOST_TEST(health.worker == 1U);
  BOOST_TEST((tap.after(1, true, true) == Condition::unclear));
}

BOOST_AUTO_TEST_CASE(a_guard_that_comes_late_itself_calls_nobody_hung) {
  DataPlane tap;
  (void)tap.after(10, true, true);
  BOOST_TEST((tap.look(false, false, 500ms).condition == Condition::well));
  BOOST_TEST((tap.look(false, false).condition == Condition::well));
  BOOST_TEST((tap.look(false, false).condition == Condition::hung));
}

BOOST_AUTO_TEST_CASE(a_worker_that_has_ended_is_seen_at_once) {
  DataPlane tap;
  (void)tap.after(10, true, true);
  tap.sight->worker[1].claim = no_claim;
  BOOST_TEST((tap.look().condition == Condition::idle));
  // One that has not claimed the wire yet, since the guard has it, is none of these.
  tap.start();
  tap.claim(no_claim);
  BOOST_TEST((tap.after(5, true, true) == Condition::well));
}

BOOST_AUTO_TEST_CASE(a_worker_whose_thread_has_died_is_gone_at_once_but_not_one_that_moves) {
  DataPlane tap;
  (void)tap.after(10, true, true);
  tap.sight->worker[0].life = FUTEX_OWNER_DIED;
  const auto health = tap.look();
  BOOST_TEST((health.condition == Condition::well));  // whoever wrote that
  BOOST_TEST(health.may_be_dying);
  BOOST_TEST((tap.look(false, true).condition == Condition::absent));
}

BOOST_AUTO_TEST_CASE(who_is_not_there_or_has_no_workers_is_neither_well_nor_hung) {
  DataPlane tap;
  tap.sight->workers = 0;
  BOOST_TEST((tap.look().condition == Condition::idle));
  tap.sight->lives = false;
  BOOST_TEST((tap.look().condition == Condition::absent));
  tap.start();  // another one: it has to prove itself as the first had to
  BOOST_TEST((tap.after(4, true, true) == Condition::unclear));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(guard_custody)

using Step = Custody::Step;

BOOST_AUTO_TEST_CASE(the_wire_changes_hands_and_back) {
  DataPlane tap;
  Custody custody{4};
  const auto& sight = *tap.sight;
  BOOST_TEST((custody.next({Condition::well, 0, false}, sight, 4) == Step::none));
  BOOST_TEST((custody.next({Condition::unclear, 0, false}, sight, 4) == Step::none));
  BOOST_TEST((custody.next({Condition::hung, 1, false}, sight, 4) == Step::take));
  BOOST_TEST(custody.is_holding());
  BOOST_TEST((custody.next({Condition::hung, 1, false}, sight, 5) == Step::none));
  BOOST_TEST((custody.next({Condition::unclear, 0, false}, sight, 5) == Step::none));
  BOOST_TEST((custody.next({Condition::well, 0, false}, sight, 5) == Step::offer));
  // Until the last worker has thrown its backlog away, the other ways stay open.
  tap.claim(4);
  BOOST_TEST((custody.next({Condition::well, 0, false}, sight, 6) == Step::none));
  tap.sight->worker[0].claim = 6;
  BOOST_TEST((custody.next({Condition::well, 0, false}, sight, 6) == Step::none));
  BOOST_TEST(custody.holds());
  tap.claim(6);
  BOOST_TEST((custody.next({Condition::well, 0, false}, sight, 6) == Step::give_back));
  BOOST_TEST(!custody.holds());
}

BOOST_AUTO_TEST_CASE(who_hangs_again_before_the_wire_is_his_loses_it_again) {
  DataPlane tap;
  Custody custody{0};
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 0) == Step::take));
  BOOST_TEST((custody.next({Condition::well, 0, false}, *tap.sight, 1) == Step::offer));
  BOOST_TEST((custody.next({Condition::hung, 0, false}, *tap.sight, 2) == Step::take));
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 3) == Step::none));
}

BOOST_AUTO_TEST_CASE(a_dead_one_is_buried_once_its_process_has_ended) {
  DataPlane tap;
  Custody custody{0};
  BOOST_TEST((custody.next({Condition::well, 0, false}, *tap.sight, 0) == Step::none));
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 0) == Step::take));  // it dies
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 1) == Step::none));
  tap.sight->lives = false;
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 1) == Step::bury));
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 1) == Step::none));
}

BOOST_AUTO_TEST_CASE(a_guard_goes_on_where_the_one_before_was_killed) {
  DataPlane tap;
  Custody custody{7};
  BOOST_TEST(custody.is_holding());
  BOOST_TEST(
      (custody.next({Condition::unclear, 0, false}, *tap.sight, 7) == Step::hold));  // whatever runs is new to it
  BOOST_TEST((custody.next({Condition::unclear, 0, false}, *tap.sight, 7) == Step::none));
  BOOST_TEST((custody.next({Condition::well, 0, false}, *tap.sight, 7) == Step::offer));
}

BOOST_AUTO_TEST_CASE(an_order_to_bypass_holds_the_wire_whatever_the_data_plane_does) {
  DataPlane tap;
  Custody custody{0};
  const auto& sight = *tap.sight;
  const Health well{Condition::well, 0, false};
  BOOST_TEST((custody.next(well, sight, 0, BypassOrder::on) == Step::take));
  BOOST_TEST((custody.next(well, sight, 1, BypassOrder::on) == Step::none));
  BOOST_TEST(custody.is_holding());
  BOOST_TEST((custody.next(well, sight, 1, BypassOrder::automatic) == Step::offer));
  BOOST_TEST((custody.next(well, sight, 2, BypassOrder::on) == Step::take));  // before it was claimed
  BOOST_TEST((custody.next(well, sight, 3, BypassOrder::automatic) == Step::offer));
  tap.claim(4);
  BOOST_TEST((custody.next(well, sight, 4, BypassOrder::automatic) == Step::give_back));
}

BOOST_AUTO_TEST_CASE(an_order_not_to_bypass_shuts_every_way_once_and_for_a_dead_one_too) {
  DataPlane tap;
  const auto& sight = *tap.sight;
  const Health well{Condition::well, 0, false};
  const Health hung{Condition::hung, 0, false};
  for (const bool holds : {false, true}) {
    Custody custody{holds ? 1U : 0U};
    if (holds) BOOST_TEST((custody.next(well, sight, 1) == Step::hold));
    BOOST_TEST((custody.next(well, sight, 0, BypassOrder::off) == Step::shut));
    BOOST_TEST(!custody.holds());
    BOOST_TEST((custody.next(well, sight, 2, BypassOrder::off) == Step::none));
    BOOST_TEST((custody.next(hung, sight, 2, BypassOrder::off) == Step::none));
    BOOST_TEST((custody.next({}, sight, 2, BypassOrder::off) == Step::none));
    BOOST_TEST((custody.next(hung, sight, 2, BypassOrder::automatic) == Step::stand_by));
    BOOST_TEST((custody.next(hung, sight, 2, BypassOrder::automatic) == Step::take));
  }
  // An offer that is not claimed yet ends too.
  Custody custody{1};
  (void)custody.next(well, sight, 1);
  BOOST_TEST((custody.next(well, sight, 1) == Step::offer));
  BOOST_TEST((custody.next(well, sight, 2, BypassOrder::off) == Step::shut));
}

BOOST_AUTO_TEST_CASE(a_new_data_plane_does_not_get_the_wire_by_opening_its_ports) {
  DataPlane tap;
  Custody custody{0};
  BOOST_TEST((custody.next({Condition::absent, 0, false}, *tap.sight, 0) == Step::take));
  tap.start();
  BOOST_TEST((custody.next({Condition::idle, 0, false}, *tap.sight, 1) == Step::hold));
  BOOST_TEST((custody.next({Condition::idle, 0, false}, *tap.sight, 1) == Step::none));
}

BOOST_AUTO_TEST_SUITE_END()
