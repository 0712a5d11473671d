// What stands in the buffers of handshakes. Expected values: tshark (JA3, JA3S), `openssl x509` (certificates), and the
// technical description of JA4, worked out beside this program.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/rule_run.hh"
#include "tests/unit/x509_samples.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

using quic_samples::from_hex;
using Octets = std::vector<std::uint8_t>;

Octets vector_of(std::size_t width, const Octets& content) {
  Octets bytes;
  for (auto i = width; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(content.size() >> 8 * i));
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

void add(Octets& bytes, const Octets& more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

// RFC 5246 section 7.4: hello of TLS 1.2 with ALPN http/1.1, as openssl s_server sent it; a chain; done.
Octets server_flight(std::initializer_list<std::string_view> chain) {
  auto messages = from_hex(
      "0200004c0303747b351802cddde0a30b6c8a3ed2ffc9d56231a8e0289ffa444f574e4752440100c02b0000"
      "24ff01000100000b000403000102002300000010000b000908687474702f312e3100170000");
  Octets list;
  for (const auto certificate : chain) add(list, vector_of(3, from_hex(certificate)));
  messages.push_back(11);
  add(messages, vector_of(3, vector_of(3, list)));
  add(messages, {14, 0, 0, 0});
  Octets record{22, 3, 3};
  add(record, vector_of(2, messages));
  return record;
}

std::size_t matches(const std::string& options, const Octets& flight) {
  return rule_matches("tls", options, [&](PipelineRun& run) {
    Connection connection{run};
    const auto hello = client_hello();
    connection.open().client(0, hello);
    connection.server(0, flight, hello.size());
  });
}

const Octets chain_of_two = server_flight({signed_certificate, self_signed_certificate});
const Octets chain_of_one = server_flight({self_signed_certificate});

bool is(const std::string& buffer, std::string_view value, const std::string& rest = "") {
  return matches(whole(buffer, value) + rest, chain_of_two) == 1;
}
bool is_of_self_signed(const std::string& buffer, std::string_view value) {
  return matches(whole(buffer, value), chain_of_one) == 1;
}
bool meets(const std::string& options) { return matches(options, chain_of_two) == 1; }

std::string_view text_of_bytes(const Octets& bytes) { return as_text(bytes); }

}  // namespace

BOOST_AUTO_TEST_SUITE(handshake_buffers)

BOOST_AUTO_TEST_CASE(hellos) {
  BOOST_TEST(is("tls.sni", "www.listed.example"));
  BOOST_TEST(is("tls.alpn", "h2"));
  BOOST_TEST(is("tls.alpn", "http/1.1", "flow:to_server;"));
  BOOST_TEST(is("tls.alpn", "http/1.1", "flow:to_client;"));
  BOOST_TEST(!is("tls.alpn", "h2", "flow:to_client;"));
  const auto random = from_hex("747b351802cddde0a30b6c8a3ed2ffc9d56231a8e0289ffa444f574e47524401");
  BOOST_TEST(is("tls.random", text_of_bytes(random), "flow:to_client;"));
  BOOST_TEST(is("tls.random_time", text_of_bytes(random).substr(0, 4)));
  BOOST_TEST(is("tls.random_bytes", text_of_bytes(random).substr(4)));
}

BOOST_AUTO_TEST_CASE(fingerprints) {
  BOOST_TEST(is("ja3.hash", "304734bb1c086c3453b387400cf83f11"));
  BOOST_TEST(is("ja3_hash", "304734bb1c086c3453b387400cf83f11"));
  BOOST_TEST(is("ja3.string",
                "771,4866-4867-4865-49196-49200-49195-49199-52393-52392-49188-49192-49187-49191-159-158-107-103-255,"
                "0-11-10-35-16-22-23-13-43-45-51-21,29-23-30-25-24-256-257-258-259-260,0-1-2"));
  BOOST_TEST(is("ja3s.hash", "afbc203706421f15554867b55caf16d6"));
  BOOST_TEST(is("ja3s.string", "771,49195,65281-11-35-16-23"));
  BOOST_TEST(is("ja4.hash", "t13d1812h2_85036bcba153_d41ae481755e"));
}

BOOST_AUTO_TEST_CASE(the_first_certificate) {
  BOOST_TEST(is("tls.cert_subject", "C=DE, OU=a + OU=b, CN=leaf"));
  BOOST_TEST(is("tls.cert_issuer", "C=DE, DC=example, CN=Test CA"));
  BOOST_TEST(is("tls.cert_serial", "00:80:FF"));
  BOOST_TEST(is("tls.cert_fingerprint", "61:7b:f3:7b:49:eb:eb:06:ac:28:67:09:9d:e5:25:6d:80:4d:67:52"));
  BOOST_TEST(is_of_self_signed("tls_cert_serial", "0A:1B:2C"));
  for (const auto* const name : {"push.example.net", "*.example.net", "192.0.2.7", "2001:db8::7"})
    BOOST_TEST(is_of_self_signed("tls.subjectaltname", name), name);
  BOOST_TEST(!meets("tls.subjectaltname; content:\"push\";"));  // of the second one
  BOOST_TEST(meets("tls.subject:\"CN=leaf\";"));
  BOOST_TEST(meets("tls.issuerdn:!\"CN=leaf\";"));
  BOOST_TEST(meets("tls.fingerprint:\"61:7b:f3:7b:49:eb:eb:06:ac:28:67:09:9d:e5:25:6d:80:4d:67:52\";"));
}

// Of all certificates the names and the bytes.
BOOST_AUTO_TEST_CASE(the_chain) {
  BOOST_TEST(meets("tls.cert_subject; content:\"CN=push.example.net\";"));
  BOOST_TEST(meets("tls.certs; content:\"" + escaped("push.example.net") + "\";"));
  BOOST_TEST(meets("tls.certs; content:\"" + escaped(text_of_bytes(from_hex(signed_certificate)).substr(0, 200)) +
                   "\"; startswith;"));
  BOOST_TEST(meets("tls.cert_chain_len:2;"));
  BOOST_TEST(meets("tls.cert_chain_len:>1;"));
  BOOST_TEST(meets("tls.cert_chain_len:1<>3;"));
  BOOST_TEST(!meets("tls.cert_chain_len:!2;"));
  BOOST_TEST(matches("tls.cert_chain_len:1;", chain_of_one) == 1U);
}

BOOST_AUTO_TEST_CASE(versions_and_states) {
  BOOST_TEST(meets("tls.version:1.2;"));
  BOOST_TEST(meets("tls.version:1.3; flow:to_server;"));  // the hello offers it
  BOOST_TEST(!meets("tls.version:1.3; flow:to_client;"));
  BOOST_TEST(meets("tls.version:0x0303;"));
  BOOST_TEST(meets("ssl_version:sslv3,tls1.2;"));
  BOOST_TEST(!meets("ssl_version:sslv3,tls1.1;"));
  BOOST_TEST(meets("ssl_version:!tls1.2;"));
  BOOST_TEST(meets("ssl_state:server_hello; tls.alpn; content:\"http\";"));
  BOOST_TEST(matches("ssl_state:client_hello|server_hello;", chain_of_two) == 1U);  // once a flow
}

// notBefore Nov 21 14:15:24 2026 GMT, notAfter Dec 21 14:15:24 2026 GMT; the clock of these tests stands in 2023.
BOOST_AUTO_TEST_CASE(validity) {
  BOOST_TEST(meets("tls_cert_notbefore:2026-11-21 14:15:24;"));
  BOOST_TEST(meets("tls_cert_notbefore:>2026;"));
  BOOST_TEST(!meets("tls_cert_notbefore:>2026-11-21T14:15:24;"));
  BOOST_TEST(meets("tls_cert_notafter:<2027;"));
  BOOST_TEST(meets("tls_cert_notafter:2026-12-01<>2026-12-31;"));
  BOOST_TEST(!meets("tls_cert_notafter:2026-12-22<>2026-12-31;"));
  BOOST_TEST(meets("tls_cert_valid;"));
  BOOST_TEST(!meets("tls_cert_expired;"));
  const auto late = rule_matches("tls", "tls_cert_expired; tls.cert_subject; content:\"leaf\";", [](PipelineRun& run) {
    run.now = tick_from_nanoseconds(1'798'000'000'000'000'000);  // 2026-12-22
    Connection connection{run};
    const auto hello = client_hello();
    connection.open().client(0, hello);
    connection.server(0, chain_of_two, hello.size());
  });
  BOOST_TEST(late == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
