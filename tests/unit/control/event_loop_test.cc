#include "control/tap/event_loop.hh"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

struct Running : TemporaryFolder {
  std::string memory = path + "/dataplane";
  std::string eve = path + "/eve.json";
  FakeCommands commands;
  EventStream stream;

  std::unique_ptr<EventLoop> loop() {
    return std::make_unique<EventLoop>(
        EventLoopOptions{
            memory, "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "lab", path + "/redaction.key", {eve, 1'000'000, 2}},
        commands.commands().rules, stream);
  }
  std::vector<json> lines(const std::string& type) const {
    std::vector<json> found;
    std::istringstream text{text_file(eve)};
    for (std::string line; std::getline(text, line);)
      if (const auto event = json::parse(line); event["event_type"] == type) found.push_back(event);
    return found;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_event_loop, Running)

BOOST_AUTO_TEST_CASE(an_alert_is_a_line_a_row_and_a_count) {
  FakeTap tap{memory};
  const auto running = loop();
  const auto followed = stream.follow(StreamKind::findings);
  tap.alert(1, 1, "data.example", Action::drop);
  BOOST_TEST(soon([&] { return lines("alert").size() == 1; }));
  const auto line = lines("alert").at(0);
  BOOST_TEST(line["alert"]["metadata"]["rule_id"] == json::array({"phones/data.example"}));
  BOOST_TEST(line["ruleset"] == std::string(64, 'a'));
  BOOST_TEST(line["tap_id"] == "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77");
  BOOST_TEST(running->findings().size() == 1U);
  const auto status = running->status();
  BOOST_TEST(status.up);
  BOOST_TEST(status.events_read == 1U);
  BOOST_TEST(status.findings[static_cast<std::size_t>(FindingClass::telemetry)][1] == 1U);
  BOOST_TEST(status.rules_by_kind[static_cast<std::size_t>(RuleKind::domain)] == 2U);
  BOOST_TEST(followed->take(std::chrono::seconds{2})->find("data.example") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(alerts_of_a_new_generation_are_read_against_its_rules) {
  FakeTap tap{memory};
  const auto running = loop();
  tap.alert(2, 1, "data.example");  // before the header says that generation 2 is live
  tap.live(2, std::string(64, 'b'));
  tap.alert(1, 0, "site.example");
  BOOST_TEST(soon([&] { return lines("alert").size() == 2; }));
  for (const auto& line : lines("alert")) {
    const auto second = line["generation"] == 2;
    BOOST_TEST(line["alert"]["metadata"]["rule_id"].at(0) == (second ? "phones/data.example" : "site/site.example"));
  }
  BOOST_TEST(running->status().alerts_unexplained == 0U);
}

BOOST_AUTO_TEST_CASE(an_alert_that_nobody_can_explain_is_written_after_a_time) {
  FakeTap tap{memory};
  const auto running = loop();
  const auto begin = std::chrono::steady_clock::now();
  tap.alert(9, 0, "data.example");
  BOOST_TEST(soon([&] { return running->status().events_read == 1; }));
  std::this_thread::sleep_for(EventLoop::explain_patience - std::chrono::seconds{1});
  BOOST_TEST(running->status().alerts_unexplained == 0U);
  BOOST_TEST(soon([&] { return lines("alert").size() == 1; }));
  BOOST_TEST((std::chrono::steady_clock::now() - begin < EventLoop::explain_patience + std::chrono::seconds{3}));
  BOOST_TEST(!lines("alert").at(0)["alert"].contains("metadata"));
  BOOST_TEST(running->status().alerts_unexplained == 1U);
}

BOOST_AUTO_TEST_CASE(the_data_plane_may_come_later_restart_and_go) {
  const auto running = loop();
  running->settle();
  BOOST_TEST(!running->status().up);
  BOOST_TEST(!running->status().reading.has_value());
  auto first = std::make_unique<FakeTap>(memory);
  WorkerReading reading;
  reading.ports[0].received = 41;
  first->counters(0, reading);
  BOOST_TEST(soon([&] { return running->status().up; }));
  first->alert(1, 1, "data.example");
  BOOST_TEST(running->statistics().total().received == 41U);
  BOOST_TEST(soon([&] { return lines("alert").size() == 1; }));
  first.reset();
  BOOST_TEST(soon([&] { return !running->status().up; }));
  BOOST_TEST(running->statistics().total().received == 41U);  // of the run that ended
  commands->renamed = true;
  FakeTap second{memory};
  BOOST_TEST(soon([&] { return running->status().up; }));
  BOOST_TEST(running->statistics().total().received == 0U);
  BOOST_TEST(running->findings().size() == 1U);
  // Its generation 1 is another than that of the run before.
  second.alert(1, 1, "other.example");
  BOOST_TEST(soon([&] { return lines("alert").size() == 2; }));
  BOOST_TEST(lines("alert").at(1)["alert"]["metadata"]["rule_id"].at(0) == "phones/other.example");
}

BOOST_AUTO_TEST_CASE(counters_that_cannot_be_read_stand_and_garbage_is_counted) {
  FakeTap tap{memory};
  const auto running = loop();
  WorkerReading reading;
  reading.ports[0].received = 7;
  tap.counters(1, reading);
  BOOST_TEST(soon([&] { return running->statistics().total().received == 7; }));
  tap.layout().worker(1).sequence = 1001;  // a worker that died while it wrote
  BOOST_TEST(running->statistics().total().received == 7U);
  BOOST_TEST(running->status().counters_unreadable > 0U);
  const std::vector<std::uint8_t> garbage(64, 0xee);
  tap.record(garbage);
  BOOST_TEST(soon([&] { return running->status().events_malformed == 1; }));
  tap.layout().worker(0).findings_written.position = 1'000'003;  // further than the ring is long
  BOOST_TEST(soon([&] { return running->status().rings_damaged > 0; }));
  tap.record(garbage);
  BOOST_TEST(soon([&] { return running->status().events_malformed == 2; }));
}

BOOST_AUTO_TEST_CASE(a_condition_of_the_taps_place_is_an_event) {
  FakeTap tap{memory};
  const auto running = loop();
  running->write_vantage({{"condition", "ports-swapped"}, {"pair", "lab"}, {"state", "over"}});
  BOOST_TEST(soon([&] { return lines("vantage").size() == 1; }));
  BOOST_TEST(lines("vantage").at(0)["vantage"] ==
             json::parse(R"({"condition": "ports-swapped", "pair": "lab", "state": "over"})"));
}

BOOST_AUTO_TEST_CASE(each_change_of_a_link_is_an_event) {
  FakeTap tap{memory};
  auto& links = tap.layout().header().links;
  links[0].state = LinkState::training;
  const auto running = loop();
  const auto said = [&](std::size_t count) {
    BOOST_TEST(soon([&] { return lines("link").size() == count; }));
    return lines("link").back()["link"];
  };
  BOOST_TEST(soon([&] { return !lines("state").empty(); }));
  links[0].state = LinkState::up;
  BOOST_TEST(said(1) == json::parse(R"({"port": "lab-in", "state": "up"})"));
  links[0].state = LinkState::taken_down;
  BOOST_TEST(said(2) == json::parse(R"({"port": "lab-in", "state": "taken-down", "before": "up"})"));
  links[0].state = LinkState::training;
  links[1].state = LinkState::lost;
  BOOST_TEST(said(3) == json::parse(R"({"port": "lab-out", "state": "lost"})"));
  links[0].state = static_cast<LinkState>(77);  // what shared memory holds may be anything
  links[1].state = LinkState::up;
  BOOST_TEST(said(4) == json::parse(R"({"port": "lab-out", "state": "up", "before": "lost"})"));
}

BOOST_AUTO_TEST_CASE(each_state_is_an_event_with_its_reason_and_the_one_before) {
  auto tap = std::make_unique<FakeTap>(memory);
  const auto running = loop();
  const auto said = [&](std::size_t count) {
    BOOST_TEST(soon([&] { return lines("state").size() == count; }));
    return lines("state").back();
  };
  auto line = said(1);
  BOOST_TEST(line["state"] == json::parse(R"({"name": "INSPECTING", "since": "2026-11-21T04:36:27.000000+0000"})"));
  BOOST_TEST(line["generation"] == 1);
  BOOST_TEST(line["ruleset"] == std::string(64, 'a'));
  tap->live(1, std::string(64, 'a'), TapState::uninspected, "worker 0 has stopped moving");
  line = said(2);
  BOOST_TEST(line["state"]["name"] == "UNINSPECTED");
  BOOST_TEST(line["state"]["reason"] == "worker 0 has stopped moving");
  BOOST_TEST(line["state"]["before"] == "INSPECTING");
  tap->live(1, std::string(64, 'a'), TapState::uninspected, "no rules");
  BOOST_TEST(said(3)["state"]["reason"] == "no rules");
  tap.reset();
  BOOST_TEST(said(4)["state"]["name"] == "ABSENT");
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  BOOST_TEST(lines("state").size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_data_plane_that_changes_its_state_without_end_fills_no_disk) {
  FakeTap tap{memory};
  const auto running = loop();
  BOOST_TEST(soon([&] { return lines("state").size() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 500; ++i) {
    tap.live(1, std::string(64, 'a'), TapState::degraded, "reason " + std::to_string(i));
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  const auto spent = std::chrono::steady_clock::now() - begin;
  const auto most = static_cast<std::size_t>(spent / EventLoop::state_interval) + 2;
  BOOST_TEST(lines("state").size() <= most + 1);
  BOOST_TEST(soon([&] { return lines("state").back()["state"]["reason"] == "reason 499"; }));  // the last one is said
}

BOOST_AUTO_TEST_CASE(the_end_writes_what_waits_and_the_counters) {
  FakeTap tap{memory};
  auto running = loop();
  running->settle();
  tap.alert(9, 0, "data.example");  // its rules will never be known
  running.reset();
  BOOST_TEST(lines("alert").size() == 1U);
  BOOST_TEST(lines("stats").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
