// What devices show of themselves, where findings alone are recorded: each thing once an hour.
#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"
#include "tests/unit/pipeline_run.hh"
#include "tests/unit/tcp_talk.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* phone = "192.168.1.10";
constexpr const char* server = "198.51.100.7";
// A DHCPREQUEST of 02:00:00:00:0a:0b with the host name "annas-phone", and the answer to it: dhcp_test.cc has them
// whole.
Frame dhcp_message(std::string_view head, std::string_view options) {
  auto bytes = unhex(head);
  bytes.resize(236);
  put(bytes, unhex(options));
  return bytes;
}
const Frame dhcp_request = dhcp_message("010106003903f3260000800000000000000000000000000000000000020000000a0b",
                                        "638253633501033d0701020000000a0b3204c0a8010a0c0b616e6e61732d70686f6e65ff");
const Frame dhcp_ack = dhcp_message("020106003903f3260000000000000000c0a8010a0000000000000000020000000a0b",
                                    "638253633501053604c0a80101ff");
// An answer with the address of Annas-iPad.local: device_pipeline_test.cc.
const auto mdns = unhex(
    "000084000000000100000001085f616972706c6179045f746370056c6f63616c00000c00010000000a00200a416e6e61732d69506164085f"
    "616972706c6179045f746370056c6f63616c000a416e6e61732d69506164056c6f63616c0000018001000000000004c0a8010a");

