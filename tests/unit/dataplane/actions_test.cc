// What the actions of rules do to packets and flows, through the pipeline; the order is Suricata's.
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

const auto question = ends("192.168.1.10", 5000, "198.51.100.7", 9);

// One event as "PACKET alert SID drop=..": of alerts the row from 0, of drops the cause, of flows what was done.
std::vector<std::string> said(PipelineRun& run) {
  std::vector<std::string> lines;
  run.each_event([&](const Event& event) {
    const auto number = [&](Field field) {
      const auto found = event.find(field);
      return found ? std::to_string(found->integer()) : std::string{"-"};
    };
    const auto packet = std::to_string(event.header().packet);
    switch (event.header().type) {
      case EventType::alert:
        lines.push_back(packet + " alert " + number(Field::rule_row) + " would " + number(Field::would));
        break;
      case EventType::drop:
        lines.push_back(packet + " drop " + number(Field::drop_cause) + " by " + number(Field::rule_row) + " tells " +
                        number(Field::reject_target));
        break;
      case EventType::flow:
        lines.push_back("flow dropped " + number(Field::flow_dropped) + " would " + number(Field::flow_would) +
                        " passed " + number(Field::flow_passed));
        break;
      default: break;
    }
  });
  return lines;
}

std::vector<std::string> play(Mode mode, const std::string& rules, const std::vector<Frame>& frames) {
  PipelineRun run{small_options(mode), generation_of_rules(rules)};
  for (const auto& frame : frames) (void)run.send(frame);
  run.pipeline().finish(run.now, run.sent);
  return said(run);
}

void check(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

const Frame evil = udp_frame(question, as_bytes("EVIL"));
const Frame answer = udp_frame(question.reversed(), as_bytes("EVIL"));

}  // namespace

BOOST_AUTO_TEST_SUITE(actions)

// Row 0 alerts, row 1 drops: the packet has both, what comes behind it neither.
BOOST_AUTO_TEST_CASE(no_signature_looks_behind_the_packet_that_had_a_flow_dropped) {
  const std::string rules =
      "alert tcp any any -> any any (content:\"EVIL\"; sid:1;)\ndrop tcp any any -> any any (content:\"EVIL\"; sid:2;)";
  const auto at = ends("192.168.1.10", 5000, "198.51.100.7", 80);
  constexpr std::uint8_t ack = tcp_flag::ack;
  const std::vector<Frame> talk{
      tcp_frame(at, 99, 0, tcp_flag::syn), tcp_frame(at.reversed(), 499, 100, tcp_flag::syn | ack),
      tcp_frame(at, 100, 500, ack, as_bytes("EVIL")), tcp_frame(at, 104, 500, ack, as_bytes("EVIL")),
      tcp_frame(at.reversed(), 500, 108, ack, as_bytes("EVIL"))};
  check(play(Mode::enforce, rules, talk),
        {"3 alert 1 would 1", "3 alert 0 would 1", "3 drop 0 by 1 tells -", "4 drop 1 by - tells -",
         "5 drop 1 by - tells -", "flow dropped 1 would - passed -"});
  check(play(Mode::monitor, rules, talk),
        {"3 alert 1 would 1", "3 alert 0 would 1", "flow dropped - would 1 passed -"});
}

// Suricata's action scope: of a rule on a packet or a datagram the packet, of one on an application the flow.
BOOST_AUTO_TEST_CASE(a_rule_on_a_datagram_drops_that_datagram) {
  check(play(Mode::enforce, "drop udp any any -> any any (content:\"EVIL\"; sid:1;)",
             {evil, udp_frame(question, as_bytes("harmless")), evil}),
        {"1 alert 0 would 1", "3 alert 0 would 1", "1 drop 0 by 0 tells -", "3 drop 0 by 0 tells -",
         "flow dropped - would - passed -"});
}

BOOST_AUTO_TEST_CASE(a_rule_on_an_application_alone_drops_its_flow) {
  const auto query = udp_frame(ends("192.168.1.10", 5000, "198.51.100.53", 53), dns_query("a.example"));
  check(play(Mode::enforce, "drop dns any any -> any any (sid:1;)", {query, query}),
        {"1 alert 0 would 1", "1 drop 0 by 0 tells -", "2 drop 1 by - tells -", "flow dropped 1 would - passed -"});
  check(play(Mode::monitor, "drop dns any any -> any any (sid:1;)", {query, query}),
        {"1 alert 0 would 1", "flow dropped - would 1 passed -"});
}

// Each direction has a rule of its own: the second packet is dropped because its flow was.
BOOST_AUTO_TEST_CASE(rules_on_addresses_have_the_flow_dropped_once) {
  check(
      play(Mode::enforce, "drop ip 192.168.1.10 any -> any any (sid:1;)\ndrop ip 198.51.100.7 any -> any any (sid:2;)",
           {evil, answer}),
      {"1 alert 0 would 1", "1 drop 0 by 0 tells -", "2 drop 1 by - tells -", "flow dropped 1 would - passed -"});
}

BOOST_AUTO_TEST_CASE(a_rule_on_a_packet_drops_that_packet) {
  check(play(Mode::enforce, "drop udp any any -> any any (dsize:4; sid:1;)",
             {evil, udp_frame(question, as_bytes("longer")), evil}),
        {"1 alert 0 would 1", "3 alert 0 would 1", "1 drop 0 by 0 tells -", "3 drop 0 by 0 tells -",
         "flow dropped - would - passed -"});
}

