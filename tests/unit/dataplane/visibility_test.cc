// How much of a flow could be seen, by what was noted of it.
#include "dataplane/flow/visibility.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/frames.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"
#include "tests/unit/quic_samples.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// One that said something, on TCP to that port.
Flow flow_of(Protocol protocol, std::uint16_t port = 443) {
  Flow flow;
  flow.key.low = *Address::parse("10.0.0.2");
  flow.key.high = *Address::parse("198.51.100.7");
  flow.key.low_port = 40000;
  flow.key.high_port = port;
  flow.key.protocol = ip_protocol::tcp;
  flow.initiator_is_low = true;
  flow.protocol = protocol;
  flow.sight.payload = true;
  return flow;
}

bool is(const Flow& flow, Visibility expected) { return visibility(flow, false) == expected; }

}  // namespace

BOOST_AUTO_TEST_SUITE(visibility_of_flows)

BOOST_AUTO_TEST_CASE(clear_text) {
  for (const auto protocol : {Protocol::dns, Protocol::http, Protocol::http2, Protocol::websocket, Protocol::dhcp})
    BOOST_TEST(is(flow_of(protocol), Visibility::clear_text));
  auto push = flow_of(Protocol::xiaomi_push, 5222);
  BOOST_TEST(is(push, Visibility::ciphertext_without_name));  // its start was not seen
  push.sight.message = true;
  BOOST_TEST(is(push, Visibility::clear_text));
}

BOOST_AUTO_TEST_CASE(name_only) {
  for (const auto protocol : {Protocol::tls, Protocol::dtls, Protocol::quic}) {
    auto flow = flow_of(protocol);
    BOOST_TEST(is(flow, Visibility::ciphertext_without_name));
    BOOST_TEST((visibility(flow, true) == Visibility::name_only));  // it was looked up
    flow.sight.certificate_name = true;
    BOOST_TEST(is(flow, Visibility::name_only));
    flow.sight.certificate_name = false;
    flow.named = true;
    BOOST_TEST(is(flow, Visibility::name_only));
  }
  BOOST_TEST(is(flow_of(Protocol::unknown), Visibility::unknown_protocol));
  BOOST_TEST((visibility(flow_of(Protocol::unknown), true) == Visibility::name_only));
}

BOOST_AUTO_TEST_CASE(no_payload) {
  auto flow = flow_of(Protocol::unknown);
  flow.sight.payload = false;
  BOOST_TEST(is(flow, Visibility::no_payload));
  BOOST_TEST((visibility(flow, true) == Visibility::no_payload));
  flow.key.protocol = ip_protocol::udp;
  BOOST_TEST(is(flow, Visibility::no_payload));
  for (const auto control : {ip_protocol::icmp, ip_protocol::icmp_v6}) {
    flow.key.protocol = control;
    BOOST_TEST(is(flow, Visibility::clear_text));
  }
}

BOOST_AUTO_TEST_CASE(a_tunnel_hides_whatever_its_far_end_is_called) {
  for (const auto protocol : {Protocol::ipsec, Protocol::wireguard, Protocol::openvpn}) {
    const auto flow = flow_of(protocol, 51820);
    BOOST_TEST(is(flow, Visibility::vpn));
    BOOST_TEST((visibility(flow, true) == Visibility::vpn));
  }
  auto relay = flow_of(Protocol::quic);
  relay.named = relay.sight.relay = true;
  BOOST_TEST(is(relay, Visibility::vpn));
}

BOOST_AUTO_TEST_CASE(only_real_ech_hides_a_name) {
  auto flow = flow_of(Protocol::tls);
  flow.named = true;  // by its provider
  BOOST_TEST(is(flow, Visibility::name_only));
  flow.sight.real_ech = true;
  BOOST_TEST(is(flow, Visibility::ech));
}

BOOST_AUTO_TEST_CASE(names_looked_up_in_secret) {
  auto flow = flow_of(Protocol::tls);
  flow.named = true;
  for (const auto kind : {EncryptedDns::dot, EncryptedDns::doh, EncryptedDns::doq}) {
    flow.sight.encrypted_dns = kind;
    BOOST_TEST((encrypted_dns(flow) == kind));
    BOOST_TEST(is(flow, Visibility::encrypted_dns));
  }
}

