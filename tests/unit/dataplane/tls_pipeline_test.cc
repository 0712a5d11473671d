// Handshakes through the pipeline: both sides in one event, findings at once, upgrades, DTLS.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/dtls_samples.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"
#include "tests/unit/x509_samples.hh"

namespace sluice::test {
namespace {

using quic_samples::from_hex;

std::vector<std::uint8_t> vector_of(std::size_t width, const std::vector<std::uint8_t>& content) {
  std::vector<std::uint8_t> bytes;
  for (auto i = width; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(content.size() >> 8 * i));
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

// RFC 5246 section 7.4: hello of TLS 1.2 with ALPN http/1.1, as openssl s_server sent it; a chain of two; done.
std::vector<std::uint8_t> server_flight() {
  auto messages = from_hex(
      "0200004c0303747b351802cddde0a30b6c8a3ed2ffc9d56231a8e0289ffa444f574e4752440100c02b0000"
      "24ff01000100000b000403000102002300000010000b000908687474702f312e3100170000");
  auto chain = vector_of(3, from_hex(signed_certificate));
  const auto second = vector_of(3, from_hex(self_signed_certificate));
  chain.insert(chain.end(), second.begin(), second.end());
  const auto message = vector_of(3, vector_of(3, chain));
  messages.push_back(11);
  messages.insert(messages.end(), message.begin(), message.end());
  messages.insert(messages.end(), {14, 0, 0, 0});
  std::vector<std::uint8_t> record{22, 3, 3};
  const auto framed = vector_of(2, messages);
  record.insert(record.end(), framed.begin(), framed.end());
  return record;
}

const std::vector<std::uint8_t> change_cipher_spec = from_hex("140303000101");
const std::vector<std::uint8_t> application_data = from_hex("170303000401020304");

RuleList fingerprint_rules(RuleKind kind, const char* text) {
  Indicator row;
  row.facts.kind = kind;
  row.facts.confidence = Confidence::high;
  row.name = text;
  return {{row}, {}};
}

// openssl x509 -fingerprint
constexpr const char* leaf_sha1 = "617bf37b49ebeb06ac2867099de5256d804d6752";
constexpr const char* issuer_sha256 = "aea608c2fc0f2ce7c43e7c36349203fae93069af4a0aa04fd5128c211d58baab";

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_pipeline)

BOOST_AUTO_TEST_CASE(one_event_of_both_sides) {
  PipelineRun run{with_queues()};
  Connection connection{run};
  const auto hello = client_hello();
  const auto flight = server_flight();
  connection.open().client(0, hello);
  BOOST_TEST(run.events() == Lines{"alert www.listed.example handshake pass"}, boost::test_tools::per_element());
  connection.server(0, flight, hello.size());
  BOOST_TEST(run.events().empty());  // the client may show a certificate yet
  connection.client(hello.size(), change_cipher_spec);
  connection.client(hello.size() + change_cipher_spec.size(), application_data);
  const Lines expected{"tls www.listed.example 0303 http/1.1 2 certificates"};
  BOOST_TEST(run.events() == expected, boost::test_tools::per_element());
  // Decided: nothing is read any more.
  connection.client(hello.size() + 100, hello);
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_CASE(every_split_of_the_servers_flight) {
  const auto flight = server_flight();
  for (std::size_t cut = 1; cut < flight.size(); cut += 13) {
    PipelineRun run{with_queues()};
    Connection connection{run};
    const auto hello = client_hello();
    connection.open().client(0, hello);
    connection.server(cut, part(flight, cut, flight.size()), hello.size());
    connection.server(0, part(flight, 0, cut), hello.size());
    connection.client(hello.size(), application_data);
    const auto events = run.events();
    BOOST_REQUIRE_MESSAGE(events.size() == 2, cut);
    BOOST_REQUIRE_MESSAGE(events[1] == "tls www.listed.example 0303 http/1.1 2 certificates", cut);
  }
}

BOOST_AUTO_TEST_CASE(what_waits_leaves_at_the_end) {
  PipelineRun run{with_queues()};
  Connection connection{run};
  connection.open().client(0, client_hello());
  (void)run.events();
  run.pipeline().finish(run.now, 99);
  const Lines expected{"tls www.listed.example", "flow tls shutdown"};
  BOOST_TEST(run.events() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_room_to_wait_nothing_is_lost) {
  auto options = with_queues();
  options.event_queues = 1;
  PipelineRun run{options};
  Connection first{run, 40000};
  Connection second{run, 40001};
  first.open().client(0, client_hello());
  second.open().client(0, client_hello());
  const Lines expected{"alert www.listed.example handshake pass", "alert www.listed.example handshake pass",
                       "tls www.listed.example"};
  BOOST_TEST(run.events() == expected, boost::test_tools::per_element());
  BOOST_TEST(run.pipeline().counters().events_unpaired == 1U);
}

BOOST_AUTO_TEST_CASE(a_hello_that_comes_again_is_one_finding) {
  PipelineRun run{with_queues()};
  Connection connection{run};
  const auto hello = client_hello();
  connection.open().client(0, hello);
  connection.client(hello.size(), hello);
  const Lines expected{"alert www.listed.example handshake pass"};
  BOOST_TEST(run.events() == expected, boost::test_tools::per_element());
  // Another name behind it is another finding, and another event.
  auto other = hello;
  const std::string_view listed = "www.listed.example";
  const auto at = std::search(other.begin(), other.end(), listed.begin(), listed.end());
  std::copy_n("c2.listed.example.", 18, at);
  connection.client(2 * hello.size(), other);
  run.pipeline().finish(run.now, 99);
  BOOST_TEST(run.events() == (Lines{"tls www.listed.example", "tls c2.listed.example.", "flow tls shutdown"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_listed_certificate_is_blocked_where_it_is_seen) {
  for (const auto& [kind, text] :
       {std::pair{RuleKind::cert_sha1, leaf_sha1}, std::pair{RuleKind::cert_sha256, issuer_sha256}}) {
    for (const auto record : {Record::all, Record::findings}) {
      auto options = with_queues(Mode::enforce);
      options.record = record;
      PipelineRun run{options, fingerprint_rules(kind, text)};
      Connection connection{run};
      const auto hello = client_hello();
      BOOST_TEST(connection.open().client(0, hello));
      BOOST_TEST(!connection.server(0, server_flight(), hello.size()));
      BOOST_TEST(run.events().front() == "alert " + std::string{text} + " handshake drop");
      BOOST_TEST(!connection.client(hello.size(), application_data));
    }
  }
}

// JA3 and JA4 of the hello: tshark 4.0 (ja3), and its parts by hand with sha256sum (ja4).
BOOST_AUTO_TEST_CASE(a_listed_fingerprint_is_blocked_with_the_hello) {
  for (const auto& [kind, text] : {std::pair{RuleKind::ja3, "304734bb1c086c3453b387400cf83f11"},
                                   std::pair{RuleKind::ja4, "t13d1812h2_85036bcba153_d41ae481755e"}}) {
    auto options = with_queues(Mode::enforce);
    options.record = Record::findings;
    PipelineRun run{options, fingerprint_rules(kind, text)};
    Connection connection{run};
    BOOST_TEST(!connection.open().client(0, client_hello()));
    BOOST_TEST(run.events() == Lines{"alert " + std::string{text} + " handshake drop"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(starttls_of_mail) {
  PipelineRun run{with_queues()};
  Connection connection{run, 40000, 25};
  const auto hello = client_hello();
  const auto text = [](std::string_view line) { return as_bytes(line); };
  std::size_t there = 0;
  std::size_t back = 0;
  const auto server = [&](Bytes bytes) {
    connection.server(back, bytes, there);
    back += bytes.size();
  };
  const auto client = [&](Bytes bytes) {
    connection.client(there, bytes);
    there += bytes.size();
  };
  connection.open();
  server(text("220 mail.example ESMTP\r\n"));
  client(text("EHLO phone.example\r\n"));
  server(text("250-mail.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"));
  client(text("STARTTLS\r\n"));
  server(text("220 go ahead\r\n"));
  client(hello);
  BOOST_TEST(run.events() == Lines{"alert www.listed.example handshake pass"}, boost::test_tools::per_element());
  server(server_flight());
  client(application_data);
  BOOST_TEST(run.events() == Lines{"tls www.listed.example 0303 http/1.1 2 certificates"},
             boost::test_tools::per_element());
}

// RFC 9001 appendix A.2 and A.3: the server's Initial holds a ServerHello of TLS_AES_128_GCM_SHA256 with key_share and
// supported_versions.
BOOST_AUTO_TEST_CASE(the_hellos_of_quic_in_one_event) {
  PipelineRun run{with_queues()};
  const auto at = ends("192.168.1.10", 40000, "198.51.100.7", 443);
  run.send(udp_frame(at, from_hex(quic_samples::client_initial_v1)));
  BOOST_TEST(run.events() == Lines{"alert example.com handshake pass"}, boost::test_tools::per_element());
  run.send(udp_frame(at, from_hex(quic_samples::client_initial_v1)));  // sent again
  BOOST_TEST(run.events().empty());
  run.send(udp_frame(at.reversed(), from_hex(quic_samples::server_initial_v1)));
  BOOST_TEST(run.events() == Lines{"quic example.com 0304"}, boost::test_tools::per_element());
  run.send(udp_frame(at.reversed(), from_hex(quic_samples::server_initial_v1)));
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
  BOOST_TEST(run.events().empty());
}

// RFC 6347 section 4.2.1: both hellos ask for the name, the event stands once.
BOOST_AUTO_TEST_CASE(dtls_with_a_cookie) {
  PipelineRun run{with_queues(), {{indicator(RuleKind::domain, "example.test")}, {}}};
  const auto at = ends("192.168.1.10", 40000, "198.51.100.7", 4433);
  run.send(udp_frame(at, from_hex(dtls_client_hello)));
  BOOST_TEST(run.events() == Lines{"alert dtls.example.test handshake pass"}, boost::test_tools::per_element());
  run.send(udp_frame(at.reversed(), from_hex(dtls_hello_verify_request)));
  run.send(udp_frame(at, from_hex(dtls_client_hello_cookie)));
  run.send(udp_frame(at.reversed(), from_hex(dtls_server_flight)));
  BOOST_TEST(run.events().empty());
  run.send(udp_frame(at, from_hex(dtls_client_flight)));
  BOOST_TEST(run.events() == Lines{"tls dtls.example.test fefd 1 certificate"}, boost::test_tools::per_element());
  run.send(udp_frame(at, from_hex(dtls_client_flight)));
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
}

// RFC 6347 section 4.2.3: a hello in three fragments, in any order, some twice.
BOOST_AUTO_TEST_CASE(dtls_fragments_in_any_order) {
  const auto whole = from_hex(dtls_client_hello);
  const Bytes body = Bytes{whole}.subspan(25);
  const auto fragment = [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint8_t> datagram(whole.begin(), whole.begin() + 25);
    const auto size = end - begin;
    datagram[11] = static_cast<std::uint8_t>((12 + size) >> 8);
    datagram[12] = static_cast<std::uint8_t>(12 + size);
    datagram[21] = static_cast<std::uint8_t>(begin);
    datagram[24] = static_cast<std::uint8_t>(size);
    datagram[23] = static_cast<std::uint8_t>(size >> 8);
    datagram.insert(datagram.end(), body.begin() + static_cast<std::ptrdiff_t>(begin),
                    body.begin() + static_cast<std::ptrdiff_t>(end));
    return datagram;
  };
  const std::vector<std::vector<std::uint8_t>> parts{fragment(0, 70), fragment(60, 140), fragment(140, body.size())};
  std::vector<std::size_t> order{0, 1, 2};
  do {
    PipelineRun run{with_queues(), {{indicator(RuleKind::domain, "example.test")}, {}}};
    const auto at = ends("192.168.1.10", 40000, "198.51.100.7", 4433);
    for (const auto i : order) {
      run.send(udp_frame(at, parts[i]));
      run.send(udp_frame(at, parts[i]));
    }
    BOOST_TEST(run.events() == Lines{"alert dtls.example.test handshake pass"}, boost::test_tools::per_element());
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice::test