// Row 0 is held: it says what it would do. Row 1 is not, and does it, also behind the other one's packet.
BOOST_AUTO_TEST_CASE(a_rule_that_is_held_raises_alarms_and_blocks_nothing) {
  const auto hold_first = [](const std::string& rules) {
    auto generation = generation_of_rules(rules);
    generation->ruleset.hold({0});
    return generation;
  };
  const std::string rules =
      "drop tcp any any -> any any (content:\"EVIL\"; sid:1;)\ndrop tcp any any -> any any (content:\"WORSE\"; sid:2;)";
  const auto at = ends("192.168.1.10", 5000, "198.51.100.7", 80);
  PipelineRun run{small_options(Mode::enforce), hold_first(rules)};
  for (const auto& frame :
       {tcp_frame(at, 99, 0, tcp_flag::syn), tcp_frame(at.reversed(), 499, 100, tcp_flag::syn | tcp_flag::ack),
        tcp_frame(at, 100, 500, tcp_flag::ack, as_bytes("EVIL"))})
    BOOST_TEST(run.send(frame));
  BOOST_TEST(!run.send(tcp_frame(at, 104, 500, tcp_flag::ack, as_bytes("WORSE"))));
  run.pipeline().finish(run.now, run.sent);
  check(said(run),
        {"3 alert 0 would 1", "4 alert 1 would 1", "4 drop 0 by 1 tells -", "flow dropped 1 would - passed -"});
}

BOOST_AUTO_TEST_CASE(a_flow_that_a_rule_lets_pass_says_so) {
  const std::string rules =
      "pass ip any any -> any any (sid:1;)\ndrop udp any any -> any any (content:\"EVIL\"; sid:2;)";
  check(play(Mode::enforce, rules, {evil, answer}), {"flow dropped - would - passed 1"});
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_drops_is_named) {
  check(play(Mode::enforce,
             "reject udp any any -> any any (content:\"EV\"; sid:1;)\ndrop udp any any -> any any (content:\"EVIL\"; "
             "sid:2;)",
             {evil}),
        {"1 alert 1 would 1", "1 alert 0 would 1", "1 drop 0 by 1 tells 1", "flow dropped - would - passed -"});
}

BOOST_AUTO_TEST_CASE(replies_are_made_in_enforce_alone_and_of_what_was_rejected) {
  for (const auto mode : {Mode::enforce, Mode::monitor}) {
    PipelineRun run{small_options(mode),
                    generation_of_rules("rejectboth udp any any -> any 9 (content:\"EVIL\"; sid:1;)")};
    const auto told = [&](const Frame& frame) {
      (void)run.send(frame);
      return run.pipeline().replies().size();
    };
    BOOST_TEST(told(udp_frame(question, as_bytes("harmless"))) == 0U);
    BOOST_TEST(told(evil) == (mode == Mode::enforce ? 2U : 0U));
    BOOST_TEST(run.pipeline().counters().unanswered.sum() == 0U);
  }
}

// The receiver has confirmed part of what comes once more: a reset has to stand behind that.
BOOST_AUTO_TEST_CASE(a_reset_to_the_receiver_stands_at_what_it_has_confirmed) {
  PipelineRun run{small_options(Mode::enforce),
                  generation_of_rules("rejectdst tcp any any -> any 80 (content:\"EVIL\"; sid:1;)")};
  const auto at = ends("192.168.1.10", 5000, "198.51.100.7", 80);
  constexpr std::uint8_t ack = tcp_flag::ack;
  (void)run.send(tcp_frame(at, 99, 0, tcp_flag::syn));
  (void)run.send(tcp_frame(at.reversed(), 499, 100, tcp_flag::syn | ack));
  (void)run.send(tcp_frame(at, 100, 500, ack, as_bytes("ab")));
  (void)run.send(tcp_frame(at.reversed(), 500, 102, ack));
  (void)run.send(tcp_frame(at, 100, 500, ack, as_bytes("abEVIL")));
  const auto replies = run.pipeline().replies();
  BOOST_REQUIRE(replies.size() == 1U);
  Packet reset;
  reset.frame = replies[0].frame();
  BOOST_REQUIRE(decode(reset, nullptr));
  BOOST_TEST(reset.tcp_sequence == 102U);
  BOOST_TEST(reset.tcp_acknowledgement == 500U);
}

BOOST_AUTO_TEST_CASE(what_was_dropped_passes_once_the_mode_is_monitor) {
  const std::string rules = "drop tcp any any -> any any (content:\"EVIL\"; sid:1;)";
  const auto at = ends("192.168.1.10", 5000, "198.51.100.7", 80);
  constexpr std::uint8_t ack = tcp_flag::ack;
  PipelineRun run{small_options(Mode::enforce), generation_of_rules(rules)};
  BOOST_TEST(run.send(tcp_frame(at, 99, 0, tcp_flag::syn)));
  BOOST_TEST(run.send(tcp_frame(at.reversed(), 499, 100, tcp_flag::syn | ack)));
  BOOST_TEST(!run.send(tcp_frame(at, 100, 500, ack, as_bytes("EVIL"))));
  const auto harmless = tcp_frame(at.reversed(), 500, 100, ack, as_bytes("fine"));
  BOOST_TEST(!run.send(harmless));
  std::uint32_t number = 1;
  const auto go_on = [&](std::optional<Policy> policy) {
    auto next = generation_of_rules(rules, ++number);
    next->policy = policy;
    run.use(std::move(next));
  };
  go_on(Policy{Mode::monitor, false});
  BOOST_TEST(run.send(harmless));
  BOOST_TEST(run.send(evil));
  go_on(std::nullopt);  // says nothing of it
  BOOST_TEST(run.send(harmless));
  go_on(Policy{Mode::enforce, false});
  BOOST_TEST(!run.send(harmless));
}

BOOST_AUTO_TEST_SUITE_END()