// RFC 7858 section 3.1, RFC 8094 section 3.1, RFC 9250 section 4.1.1.
BOOST_AUTO_TEST_CASE(by_port_where_the_hello_says_nothing_else) {
  const auto on = [](Protocol protocol, std::uint16_t port) { return encrypted_dns(flow_of(protocol, port)); };
  BOOST_TEST((on(Protocol::tls, 853) == EncryptedDns::dot));
  BOOST_TEST((on(Protocol::dtls, 853) == EncryptedDns::dot));
  for (const std::uint16_t port : {std::uint16_t{853}, std::uint16_t{784}, std::uint16_t{8853}})
    BOOST_TEST((on(Protocol::quic, port) == EncryptedDns::doq));
  BOOST_TEST((on(Protocol::tls, 784) == EncryptedDns::none));
  BOOST_TEST((on(Protocol::tls, 443) == EncryptedDns::none));
  BOOST_TEST((on(Protocol::quic, 443) == EncryptedDns::none));
  BOOST_TEST((on(Protocol::http, 853) == EncryptedDns::none));
  BOOST_TEST((on(Protocol::unknown, 853) == EncryptedDns::none));
  auto web = flow_of(Protocol::tls, 853);
  web.sight.other_alpn = true;
  BOOST_TEST((encrypted_dns(web) == EncryptedDns::none));
  auto called = flow_of(Protocol::tls, 40000);  // the phone's port counts for nothing
  called.key.low_port = 853;
  BOOST_TEST((encrypted_dns(called) == EncryptedDns::none));
}

BOOST_AUTO_TEST_CASE(by_alpn) {
  BOOST_TEST((encrypted_dns_of_alpn("dot") == EncryptedDns::dot));
  BOOST_TEST((encrypted_dns_of_alpn("doq") == EncryptedDns::doq));
  BOOST_TEST((encrypted_dns_of_alpn("doq-i02") == EncryptedDns::doq));
  for (const auto* other : {"", "h2", "h3", "dotted", "doqument", "http/1.1"})
    BOOST_TEST((encrypted_dns_of_alpn(other) == EncryptedDns::none));
}

BOOST_AUTO_TEST_CASE(not_followed) {
  auto flow = flow_of(Protocol::unknown);
  flow.unfollowed = true;
  flow.sight.payload = false;  // nobody looked
  BOOST_TEST(is(flow, Visibility::not_followed));
  BOOST_TEST((visibility(flow, true) == Visibility::name_only));
  auto cut = flow_of(Protocol::tls);
  cut.lost_buffer = 2;
  BOOST_TEST(is(cut, Visibility::not_followed));
  cut.named = true;
  BOOST_TEST(is(cut, Visibility::name_only));
}

// Counted once a flow, at its end, with all of its bytes, whatever is recorded.
BOOST_AUTO_TEST_CASE(counted_at_the_end) {
  for (const auto record : {sluice::Record::findings, sluice::Record::all}) {
    auto options = small_options();
    options.record = record;
    PipelineRun run{options};
    Connection connection{run};
    const auto hello = client_hello();
    connection.open().client(0, hello);
    run.send(udp_frame(ends("192.168.1.10", 50000, "198.51.100.7", 53), dns_query("www.example.org")));
    const auto& counters = run.pipeline().counters();
    BOOST_TEST(counters.flows_by_visibility.sum() == 0U);
    run.pipeline().finish(run.now, run.sent);
    BOOST_TEST(counters.flows_by_visibility[Visibility::name_only] == 1U);
    BOOST_TEST(counters.flows_by_visibility[Visibility::clear_text] == 1U);
    BOOST_TEST(counters.flows_by_visibility.sum() == counters.flows_ended);
    constexpr std::size_t headers = 14 + 20 + 20;  // Ethernet, IPv4, TCP
    BOOST_TEST(counters.bytes_by_visibility[Visibility::name_only] == 4 * headers + hello.size());
  }
}

// The hello of RFC 9001 appendix A.2 offers "alpn": on DNS's own port, too, it is none.
BOOST_AUTO_TEST_CASE(a_hello_that_offers_another_protocol) {
  PipelineRun run;
  const auto initial = quic_samples::from_hex(quic_samples::client_initial_v1);
  run.send(udp_frame(ends("192.168.1.10", 50000, "198.51.100.7", 853), initial));
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST(run.pipeline().counters().flows_by_visibility[Visibility::name_only] == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
