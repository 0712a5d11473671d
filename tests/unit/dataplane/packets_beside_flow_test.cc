// What rules see of packets that are no ordinary part of a flow. Frames of tunnels were written by scapy 2.5, QUIC is
// that of RFC 9001 appendix A.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/hex.hh"
#include "tests/unit/quic_samples.hh"
#include "tests/unit/rule_run.hh"
#include "tests/unit/tcp_talk.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Ethernet, 192.0.2.10:3544 <-> 203.0.113.7:32900, a SYN from 2001:0:4137:9e50:8000:f12a:b9c8:2815 and its answer.
const std::string teredo =
    "0200000000020200000000010800450000580001000040117c82c000020acb0071070dd8808400440cbd600000000014064020010000"
    "41379e508000f12ab9c8281520010db80000000000000000000000079c40005000000001000000005002200072ff0000";
const std::string teredo_answer =
    "0200000000020200000000010800450000580001000040117c82cb007107c000020a80840dd800440cbd600000000014064020010db8"
    "0000000000000000000000072001000041379e508000f12ab9c8281500509c4000000001000000025012200072ed0000";
// Between 2001:db8::1 and 2001:db8::7: IPv6 in UDP, from port 3797: no tunnel.
const std::string native =
    "0200000000020200000000010800450000580001000040117c82c000020acb0071070ed5808400440bc0600000000014064020010db8"
    "00000000000000000000000120010db80000000000000000000000079c40005000000001000000005002200097d70000";

std::size_t alerts(PipelineRun& run) {
  std::size_t count = 0;
  run.each_event([&](const Event& event) { count += event.header().type == EventType::alert; });
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packets_beside_flow)