std::string digits_of(Bytes bytes) {
  std::string text;
  for (const auto byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

PipelineOptions options(std::uint32_t sightings = 64) {
  auto options = small_options();
  options.record = Record::findings;
  options.inside = InsideNetworks::private_addresses();
  options.sightings = sightings;
  return options;
}

// "DEVICE KIND of MAC hops N": a line each.
Lines sightings(PipelineRun& run) {
  Lines lines;
  run.each_event([&](const Event& event) {
    const auto& header = event.header();
    if (header.type != EventType::sighting) return lines.push_back("another event");
    auto line = (header.inside == Inside::destination ? header.destination : header.source).text();
    const auto of = event.find(Field::sighting_of);
    BOOST_REQUIRE(of.has_value());
    line += " " + std::to_string(of->integer());
    if (const auto mac = event.find(Field::hardware_address)) line += " of " + digits_of(mac->value);
    if (const auto hops = event.find(Field::hop_limit)) line += " hops " + std::to_string(hops->integer());
    if (const auto agent = event.find(Field::http_user_agent)) line += " " + std::string{agent->text()};
    lines.push_back(line);
  });
  return lines;
}

void visit(PipelineRun& run, std::uint16_t port, const char* agent) {
  Connection talk{run, port, 80};
  talk.open();
  talk.client(0,
              bytes_of(std::string{"GET /secret HTTP/1.1\r\nHost: example.net\r\nUser-Agent: "} + agent + "\r\n\r\n"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_sighting)

BOOST_AUTO_TEST_CASE(a_device_is_seen_with_its_first_packet_and_again_after_an_hour) {
  PipelineRun run{options()};
  const auto frame = udp_frame(ends(phone, 4000, server, 5000), bytes_of("hello"));
  run.send(frame);
  BOOST_TEST((sightings(run) == Lines{"192.168.1.10 0 of 020202020202 hops 64"}));
  run.send(udp_frame(ends(phone, 4001, server, 5000), bytes_of("hello")));
  BOOST_TEST((sightings(run) == Lines{}));
  run.wait(std::chrono::minutes{61});
  run.send(udp_frame(ends(phone, 4002, server, 5000), bytes_of("hello")));
  BOOST_TEST((sightings(run) == Lines{"192.168.1.10 0 of 020202020202 hops 64"}));
}

BOOST_AUTO_TEST_CASE(another_hardware_address_or_hop_limit_is_news) {
  PipelineRun run{options()};
  auto frame = udp_frame(ends(phone, 4000, server, 5000), bytes_of("hello"));
  run.send(frame);
  frame = udp_frame(ends(phone, 4001, server, 5000), bytes_of("hello"));
  frame[11] = 0x07;  // IEEE 802.3: the last byte of the sender's address
  run.send(frame);
  frame = udp_frame(ends(phone, 4002, server, 5000), bytes_of("hello"));
  frame[14 + 8] = 63;  // RFC 791 section 3.1: time to live
  run.send(frame);
  BOOST_TEST(
      (sightings(run) == Lines{"192.168.1.10 0 of 020202020202 hops 64", "192.168.1.10 0 of 020202020207 hops 64",
                               "192.168.1.10 0 of 020202020202 hops 63"}));
}

BOOST_AUTO_TEST_CASE(what_the_far_end_sends_is_none) {
  PipelineRun run{options()};
  run.send(udp_frame(ends(server, 5000, phone, 4000), bytes_of("hello")));
  BOOST_TEST((sightings(run) == Lines{}));
  run.send(udp_frame(ends(phone, 4000, server, 5000), bytes_of("hello")));  // the same flow
  BOOST_TEST((sightings(run) == Lines{}));
}

BOOST_AUTO_TEST_CASE(what_is_said_on_the_link_is_told_once) {
  PipelineRun run{options()};
  for (int turn = 0; turn < 2; ++turn) run.send(udp_frame(ends(phone, 5353, "224.0.0.251", 5353), mdns));
  BOOST_TEST(sightings(run) == (Lines{"192.168.1.10 0 of 020202020202 hops 64", "192.168.1.10 17 of 020202020202"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_user_agent_is_told_once_and_not_where_it_went) {
  PipelineRun run{options()};
  visit(run, 40000, "Dalvik/2.1.0");
  visit(run, 40001, "Dalvik/2.1.0");
  visit(run, 40002, "curl/8");
  BOOST_TEST(
      (sightings(run) == Lines{"192.168.1.10 0 of 020202020202 hops 64", "192.168.1.10 5 of 020202020202 Dalvik/2.1.0",
                               "192.168.1.10 5 of 020202020202 curl/8"}));
  visit(run, 40003, "another");
  run.each_event([](const Event& event) {
    for (const auto& field : event) BOOST_TEST(field.text().find("example.net") == std::string_view::npos);
    BOOST_TEST(!event.find(Field::http_uri));
  });
}

BOOST_AUTO_TEST_CASE(both_sides_of_dhcp_are_told) {
  const auto inside = [](Packet& packet) { packet.inside = Inside::source; };
  const auto outside = [](Packet& packet) { packet.inside = Inside::destination; };
  auto by_port = options();
  by_port.inside = {};
  PipelineRun wire{by_port};
  wire.send(udp_frame(ends("0.0.0.0", 68, "255.255.255.255", 67), dhcp_request), inside);
  wire.send(udp_frame(ends("192.168.1.1", 67, "255.255.255.255", 68), dhcp_ack), outside);
  BOOST_TEST((sightings(wire) ==
              Lines{"0.0.0.0 0 of 020202020202 hops 64", "0.0.0.0 12 of 020202020202", "255.255.255.255 12"}));
}

BOOST_AUTO_TEST_CASE(none_where_they_are_not_wanted) {
  PipelineRun run{options(0)};
  run.send(udp_frame(ends(phone, 5353, "224.0.0.251", 5353), mdns));
  visit(run, 40000, "Dalvik/2.1.0");
  BOOST_TEST((sightings(run) == Lines{}));
}

// A device that says something else each time is forgotten, not written down.
BOOST_AUTO_TEST_CASE(there_are_no_more_than_so_many_in_a_second) {
  Sightings known{4096, 1};
  const auto device = *Address::parse(phone);
  auto now = tick_from_nanoseconds(1'700'000'000'000'000'000);
  const auto told = [&] {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < 1000; ++i) {
      const auto said = std::to_string(nanoseconds_since_epoch(now)) + "/" + std::to_string(i);
      count += known.is_news(device, as_bytes(said), now) ? 1 : 0;
    }
    return count;
  };
  BOOST_TEST(told() == Sightings::limit_a_second);
  now += std::chrono::seconds{1};
  BOOST_TEST(told() == Sightings::limit_a_second);
}

BOOST_AUTO_TEST_SUITE_END()
