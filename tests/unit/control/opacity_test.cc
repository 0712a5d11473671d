#include "control/findings/opacity.hh"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

constexpr std::size_t wide = 200;

// As the workers count, beside the table.
struct Flows {
  OpacityTable table;
  ByVisibility flows;
  ByVisibility bytes;

  void add(std::string_view device, Visibility visibility, std::uint64_t size, Inside inside = Inside::source) {
    auto at = header(EventType::flow);
    at.inside = inside;
    (inside == Inside::destination ? at.destination : at.source) = address(device);
    Record record{at};
    record.integer(Field::flow_bytes_to_server, size / 2).integer(Field::flow_bytes_to_client, size - size / 2);
    record.integer(Field::flow_visibility, static_cast<std::uint64_t>(visibility));
    table.consume(record.event());
    ++flows[visibility];
    bytes[visibility] += size;
  }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    table.print(out, flows, bytes, wide);
    return out.str();
  }
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(control_opacity)

BOOST_AUTO_TEST_CASE(nothing_is_said_of_no_flow) { BOOST_TEST(Flows{}.text().empty()); }

BOOST_AUTO_TEST_CASE(the_device_with_most_unseen_comes_first) {
  Flows seen;
  seen.add("192.0.2.10", Visibility::clear_text, 300);
  seen.add("192.0.2.10", Visibility::name_only, 2'000);
  seen.add("192.0.2.10", Visibility::no_payload, 60);
  seen.add("192.0.2.20", Visibility::vpn, 5'000'000);
  seen.add("192.0.2.20", Visibility::ech, 7'000);
  seen.add("192.0.2.20", Visibility::ech, 1'000);
  BOOST_TEST(seen.text() ==
             "\nHow much could be seen of each device, by flows that ended and their bytes:\n\n"
             "Device      Clear text  Name only  Nothing    Why nothing                                   No payload\n"
             "----------  ----------  ---------  ---------  --------------------------------------------  ----------\n"
             "all         1, 300 B    1, 2.0 kB  3, 5.0 MB  VPN or relay (1), Encrypted Client Hello (2)  1, 60 B\n"
             "192.0.2.20  -           -          3, 5.0 MB  VPN or relay (1), Encrypted Client Hello (2)  -\n"
             "192.0.2.10  1, 300 B    1, 2.0 kB  -                                                        1, 60 B\n");
}

BOOST_AUTO_TEST_CASE(the_inside_end_is_the_device) {
  Flows seen;
  seen.add("192.0.2.30", Visibility::clear_text, 1, Inside::destination);
  seen.add("192.0.2.40", Visibility::clear_text, 1, Inside::unknown);
  const auto text = seen.text();
  BOOST_TEST(holds(text, "\n192.0.2.30  "));
  BOOST_TEST(holds(text, "\n192.0.2.40 (side not known)  "));
  seen.add("192.0.2.40", Visibility::name_only, 1);  // now it is
  BOOST_TEST(holds(seen.text(), "\n192.0.2.40  1, 1 B "));
}

BOOST_AUTO_TEST_CASE(devices_beyond_the_limits_are_taken_together) {
  Flows seen;
  for (std::size_t i = 0; i < OpacityTable::device_limit + 10; ++i)
    seen.add("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250), Visibility::vpn, 1);
  const auto text = seen.text();
  BOOST_TEST(holds(text, "\nall  "));
  const auto others = std::to_string(OpacityTable::device_limit + 10 - OpacityTable::printed_limit);
  BOOST_TEST(holds(text, "VPN or relay (" + others + ")"));
  std::size_t lines = 0;
  for (const auto c : text) lines += c == '\n';
  BOOST_TEST(lines == 5 + 1 + OpacityTable::printed_limit + 1);
}

BOOST_AUTO_TEST_CASE(other_events_and_values_outside_the_list_pass) {
  OpacityTable table;
  Record other{header(EventType::dns)};
  other.integer(Field::flow_visibility, 0);
  table.consume(other.event());
  Record unknown{header(EventType::flow)};
  unknown.integer(Field::flow_visibility, visibility_names.size());
  table.consume(unknown.event());
  Record silent{header(EventType::flow)};
  table.consume(silent.event());
  std::ostringstream out;
  ByVisibility flows;
  flows[Visibility::clear_text] = 1;
  table.print(out, flows, flows, wide);
  BOOST_TEST(!holds(out.str(), "192.0.2.10"));
}

BOOST_AUTO_TEST_SUITE_END()
