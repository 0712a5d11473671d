#include "dataplane/wire/capture_tap.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

PacketFilter everything() { return *PacketFilter::check({{0x06, 0, 0, 0xffffffff}}); }

struct Tap {
  static constexpr std::size_t ring_bytes = std::size_t{1} << 20U;
  std::vector<std::uint8_t> findings_ring = std::vector<std::uint8_t>(ring_bytes);
  std::vector<std::uint8_t> records_ring = std::vector<std::uint8_t>(ring_bytes);
  RingIndex findings_written, findings_read, records_written, records_read;
  EventSink sink{{findings_ring, findings_written, findings_read}, {records_ring, records_written, records_read}};
  RingConsumer findings{findings_ring, findings_written, findings_read};
  RingConsumer records{records_ring, records_written, records_read};
  CaptureTap tap{2};
  CaptureTap::Clock::time_point now{};
  Tick time = tick_from_nanoseconds(1'700'000'000'000'000'000);
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(101, 7);

  CaptureWish wish() const { return {everything(), 3, 5, 100'000, seconds{10}, 65'535}; }
  void burst(std::size_t count, std::uint32_t port = 0, bool is_secret = false) {
    std::array<Packet, 32> packets;
    for (std::size_t i = 0; i < count; ++i) {
      packets[i].clear();
      packets[i].frame = frame;
      packets[i].wire_length = static_cast<std::uint32_t>(frame.size());
      packets[i].time = time;
    }
    tap.copy(
        0, port, {packets.data(), count}, [=](const Packet&) { return is_secret; }, sink);
  }
  std::size_t came() {
    std::size_t count = 0;
    while (const auto record = records.pop()) {
      const auto copy = read_packet_copy(record->bytes);
      BOOST_REQUIRE(copy.has_value());
      BOOST_TEST(record->tag == tap.reading().id);
      BOOST_TEST(copy->head.time_ns == nanoseconds_since_epoch(time));
      BOOST_TEST(copy->head.wire_length == frame.size());
      BOOST_TEST(std::equal(copy->bytes.begin(), copy->bytes.end(), frame.begin()));
      ++count;
    }
    return count;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(capture_tap, Tap)

BOOST_AUTO_TEST_CASE(so_many_packets_as_were_asked_for_are_copied_and_it_is_over) {
  BOOST_TEST(!tap.is_wanted());
  BOOST_REQUIRE(tap.start(wish(), now).has_value());
  BOOST_TEST(tap.is_wanted());
  burst(3);
  tap.look(now);
  BOOST_TEST(tap.is_on());
  burst(3, 1);
  BOOST_TEST(came() == 5U);
  BOOST_TEST(!findings.pop().has_value());
  tap.look(now);
  BOOST_TEST((!tap.is_on() && !tap.is_wanted()));
  burst(3);
  BOOST_TEST(came() == 0U);
  const auto reading = tap.reading();
  BOOST_TEST((reading.end == CaptureEnd::packets));
  BOOST_TEST(reading.packets == 5U);
  BOOST_TEST(reading.bytes == 5 * frame.size());
  BOOST_TEST((reading.beyond_rate + reading.without_room) == 0U);
}

BOOST_AUTO_TEST_CASE(ports_filter_secrets_and_the_snap_length_are_kept) {
  auto asked = wish();
  asked.ports = 2;
  asked.snap_length = 10;
  BOOST_REQUIRE(tap.start(asked, now).has_value());
  burst(1, 0);
  burst(1, 1, true);
  BOOST_TEST(came() == 0U);
  burst(1, 1);
  const auto record = records.pop();
  BOOST_REQUIRE(record.has_value());
  const auto copy = read_packet_copy(record->bytes);
  BOOST_TEST(copy->bytes.size() == 10U);
  BOOST_TEST(copy->head.wire_length == frame.size());
  BOOST_TEST(copy->head.port == 1U);
  tap.end(CaptureEnd::asked);
  asked.filter = *PacketFilter::check({{0x06, 0, 0, 0}});
  BOOST_REQUIRE(tap.start(asked, now).has_value());
  burst(3, 1);
  BOOST_TEST(came() == 0U);
}

BOOST_AUTO_TEST_CASE(bytes_and_time_end_it_too) {
  auto asked = wish();
  asked.bytes = 2 * frame.size() + 50;
  BOOST_REQUIRE(tap.start(asked, now).has_value());
  burst(4);
  BOOST_TEST(came() == 2U);
  tap.look(now);
  BOOST_TEST((tap.reading().end == CaptureEnd::bytes));
  BOOST_TEST(tap.reading().bytes == 2 * frame.size());
  BOOST_REQUIRE(tap.start(wish(), now).has_value());
  tap.look(now + seconds{10} - milliseconds{1});
  BOOST_TEST(tap.is_on());
  tap.look(now + seconds{10});
  BOOST_TEST((tap.reading().end == CaptureEnd::time));
}

BOOST_AUTO_TEST_CASE(what_goes_beyond_the_rate_or_finds_no_room_is_counted) {
  auto asked = wish();
  asked.packets = 1'000'000;
  asked.bytes = std::uint64_t{1} << 30U;
  BOOST_REQUIRE(tap.start(asked, now).has_value());
  for (int i = 0; i < 100; ++i) burst(32);
  BOOST_TEST(came() == capture_window_packets);
  BOOST_TEST(tap.reading().beyond_rate == 3200 - capture_window_packets);
  time += capture_window;
  frame.assign(9000, 1);
  for (int i = 0; i < 4; ++i) burst(32);
  const auto reading = tap.reading();
  BOOST_TEST(reading.without_room + reading.beyond_rate - (3200 - capture_window_packets) + came() == 128U);
  BOOST_TEST(reading.without_room > 0U);
  BOOST_TEST(findings_written.position.load() == 0U);
}

BOOST_AUTO_TEST_CASE(one_at_a_time_and_within_bounds) {
  BOOST_REQUIRE(tap.start(wish(), now).has_value());
  BOOST_TEST(tap.start(wish(), now).error().find("under way") != std::string::npos);
  tap.end(CaptureEnd::asked);
  const auto refused = [&](auto change) {
    auto asked = wish();
    change(asked);
    return !tap.start(asked, now).has_value();
  };
  BOOST_TEST(refused([](CaptureWish& asked) { asked.packets = 0; }));
  BOOST_TEST(refused([](CaptureWish& asked) { asked.packets = capture_packets_limit + 1; }));
  BOOST_TEST(refused([](CaptureWish& asked) { asked.bytes = capture_bytes_limit + 1; }));
  BOOST_TEST(refused([](CaptureWish& asked) { asked.time = capture_time_limit + milliseconds{1}; }));
  BOOST_TEST(refused([](CaptureWish& asked) { asked.snap_length = 65'536; }));
  BOOST_TEST(refused([](CaptureWish& asked) { asked.ports = 0; }));
  const auto second = tap.start(wish(), now);
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST(*second == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
