#include "control/evidence/flow_keeper.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

constexpr std::size_t record_bytes = 20'480;

struct Keeping {
  DecisionWriter writer{EveContext{}, "", "test", record_bytes};
  FlowKeeper keeper;
  std::vector<EvidenceDraft> drafts;

  static EventHeader header_of(std::uint64_t flow) {
    auto about = header(EventType::kept_flow);
    about.flow_id = flow;
    return about;
  }
  void begins(std::uint64_t flow) {
    Record record{header_of(flow)};
    record.integer(Field::matched_field, static_cast<std::uint64_t>(Field::http_host)).text(Field::matched_value, "a");
    keeper.take(record.event(), writer, drafts);
  }
  void packet(std::uint64_t flow, std::uint64_t before, std::size_t size, std::optional<KeptEnd> end = {}) {
    Record record{header_of(flow)};
    record.integer(Field::kept_before, before);
    if (size != 0) record.integer(Field::packet_link_type, 1).text(Field::packet_bytes, std::string(size, 'x'));
    if (end) record.integer(Field::kept_end, static_cast<std::uint64_t>(*end));
    keeper.take(record.event(), writer, drafts);
  }
  [[nodiscard]] std::string said() const {
    std::string text;
    for (const auto& draft : drafts) {
      const auto& part = draft.decision.at("part");
      const auto& capture = draft.decision.at("capture");
      text += part.at("number").dump() + ":" + std::to_string(capture.at("packets").size()) +
              (capture.at("whole") == true ? "" : " not whole") + (part.contains("end") ? " " : "") +
              part.value("end", std::string{}) + "\n";
    }
    return text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(flow_keeper, Keeping)

BOOST_AUTO_TEST_CASE(a_connection_is_one_part_until_a_record_is_full) {
  begins(7);
  packet(7, 0, 100);
  packet(7, 100, 1500);
  packet(7, 1600, 0, KeptEnd::flow);
  BOOST_TEST(said() == "1:2 flow\n");
  drafts.clear();
  begins(8);
  std::uint64_t before = 0;
  for (int i = 0; i < 20; ++i, before += 1500) packet(8, before, 1500);
  packet(8, before, 1500, KeptEnd::bound);
  // 20,480 bytes without what is said of the finding hold eleven.
  BOOST_TEST(said() == "1:11\n2:10 bound\n");
  for (const auto& draft : drafts) BOOST_TEST(draft.decision.dump().size() + draft.capture.size() < record_bytes);
}

BOOST_AUTO_TEST_CASE(what_was_lost_on_the_way_is_said) {
  begins(7);
  packet(7, 0, 100);
  packet(7, 200, 100, KeptEnd::flow);  // 100 bytes between them
  begins(8);
  packet(8, 0, 100);
  packet(8, 300, 0, KeptEnd::flow);  // the last
  packet(9, 0, 100, KeptEnd::flow);  // of this one its beginning
  BOOST_TEST(said() == "1:2 not whole flow\n1:1 not whole flow\n");
}

BOOST_AUTO_TEST_CASE(a_packet_larger_than_a_record_is_cut) {
  begins(7);
  packet(7, 0, 60'000, KeptEnd::flow);
  BOOST_TEST(said() == "1:1 not whole flow\n");
  BOOST_TEST(drafts[0].decision["capture"]["packets"][0]["size"] == 60'000);
  BOOST_TEST(drafts[0].decision.dump().size() + drafts[0].capture.size() < record_bytes);
}

BOOST_AUTO_TEST_CASE(connections_do_not_mix_and_what_never_ended_says_so) {
  begins(1);
  begins(2);
  packet(2, 0, 10);
  packet(1, 0, 10);
  packet(2, 10, 10);
  begins(2);  // its end was lost
  packet(2, 0, 10);
  keeper.finish(drafts);
  BOOST_TEST(said() == "1:2 tap\n1:1 tap\n1:1 tap\n");
  drafts.clear();
  keeper.finish(drafts);
  BOOST_TEST(drafts.empty());
  for (std::uint64_t flow = 0; flow <= FlowKeeper::flow_limit; ++flow) begins(flow);
  BOOST_TEST(said() == "1:0 tap\n");
}

BOOST_AUTO_TEST_SUITE_END()
