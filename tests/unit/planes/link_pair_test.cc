#include "dataplane/wire/link_pair.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using std::chrono::milliseconds;

namespace {

constexpr auto step = milliseconds{20};

// Two cables; a port that is taken down has no link, and its end sees none.
struct Wire {
  std::array<bool, 2> cable{true, true};
  std::array<bool, 2> port{true, true};
  std::array<milliseconds, 2> training{};  // what is left until a link comes
  milliseconds trains{0};                  // how long each takes
  LinkPair::Clock::time_point now{};
  LinkPair pair{milliseconds{200}, now};
  int orders = 0;

  Wire& run(milliseconds time) {
    for (milliseconds end{0}; end < time; end += step) {
      now += step;
      std::array<bool, 2> links{};
      for (std::size_t i = 0; i < 2; ++i) {
        if (!cable[i] || !port[i]) training[i] = trains;
        links[i] = cable[i] && port[i] && training[i] <= milliseconds{0};
        if (cable[i] && port[i]) training[i] -= step;
      }
      if (const auto order = pair.look(links, now)) {
        ++orders;
        port[order->side] = order->up;
        pair.done(*order, now);
      }
    }
    return *this;
  }
  [[nodiscard]] bool is(LinkState inside, LinkState outside) const {
    return pair.state(0) == inside && pair.state(1) == outside;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(link_pair)

BOOST_AUTO_TEST_CASE(a_loss_is_passed_on_and_so_is_its_end) {
  for (const std::size_t lost : {0U, 1U}) {
    Wire wire;
    wire.run(milliseconds{300});
    BOOST_TEST(wire.is(LinkState::up, LinkState::up));
    wire.cable[lost] = false;
    wire.run(milliseconds{200});
    BOOST_TEST(wire.port[1 - lost]);
    wire.run(step);
    BOOST_TEST(!wire.port[1 - lost]);
    BOOST_TEST(wire.port[lost]);
    wire.run(std::chrono::minutes{1});
    BOOST_TEST((wire.pair.state(static_cast<std::uint8_t>(lost)) == LinkState::lost));
    BOOST_TEST((wire.pair.state(static_cast<std::uint8_t>(1 - lost)) == LinkState::taken_down));
    BOOST_TEST(wire.orders == 1);
    wire.cable[lost] = true;
    wire.run(milliseconds{200} + step);
    BOOST_TEST(wire.port[1 - lost]);
    wire.run(milliseconds{300});
    BOOST_TEST(wire.is(LinkState::up, LinkState::up));
    BOOST_TEST(wire.orders == 2);
    BOOST_TEST(wire.pair.losses(static_cast<std::uint8_t>(lost)) == 1U);
    BOOST_TEST(wire.pair.losses(static_cast<std::uint8_t>(1 - lost)) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_flaps_faster_than_it_is_held_is_passed_over) {
  Wire wire;
  wire.run(milliseconds{300});
  for (int i = 0; i < 50; ++i) {
    wire.cable[0] = !wire.cable[0];
    wire.run(milliseconds{180});
  }
  BOOST_TEST(wire.orders == 0);
}

// Copper at 10GBASE-T: each time that a port is set up its link takes seconds.
BOOST_AUTO_TEST_CASE(a_port_that_trains_for_long_is_not_taken_for_lost) {
  Wire wire;
  wire.trains = std::chrono::seconds{7};
  wire.run(std::chrono::seconds{10});
  wire.cable[0] = false;
  wire.run(std::chrono::seconds{20});
  wire.cable[0] = true;
  wire.run(std::chrono::minutes{5});
  BOOST_TEST(wire.orders == 2);
  BOOST_TEST(wire.is(LinkState::up, LinkState::up));
}

BOOST_AUTO_TEST_CASE(where_both_are_lost_both_ports_stay_up_until_one_comes_back) {
  Wire wire;
  wire.run(milliseconds{300});
  wire.cable = {false, false};
  wire.run(std::chrono::seconds{30});
  BOOST_TEST(wire.orders == 0);
  BOOST_TEST(wire.is(LinkState::lost, LinkState::lost));
  wire.cable[0] = true;
  wire.run(milliseconds{300});
  BOOST_TEST(wire.is(LinkState::taken_down, LinkState::lost));
  wire.cable[1] = true;
  wire.run(std::chrono::seconds{1});
  BOOST_TEST(wire.is(LinkState::up, LinkState::up));
}

// The second cable goes while its port is down: that shows when it is set up again, and then the loss goes the other
// way.
BOOST_AUTO_TEST_CASE(a_loss_behind_a_port_that_is_down_is_passed_on_once_it_shows) {
  Wire wire;
  wire.run(milliseconds{300});
  wire.cable[0] = false;
  wire.run(std::chrono::seconds{1});
  wire.cable = {true, false};
  wire.run(std::chrono::seconds{30});
  BOOST_TEST(wire.is(LinkState::taken_down, LinkState::lost));
  BOOST_TEST(wire.orders == 3);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_not_there_at_the_start_has_its_time_to_come) {
  Wire wire;
  wire.cable[1] = false;
  wire.run(link_training_limit - std::chrono::seconds{1});
  BOOST_TEST(wire.is(LinkState::up, LinkState::training));
  wire.run(std::chrono::seconds{2});
  BOOST_TEST(wire.is(LinkState::taken_down, LinkState::lost));
}

// An order that could not be carried out stands.
BOOST_AUTO_TEST_CASE(an_order_is_given_until_it_is_done) {
  LinkPair::Clock::time_point now{};
  LinkPair pair{milliseconds{200}, now};
  BOOST_TEST(!pair.look({true, true}, now));
  BOOST_TEST(!pair.look({true, true}, now += std::chrono::seconds{1}));
  BOOST_TEST(!pair.look({false, true}, now += step));
  for (int i = 0; i < 3; ++i) {
    const auto order = pair.look({false, true}, now += milliseconds{200});
    BOOST_REQUIRE(order.has_value());
    BOOST_TEST((order->side == 1 && !order->up));
  }
}

BOOST_AUTO_TEST_SUITE_END()
