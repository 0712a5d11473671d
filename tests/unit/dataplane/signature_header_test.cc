#include "dataplane/signatures/signature_header.hh"

#include <boost/test/unit_test.hpp>
#include <random>

#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

// A rule of which only the header and these options matter. Sticky buffers are there for the protocols that want one.
SignatureHeader header(const std::string& header, const std::string& options = {}) {
  const auto protocol = header.substr(0, header.find(' '));
  const std::string part = protocol == "dns"    ? "dns.query; "
                           : protocol == "http" ? "http.uri; "
                           : protocol == "tls"  ? "tls.sni; "
                           : protocol == "quic" ? "quic.sni; "
                                                : "";
  auto loaded =
      parse_signatures("alert " + header + " (msg:\"x\"; " + options + part + "content:\"x\"; sid:1;)", "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  BOOST_REQUIRE(loaded.signatures.size() == 1);
  return SignatureHeader{loaded.signatures.front()};
}

// A phone behind the tap speaks to a server: 192.168.1.20:40000 -> 203.0.113.7:443.
SignatureInput from_phone(SignatureProtocol protocol = SignatureProtocol::tcp) {
  SignatureInput input;
  input.protocol = protocol;
  input.ip_protocol =
      protocol == SignatureProtocol::udp || protocol == SignatureProtocol::dns || protocol == SignatureProtocol::quic
          ? 17
          : 6;
  input.to_server = true;
  input.established = true;
  input.source_inside = true;
  input.source = *Address::parse("192.168.1.20");
  input.destination = *Address::parse("203.0.113.7");
  input.source_port = 40000;
  input.destination_port = 443;
  return input;
}

SignatureInput from_server() {
  auto input = from_phone();
  input.to_server = false;
  std::swap(input.source_inside, input.destination_inside);
  std::swap(input.source, input.destination);
  std::swap(input.source_port, input.destination_port);
  return input;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_header)

BOOST_AUTO_TEST_CASE(protocols) {
  using Protocol = SignatureProtocol;
  const auto matches = [](const char* name, Protocol protocol) {
    return header(std::string{name} + " any any -> any any").matches(from_phone(protocol));
  };
  for (const auto protocol : {Protocol::tcp, Protocol::udp, Protocol::dns, Protocol::tls, Protocol::http})
    BOOST_TEST(matches("ip", protocol));
  BOOST_TEST(matches("tcp", Protocol::tcp));
  BOOST_TEST(matches("tcp", Protocol::http));
  BOOST_TEST(matches("tcp", Protocol::tls));
  BOOST_TEST(!matches("tcp", Protocol::udp));
  BOOST_TEST(!matches("tcp", Protocol::dns));  // this one came over UDP
  BOOST_TEST(matches("udp", Protocol::udp));
  BOOST_TEST(matches("udp", Protocol::dns));
  BOOST_TEST(matches("udp", Protocol::quic));
  BOOST_TEST(!matches("udp", Protocol::tls));
  auto over_tcp = from_phone(Protocol::dns);
  over_tcp.ip_protocol = 6;
  BOOST_TEST(header("tcp any any -> any any").matches(over_tcp));
  BOOST_TEST(!header("udp any any -> any any").matches(over_tcp));
  BOOST_TEST(header("dns any any -> any any").matches(over_tcp));
  for (const auto protocol : {Protocol::dns, Protocol::tls, Protocol::quic, Protocol::http})
    for (const auto* name : {"dns", "tls", "quic", "http"}) {
      constexpr std::array<std::string_view, 7> names{"ip", "tcp", "udp", "dns", "tls", "quic", "http"};
      BOOST_TEST(matches(name, protocol) == (names[static_cast<std::size_t>(protocol)] == name), name);
    }
}

BOOST_AUTO_TEST_CASE(addresses_and_ports_are_those_of_the_packet) {
  const auto phone = [](const char* text) { return header(std::string{"tcp "} + text).matches(from_phone()); };
  BOOST_TEST(phone("192.168.1.20 40000 -> 203.0.113.7 443"));
  BOOST_TEST(!phone("203.0.113.7 443 -> 192.168.1.20 40000"));
  BOOST_TEST(phone("192.168.0.0/16 any -> any [80,443]"));
  BOOST_TEST(phone("any any -> any [80,440:450]"));
  BOOST_TEST(!phone("any any -> any [80,444:]"));
  BOOST_TEST(phone("any any -> any !80"));
  BOOST_TEST(!phone("any any -> any !443"));
  BOOST_TEST(!phone("any any -> any [400:500,!443]"));
  BOOST_TEST(phone("any any -> [203.0.113.0/24,198.51.100.1] any"));
  BOOST_TEST(!phone("any any -> [203.0.113.0/24,!203.0.113.7] any"));
  BOOST_TEST(phone("any any -> !198.51.100.0/24 any"));
  BOOST_TEST(!phone("any any -> 2001:db8::/32 any"));
  BOOST_TEST(!header("tcp any any -> any 443").matches(from_server()));
  BOOST_TEST(header("tcp any 443 -> any any").matches(from_server()));
}

BOOST_AUTO_TEST_CASE(inside_and_outside) {
  const auto out = header("tcp $HOME_NET any -> $EXTERNAL_NET any");
  BOOST_TEST(out.matches(from_phone()));
  BOOST_TEST(!out.matches(from_server()));
  const auto in = header("tcp $EXTERNAL_NET any -> $HOME_NET any");
  BOOST_TEST(!in.matches(from_phone()));
  BOOST_TEST(in.matches(from_server()));
}

BOOST_AUTO_TEST_CASE(both_ways_turns_everything_round_together) {
  const auto both = header("tcp 192.168.1.20 any <> any 443");
  BOOST_TEST(both.matches(from_phone()));
  BOOST_TEST(both.matches(from_server()));
  auto other = from_server();
  other.source_port = 80;  // 203.0.113.7:80 -> 192.168.1.20:40000: the address fits one way, the port neither
  BOOST_TEST(!both.matches(other));
  BOOST_TEST(header("tcp $HOME_NET any <> $EXTERNAL_NET 443").matches(from_server()));
}

BOOST_AUTO_TEST_CASE(way_and_state_of_the_flow) {
  const auto with = [](const char* flow) { return header("tcp any any -> any any", flow); };
  auto fresh = from_phone();
  fresh.established = false;
  BOOST_TEST(with("flow:to_server; ").matches(from_phone()));
  BOOST_TEST(!with("flow:to_server; ").matches(from_server()));
  BOOST_TEST(!with("flow:to_client; ").matches(from_phone()));
  BOOST_TEST(with("flow:to_client; ").matches(from_server()));
  BOOST_TEST(with("flow:established; ").matches(from_phone()));
  BOOST_TEST(!with("flow:established; ").matches(fresh));
  BOOST_TEST(!with("flow:not_established; ").matches(from_phone()));
  BOOST_TEST(with("flow:not_established; ").matches(fresh));
  BOOST_TEST(!with("flow:established,to_client; ").matches(from_phone()));
}

BOOST_AUTO_TEST_CASE(many_ranges_that_overlap_hold_what_each_of_them_holds) {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    Signature signature;
    const auto add = [&](std::vector<PortRange>& ranges) {
      for (auto left = random() % 6; left > 0; --left) {
        const auto first = static_cast<std::uint16_t>(random() % 40);
        ranges.push_back({first, static_cast<std::uint16_t>(first + random() % 12)});
      }
    };
    add(signature.destination_ports.listed);
    add(signature.destination_ports.excepted);
    const SignatureHeader header{signature};
    const auto held = [](const std::vector<PortRange>& ranges, std::uint16_t port) {
      return std::any_of(ranges.begin(), ranges.end(),
                         [&](PortRange range) { return range.first <= port && port <= range.last; });
    };
    for (std::uint16_t port = 0; port < 60; ++port) {
      auto input = from_phone();
      input.destination_port = port;
      const auto& ports = signature.destination_ports;
      const bool expected = (ports.listed.empty() || held(ports.listed, port)) && !held(ports.excepted, port);
      BOOST_TEST(header.matches(input) == expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