BOOST_AUTO_TEST_CASE(rules_on_packets_see_what_a_receiver_refuses) {
  for (const auto mode : {Mode::monitor, Mode::enforce}) {
    const auto seen = [&](const std::string& rule) {
      PipelineRun run{small_options(mode), generation_of_rules(rule)};
      Connection tcp{run, 40000, 80};
      tcp.open().client(0, as_bytes("ab"));
      BOOST_TEST(tcp.client(2, as_bytes("EVIL"), 0) == (mode == Mode::monitor));
      BOOST_TEST(run.count(UninspectedReason::tcp_refused) == 1U);
      return alerts(run);
    };
    BOOST_TEST(seen(R"(alert ip any any -> any any (content:"EVIL"; sid:1;))") == 1U);
    BOOST_TEST(seen(R"(alert tcp-pkt any any -> any any (content:"EVIL"; sid:1;))") == 1U);
    BOOST_TEST(seen(R"(alert tcp any any -> any any (flags:0; sid:1;))") == 1U);
    // What the receiver never reads stands in no stream.
    BOOST_TEST(seen(R"(alert tcp any any -> any any (content:"EVIL"; sid:1;))") == 0U);
    BOOST_TEST(seen(R"(alert http any any -> any any (content:"EVIL"; sid:1;))") == 0U);
    BOOST_TEST(seen(R"(alert udp any any -> any any (content:"EVIL"; sid:1;))") == 0U);
    BOOST_TEST(seen("pass ip any any -> any any (content:\"VI\"; sid:1;)\n"
                    "alert ip any any -> any any (content:\"EVIL\"; sid:2;)") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(rules_on_packets_see_what_lies_before_a_stream) {
  const auto seen = [](const std::string& rule) {
    PipelineRun run{small_options(), generation_of_rules(rule)};
    Connection tcp{run, 40000, 80};
    tcp.open().client(0, as_bytes("first bytes"));
    tcp.client(~std::size_t{0}, as_bytes("EVIL"));  // from the number of the SYN on
    return alerts(run);
  };
  BOOST_TEST(seen(R"(alert ip any any -> any any (content:"EVIL"; sid:1;))") == 1U);
  BOOST_TEST(seen(R"(alert tcp any any -> any any (content:"EVIL"; sid:1;))") == 0U);
}

// Data that come with a SYN are of no connection yet (RFC 7413): a rule that lets them pass lets that packet pass.
BOOST_AUTO_TEST_CASE(what_passes_with_a_syn_is_that_packet) {
  const auto at = ends("192.168.1.10", 40000, "198.51.100.7", 80);
  constexpr std::uint8_t syn = tcp_flag::syn, ack = tcp_flag::ack;
  const auto seen = [&](std::uint8_t flags_of_pass) {
    PipelineRun run{small_options(), generation_of_rules("pass ip any any -> any any (content:\"pass\"; sid:1;)\n"
                                                         "alert ip any any -> any any (content:\"EVIL\"; sid:2;)")};
    (void)run.send(tcp_frame(at, 99, 0, syn, as_bytes("EVIL")));
    (void)run.send(tcp_frame(at.reversed(), 499, 104, syn | ack, as_bytes(flags_of_pass == syn ? "pass" : "")));
    if (flags_of_pass != syn) (void)run.send(tcp_frame(at.reversed(), 500, 104, ack, as_bytes("pass")));
    (void)run.send(tcp_frame(at, 104, 504, ack, as_bytes("EVIL")));
    return alerts(run);
  };
  BOOST_TEST(seen(syn) == 2U);
  BOOST_TEST(seen(ack) == 1U);
}

BOOST_AUTO_TEST_CASE(quic_version_is_that_of_either_side) {
  const auto at = ends("192.168.1.10", 50000, "198.51.100.7", 443);
  const auto client = udp_frame(at, quic_samples::from_hex(quic_samples::client_initial_v1));
  const auto server = udp_frame(at.reversed(), quic_samples::from_hex(quic_samples::server_initial_v1));
  const auto seen = [&](const std::string& options) {
    return rule_matches("quic", options, [&](PipelineRun& run) {
      (void)run.send(client);
      (void)run.send(server);
    });
  };
  const auto version = whole("quic.version", {"\0\0\0\1", 4});
  BOOST_TEST(seen(version) == 2U);
  BOOST_TEST(seen("flow:to_server; " + version) == 1U);
  BOOST_TEST(seen("flow:to_client; " + version) == 1U);
  BOOST_TEST(seen(version + "quic.sni; content:\"example.com\";") == 1U);
  BOOST_TEST(seen("quic.version; content:\"|00 00 00 02|\";") == 0U);
}

// RFC 7540 section 3.2: the request of the upgrade is the first stream.
BOOST_AUTO_TEST_CASE(a_request_that_goes_over_to_http_2_is_seen_in_both) {
  const auto seen = [](const std::string& protocol, const std::string& options, const std::string& answer) {
    return rule_matches(protocol, options, [&](PipelineRun& run) {
      Connection tcp{run, 40000, 80};
      const std::string request =
          "GET /robots.txt HTTP/1.1\r\nHost: a.example\r\nUser-Agent: phone\r\nConnection: Upgrade, HTTP2-Settings\r\n"
          "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
      tcp.open().client(0, as_bytes(request));
      tcp.server(0, as_bytes(answer), request.size());
    });
  };
  const std::string taken = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
  const std::string declined = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const std::string path = "http.uri; content:\"/robots.txt\";";
  BOOST_TEST(seen("http1", path, taken) == 1U);
  BOOST_TEST(seen("http2", path, taken) == 1U);
  BOOST_TEST(seen("http", path, taken) == 2U);
  BOOST_TEST(seen("http2", "http.host; content:\"a.example\"; http.method; content:\"GET\";", taken) == 1U);
  BOOST_TEST(seen("http", "http.user_agent; content:\"phone\";", taken) == 1U);  // was said once
  BOOST_TEST(seen("http", path, declined) == 1U);
  BOOST_TEST(seen("http2", path, declined) == 0U);
}

// As of any packets: a rule on addresses alone is told of each flow inside once, one with a port of each packet.
BOOST_AUTO_TEST_CASE(rules_see_the_outside_of_a_tunnel) {
  const auto seen = [](const std::string& rule) {
    PipelineRun run{small_options(), generation_of_rules(rule)};
    for (const auto& hex : {teredo, teredo_answer, teredo}) (void)run.send(unhex(hex));
    return alerts(run);
  };
  BOOST_TEST(seen("alert udp any any -> any 32900 (sid:1;)") == 2U);
  BOOST_TEST(seen("alert udp 203.0.113.7 any -> any any (sid:1;)") == 1U);
  BOOST_TEST(seen("alert udp 192.0.2.10 any -> any any (sid:1;)") == 1U);
  BOOST_TEST(seen("alert ip any any -> any any (ip_proto:17; sid:1;)") == 3U);
  BOOST_TEST(seen("alert tcp any any -> any 80 (sid:1;)") == 2U);
  BOOST_TEST(seen("alert udp any any -> any 4789 (sid:1;)") == 0U);

  PipelineRun run{small_options(Mode::enforce), generation_of_rules("drop udp any any -> any 32900 (sid:1;)")};
  BOOST_TEST(!run.send(unhex(teredo)));
  BOOST_TEST(run.send(unhex(teredo_answer)));
  BOOST_TEST(!run.send(unhex(native)));  // the same ends, without a tunnel
  PipelineRun flows{small_options(Mode::enforce), generation_of_rules("drop udp 192.0.2.10 any -> any any (sid:1;)")};
  BOOST_TEST(!flows.send(unhex(teredo)));
  BOOST_TEST(!flows.send(unhex(teredo_answer)));
}

BOOST_AUTO_TEST_SUITE_END()
