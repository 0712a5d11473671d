// What devices say of themselves, through the pipeline.
#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Each is explained in the test of its parser.
const auto mqtt = unhex("101100064d51497364700302001e00036f6c64");
const auto ntp_question =
    unhex("e3020a0000000000000000007f0000010000000000000000eeac4c74027420000000000000000000eeac4c740274e000");
const auto stun = unhex("0001000c2112a442000102030405060708090a0b8022000673797374656d0000");
const auto solicit = unhex("0110874b0001000a00030001020000000a0b");
const auto nbns =
    unhex("123401100001000000000000204542454f454f4542434e464145444341434143414341434143414341434141410000200001");
const auto arp = unhex("0001080006040002020000000a0bc0a8010a020000000001c0a80101");
const auto neighbour = unhex("8700708700000000fe8000000000000000000000000000050101020000000a0b");
// Made by scapy 2.5: a pointer from _airplay._tcp.local, and the address of Annas-iPad.local.
const auto mdns = unhex(
    "000084000000000100000001085f616972706c6179045f746370056c6f63616c00000c00010000000a00200a416e6e61732069506164085f"
    "616972706c6179045f746370056c6f63616c000a416e6e61732d69506164056c6f63616c0000018001000000000004c0a8010a");
// A question for "wpad", by hand from RFC 4795 section 2.1.1.
const auto llmnr = unhex("00070000000100000000000004777061640000010001");

Frame ether(unsigned type, Bytes payload) {
  Frame frame(12, 0x02);
  put16(frame, type);
  put(frame, payload);
  return frame;
}

PipelineOptions findings_alone() {
  auto options = small_options();
  options.record = Record::findings;
  return options;
}

// One message of each that comes in datagrams.
void send_all(PipelineRun& run) {
  run.send(udp_frame(ends("192.168.1.10", 40000, "192.0.2.1", 123), ntp_question));
  run.send(udp_frame(ends("192.168.1.10", 5353, "224.0.0.251", 5353), mdns));
  run.send(udp_frame(ends("192.168.1.10", 50000, "224.0.0.252", 5355), llmnr));
  run.send(udp_frame(ends("192.168.1.10", 137, "192.168.1.255", 137), nbns));
  run.send(udp_frame(ends("192.168.1.10", 40001, "239.255.255.250", 1900),
                     bytes_of("M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n")));
  run.send(udp_frame(ends("fe80::5", 546, "ff02::1:2", 547), solicit));
  run.send(udp_frame(ends("192.168.1.10", 40002, "198.51.100.9", 19302), stun));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(device_pipeline)

BOOST_AUTO_TEST_CASE(each_is_recognised) {
  PipelineRun run;
  send_all(run);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"ntp 3", "mdns - _airplay._tcp.local", "llmnr wpad -", "netbios ANNA-PC",
                                    "ssdp ssdp:all", "dhcp -", "stun 0 system", "flow ntp shutdown",
                                    "flow mdns shutdown", "flow llmnr shutdown", "flow netbios shutdown",
                                    "flow ssdp shutdown", "flow dhcpv6 shutdown", "flow stun shutdown"}));
  BOOST_TEST(run.count(UninspectedReason::unknown_protocol) == 0U);
  BOOST_TEST(run.count(UninspectedReason::parse_error) == 0U);
}

BOOST_AUTO_TEST_CASE(where_findings_alone_are_recorded_there_is_no_event) {
  PipelineRun run{findings_alone()};
  send_all(run);
  run.send(ether(0x0806, arp));
  run.send(ip_frame(ends("fe80::1", 0, "ff02::1:ff00:5", 0), ip_protocol::icmp_v6, neighbour));
  Connection{run, 40000, 1883}.open().client(0, mqtt);
  Connection{run, 40001, 22}.open().server(0, bytes_of("SSH-2.0-x\r\n"), 0);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST(run.events().empty());
  BOOST_TEST(run.count(UninspectedReason::unknown_protocol) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_broken_is_counted) {
  PipelineRun run;
  const auto twice = [&](const Ends& at, Bytes whole, std::size_t size) {
    run.send(udp_frame(at, whole));
    run.send(udp_frame(at, whole.first(size)));
    BOOST_TEST((run.uninspected == UninspectedReason::parse_error), at.destination_port);
  };
  twice(ends("192.168.1.10", 40000, "192.0.2.1", 123), ntp_question, 47);
  twice(ends("192.168.1.10", 5353, "224.0.0.251", 5353), mdns, 60);
  twice(ends("192.168.1.10", 50000, "224.0.0.252", 5355), llmnr, 20);
  twice(ends("192.168.1.10", 137, "192.168.1.255", 137), nbns, 49);
  twice(ends("fe80::5", 546, "ff02::1:2", 547), solicit, 10);
  twice(ends("192.168.1.10", 40002, "198.51.100.9", 19302), stun, 24);
  BOOST_TEST(run.count(UninspectedReason::parse_error) == 6U);
}

// On other ports they have the form of DNS, or none of their own.
BOOST_AUTO_TEST_CASE(the_port_decides_where_the_form_does_not) {
  PipelineRun run;
  run.send(udp_frame(ends("192.168.1.10", 40000, "192.0.2.1", 124), ntp_question));
  BOOST_TEST((run.uninspected == UninspectedReason::unknown_protocol));
  run.send(udp_frame(ends("192.168.1.10", 40000, "192.0.2.1", 123), bytes_of("hello, here is no clock")));
  BOOST_TEST((run.uninspected == UninspectedReason::unknown_protocol));
  run.send(udp_frame(ends("192.168.1.10", 40000, "192.0.2.1", 5300), llmnr));
  BOOST_TEST((run.events() == Lines{"dns query wpad"}));
}

// Names of the link are not a resolver's: rules on names and the memory of answers do not see them.
BOOST_AUTO_TEST_CASE(local_answers_are_not_believed) {
  auto whole = unhex("000084000000000100000000");
  for (const auto byte : unhex("066c6973746564076578616d706c6500"
                               "0001"
                               "8001"
                               "00000078"
                               "0004"
                               "c6336407"))
    whole.push_back(byte);
  PipelineRun run;
  const auto phone = [](Packet& packet) { packet.inside = Inside::source; };
  run.send(udp_frame(ends("192.168.1.9", 5353, "192.168.1.10", 5353), whole));
  run.send(udp_frame(ends("192.168.1.10", 40000, "198.51.100.7", 9999), bytes_of("payload")), phone);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"mdns - listed.example", "flow mdns shutdown", "flow unknown shutdown"}));
}

