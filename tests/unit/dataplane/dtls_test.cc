#include "dataplane/tls/dtls.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/tls/client_hello.hh"
#include "tests/unit/dtls_samples.hh"
#include "tests/unit/quic_samples.hh"

namespace sluice {
namespace {

using quic_samples::from_hex;

// The records of a datagram: content type and size, the last one the error.
std::vector<std::string> records_of(Bytes datagram) {
  std::vector<std::string> found;
  Reader reader{datagram};
  for (;;) {
    const auto record = next_dtls_record(reader);
    if (!record) {
      found.push_back("error " + std::to_string(static_cast<int>(record.error())));
      return found;
    }
    found.push_back(std::to_string(static_cast<int>(record->content)) + " " + std::to_string(record->fragment.size()));
  }
}
const std::string end = "error " + std::to_string(static_cast<int>(DtlsError::end));
const std::string broken = "error " + std::to_string(static_cast<int>(DtlsError::record));
const std::string encrypted = "error " + std::to_string(static_cast<int>(DtlsError::encrypted));

void expect_records(std::string_view datagram, const std::vector<std::string>& expected) {
  BOOST_TEST(records_of(from_hex(datagram)) == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dtls)

// Expected: tshark 4.0 of the same datagram.
BOOST_AUTO_TEST_CASE(a_client_hello_of_openssl) {
  const auto datagram = from_hex(test::dtls_client_hello);
  BOOST_TEST((probe_dtls(datagram) == Probe::yes));
  Reader records{datagram};
  const auto record = next_dtls_record(records);
  BOOST_REQUIRE(record.has_value());
  BOOST_TEST((record->content == DtlsContent::handshake));
  Reader fragments{record->fragment};
  const auto fragment = next_dtls_fragment(fragments);
  BOOST_REQUIRE(fragment.has_value());
  BOOST_TEST(fragment->type == 1);
  BOOST_TEST(fragment->message == 0);
  BOOST_TEST(fragment->is_whole());
  BOOST_TEST(fragment->data.size() == 206U);
  const auto hello = read_client_hello(fragment->data, HelloCarrier::dtls);
  BOOST_REQUIRE(hello.has_value());
  BOOST_TEST(hello->sni == "dtls.example.test");
  BOOST_TEST(hello->legacy_version == 0xfefd);
  BOOST_TEST((next_dtls_fragment(fragments).error() == DtlsError::end));
  BOOST_TEST((next_dtls_record(records).error() == DtlsError::end));
}

BOOST_AUTO_TEST_CASE(a_hello_verify_request_and_the_hello_with_its_cookie) {
  BOOST_TEST((probe_dtls(from_hex(test::dtls_hello_verify_request)) == Probe::yes));
  const auto datagram = from_hex(test::dtls_client_hello_cookie);
  Reader records{datagram};
  Reader fragments{next_dtls_record(records)->fragment};
  const auto fragment = next_dtls_fragment(fragments);
  BOOST_REQUIRE(fragment.has_value());
  BOOST_TEST(fragment->message == 1);
  BOOST_TEST(read_client_hello(fragment->data, HelloCarrier::dtls)->sni == "dtls.example.test");
}

BOOST_AUTO_TEST_CASE(every_truncation_is_no_dtls) {
  const auto datagram = from_hex(test::dtls_client_hello);
  for (std::size_t size = 0; size < datagram.size(); ++size)
    BOOST_REQUIRE_MESSAGE((probe_dtls(Bytes{datagram}.first(size)) == Probe::no), size);
}

// RFC 6347 section 4.1
BOOST_AUTO_TEST_CASE(records) {
  expect_records("", {end});
  expect_records("14fefd0000000000000001000101", {"20 1", end});
  expect_records("15feff00000000000000010002020014fefd0000000000000001000101", {"21 2", "20 1", end});
  expect_records("16fefd0001000000000000000101", {encrypted});  // epoch 1
  expect_records("2e1234000411223344", {encrypted});            // RFC 9147 section 4: unified header
  expect_records("16fefd000000000000000000", {broken});         // cut in its header
  expect_records("16fefd00000000000000000002aa", {broken});     // longer than its datagram
  expect_records("16030300000000000000000001aa", {broken});     // the version of TLS
  expect_records("18fefd00000000000000000001aa", {broken});     // no such content
  expect_records("80c8000600000000", {broken});                 // RTCP (RFC 7983)
  expect_records("000100002112a442", {broken});                 // STUN
}

// RFC 6347 section 4.2.2
BOOST_AUTO_TEST_CASE(fragments) {
  const auto first_of = [](std::string_view hex) -> std::string {
    const auto bytes = from_hex(hex);
    Reader reader{bytes};
    const auto fragment = next_dtls_fragment(reader);
    if (!fragment) return "error " + std::to_string(static_cast<int>(fragment.error()));
    return std::to_string(fragment->offset) + "+" + std::to_string(fragment->data.size()) + "/" +
           std::to_string(fragment->message_length) + (fragment->is_whole() ? " whole" : "");
  };
  const auto wrong = "error " + std::to_string(static_cast<int>(DtlsError::fragment));
  BOOST_TEST(first_of("010000050000000000000005aaaaaaaaaa") == "0+5/5 whole");
  BOOST_TEST(first_of("010000050000000003000002aaaa") == "3+2/5");
  BOOST_TEST(first_of("0e0000000005000000000000") == "0+0/0 whole");
  BOOST_TEST(first_of("010000050000000004000002aaaa") == wrong);    // leaves its message
  BOOST_TEST(first_of("010000050000000000000005aaaaaa") == wrong);  // leaves its record
  BOOST_TEST(first_of("0100000500000000000000") == wrong);
  BOOST_TEST(first_of("01000005000000ffffff000002aaaa") == wrong);
}

BOOST_AUTO_TEST_CASE(what_a_probe_refuses) {
  BOOST_TEST((probe_dtls(from_hex("14fefd0000000000000001000101")) == Probe::no));  // no handshake
  // a Certificate first, and a message of 2^24 - 1 bytes
  BOOST_TEST((probe_dtls(from_hex("16fefd0000000000000000000d0b000001000000000000000100")) == Probe::no));
  BOOST_TEST((probe_dtls(from_hex("16fefd0000000000000000000d01ffffff000000000000000100")) == Probe::no));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