BOOST_AUTO_TEST_CASE(media_and_dtls_follow_stun) {
  PipelineRun run;
  const auto at = ends("192.168.1.10", 40002, "198.51.100.9", 19302);
  run.send(udp_frame(at, stun));
  run.send(udp_frame(at.reversed(), stun));
  auto media = unhex("80600001000000010000000100");
  run.send(udp_frame(at, media));
  BOOST_TEST((run.uninspected == UninspectedReason::unknown_protocol));
  run.send(udp_frame(at, media));
  run.send(udp_frame(at, stun));  // nobody looks any more
  BOOST_TEST((run.uninspected == UninspectedReason::unknown_protocol));
  BOOST_TEST(run.count(UninspectedReason::unknown_protocol) == 3U);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"stun 0 system", "stun 0 system", "flow stun shutdown"}));
}

BOOST_AUTO_TEST_CASE(stun_is_read_for_a_while) {
  PipelineRun run;
  for (int i = 0; i < 100; ++i) run.send(udp_frame(ends("192.168.1.10", 40002, "198.51.100.9", 19302), stun));
  BOOST_TEST(run.events().size() == 64U);
}

BOOST_AUTO_TEST_CASE(mqtt_is_read_up_to_its_first_packet) {
  PipelineRun run;
  Connection phone{run, 40000, 9001};  // any port
  phone.open();
  for (std::size_t i = 0; i < mqtt.size(); ++i) phone.client(i, Bytes{mqtt}.subspan(i, 1));
  phone.server(0, unhex("20020000"), mqtt.size());
  phone.client(mqtt.size(), unhex("3003000161"));
  BOOST_TEST(!run.uninspected);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"mqtt old", "flow mqtt shutdown"}));
}

BOOST_AUTO_TEST_CASE(both_sides_of_ssh_are_one_event) {
  PipelineRun run{with_queues()};
  Connection phone{run, 40000, 2222};
  phone.open();
  const auto server = bytes_of("SSH-2.0-dropbear_2022.83\r\n"), client = bytes_of("SSH-2.0-libssh2_1.10.0\r\n");
  phone.server(0, server, 0);
  BOOST_TEST(run.events().empty());
  phone.client(0, client);
  BOOST_TEST((run.events() == Lines{"ssh libssh2_1.10.0 dropbear_2022.83"}));
  phone.client(client.size(), bytes_of("key exchange"));
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
  Connection other{run, 40001, 2222};
  other.open().server(0, server, 0);
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"flow ssh shutdown", "ssh - dropbear_2022.83", "flow ssh shutdown"}));
}

BOOST_AUTO_TEST_CASE(arp_passes_and_is_an_event_once) {
  PipelineRun run;
  BOOST_TEST(run.send(ether(0x0806, arp)));
  BOOST_TEST((run.uninspected == UninspectedReason::not_ip));
  BOOST_TEST(run.send(ether(0x0806, arp)));
  BOOST_TEST(run.send(ether(0x0806, Bytes{arp}.first(20))));
  BOOST_TEST(run.send(ether(0x88cc, arp)));
  BOOST_TEST((run.events() == Lines{"arp 192.168.1.10 192.168.1.1"}));
  run.wait(std::chrono::minutes{10});
  BOOST_TEST(run.send(ether(0x0806, arp)));
  BOOST_TEST((run.events() == Lines{"arp 192.168.1.10 192.168.1.1"}));
  BOOST_TEST(run.count(UninspectedReason::not_ip) == 5U);
}

BOOST_AUTO_TEST_CASE(neighbour_discovery_is_an_event_once) {
  PipelineRun run;
  const auto at = ends("fe80::1", 0, "ff02::1:ff00:5", 0);
  const auto send = [&](Bytes message) { run.send(ip_frame(at, ip_protocol::icmp_v6, message)); };
  send(neighbour);
  send(neighbour);
  auto other = neighbour;
  other.back() ^= 1;  // another hardware address
  send(other);
  send(Bytes{neighbour}.first(30));
  BOOST_TEST((run.uninspected == UninspectedReason::parse_error));
  BOOST_TEST((run.events() == Lines{"nd 135 fe80::5", "nd 135 fe80::5"}));
  send(unhex("8000000000010001"));  // an echo request ends it
  other.back() ^= 2;
  send(other);
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_SUITE_END()
