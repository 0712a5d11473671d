#include "dataplane/tls/starttls.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/quic_samples.hh"

namespace sluice {
namespace {

using quic_samples::from_hex;
using namespace std::string_literals;

// How a direction is divided: sizes of its messages, "..." for one that is not whole, "?" for none.
std::string divided(std::string_view text) {
  std::string found;
  auto rest = as_bytes(text);
  while (!rest.empty()) {
    const auto message = next_prelude(rest);
    if (!message) return found + (message.error() == PreludeError::need_more ? "..." : "?");
    found += std::to_string(message->size) + (message->is_transparent ? "! " : " ");
    rest = rest.subspan(message->size);
  }
  return found;
}

std::string text_of_hex(std::string_view hex) {
  const auto bytes = from_hex(hex);
  return std::string{as_text(bytes)};
}

Probe probe(std::string_view text, bool answers = false) { return probe_prelude(as_bytes(text), answers); }

// MS-RDPBCGR section 4.1.1, 4.1.2: X.224 connection request with a cookie and RDP negotiation; the confirm.
const std::string rdp_request =
    text_of_hex("0300002c27e00000000000436f6f6b69653a206d737473686173683d656c746f6e730d0a0100080000000000");
const std::string rdp_confirm = text_of_hex("030000130ed000001234000200080001000000");
// PostgreSQL, "Message Formats": SSLRequest
const std::string postgresql = text_of_hex("0000000804d2162f");
// MySQL, "SSLRequest": length 32, sequence 1, flags 0xaa85 0x20..., 2^24-1, utf8, 23 bytes of zero
const std::string mysql_request = text_of_hex("20000001858aae01000000012d") + std::string(23, '\0');
const std::string mysql_greeting = text_of_hex("0e0000000a352e352e323000") + std::string(6, '\0');
// RFC 4511 section 4.14.1: ExtendedRequest with the name 1.3.6.1.4.1.1466.20037; its response
const std::string ldap_request = text_of_hex("301d02010177188016") + "1.3.6.1.4.1.1466.20037";
const std::string ldap_response = text_of_hex("300c02010178070a010004000400");

// AOSP, adb: CNXN with "host::", SYNC and STLS without data
const std::string adb = text_of_hex(
    "434e584e01000001000004000700000032020000bcb1a7b1686f73743a3a00"
    "53594e4301000000000000000000000000000000aca6b1bc"
    "53544c5300000001000000000000000000000000acabb3ac");
// RFC 1928: request for a name, reply with an address; SOCKS 4A for a name
const std::string socks_request = text_of_hex("0501000309") + "a.example" + text_of_hex("01bb");
const std::string socks_reply = text_of_hex("05000001c0000201ffff");
const std::string socks_4a =
    text_of_hex("040101bb00000001") + "user" + std::string(1, '\0') + "a.example" + std::string(1, '\0');

}  // namespace

BOOST_AUTO_TEST_SUITE(starttls)

BOOST_AUTO_TEST_CASE(openings) {
  for (const auto& text : {"EHLO client.example\r\n"s,
                           "ehlo x"s,
                           "STLS\r\n"s,
                           "CAPA\r\n"s,
                           "AUTH TLS\r\n"s,
                           "a001 CAPABILITY\r\n"s,
                           "A.1 STARTTLS\r\n"s,
                           "220 mail.example ESMTP\r\n"s,
                           "220-welcome\r\n"s,
                           "* OK IMAP4rev1\r\n"s,
                           "+OK ready <1.2@x>\r\n"s,
                           "<?xml version='1.0'?>"s,
                           "<stream:stream to='x'>"s,
                           "200 news.example\r\n"s,
                           rdp_request,
                           rdp_confirm,
                           postgresql,
                           mysql_request,
                           mysql_greeting,
                           adb,
                           socks_request,
                           socks_reply,
                           socks_4a,
                           ldap_request,
                           ldap_response,
                           "PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"s})
    BOOST_TEST((probe(text) == Probe::yes), text);
  for (const auto& text : {"EH"s, "22"s, "a001 CAP"s, "<stream:"s, rdp_request.substr(0, 6), postgresql.substr(0, 5),
                           mysql_request.substr(0, 20), ""s, "word"s, "\x03\x01"s})
    BOOST_TEST((probe(text) == Probe::maybe), text);
  for (const auto& text : {"221 bye"s, "two words"s, "SSH-2.0-x\r\n"s, "GET / HTTP/1.1\r\n"s, "a001 FETCH 1"s,
                           "RFB 003.008\n"s, "\x30\x82\x01\x00"s, "\x16\x03\x01\x02"s})
    BOOST_TEST((probe(text) == Probe::no), text);
  BOOST_TEST((probe("S") == Probe::maybe));      // or the tag of IMAP's first command
  BOOST_TEST((probe("S", true) == Probe::yes));  // PostgreSQL's answer, where a request was seen
}

BOOST_AUTO_TEST_CASE(messages) {
  BOOST_TEST(divided("EHLO a\r\nSTARTTLS\r\n") == "8 10 ");
  BOOST_TEST(divided("250-a\n250 b\r\n220 go ahead\r") == "6 7 ...");
  BOOST_TEST(divided("<stream:features><starttls/></stream:features>") == "17 11 18 ");
  BOOST_TEST(divided("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/") == "...");
  BOOST_TEST(divided(rdp_request) == "44 ");
  BOOST_TEST(divided(rdp_confirm) == "19 ");
  BOOST_TEST(divided(rdp_request.substr(0, 20)) == "...");
  BOOST_TEST(divided(postgresql) == "8 ");
  BOOST_TEST(divided("S") == "1 ");
  BOOST_TEST(divided(mysql_greeting) == "18 ");
  BOOST_TEST(divided(mysql_request) == "36 ");
  BOOST_TEST(divided(ldap_request) == "31 ");
  BOOST_TEST(divided(ldap_response) == "14 ");
  BOOST_TEST(divided(adb) == "31 24 24 ");
  BOOST_TEST(divided(text_of_hex("050100")) == "3! ");
  BOOST_TEST(divided(text_of_hex("050100") + socks_request) == "3! 16! ");
  BOOST_TEST(divided(text_of_hex("0500")) == "2! ");
  BOOST_TEST(divided(text_of_hex("0500") + socks_reply) == "2! 10! ");
  BOOST_TEST(divided(socks_request) == "16! ");
  BOOST_TEST(divided(socks_request.substr(0, 8)) == "...");
  BOOST_TEST(divided(socks_4a) == "23! ");
  BOOST_TEST(divided(text_of_hex("005a000000000000")) == "8! ");  // SOCKS 4: granted
  BOOST_TEST(divided("PROXY UNKNOWN\r\n") == "15! ");
  BOOST_TEST(divided(text_of_hex("0d0a0d0a000d0a515549540a20000002aabb")) == "18! ");  // version 2, LOCAL
}

BOOST_AUTO_TEST_CASE(what_is_no_message) {
  BOOST_TEST(divided("EHLO a\r\n\x01\x02\x03\x04") == "8 ?");
  BOOST_TEST(divided(std::string(prelude_message_limit - 1, 'x')) == "...");
  BOOST_TEST(divided(std::string(prelude_message_limit, 'x')) == "?");
  BOOST_TEST(divided("PROXY " + std::string(100, 'x') + "\n") == "107! ");
  BOOST_TEST(divided("PROXY " + std::string(101, 'x') + "\n") == "108 ");  // too long for one: a line like others
  BOOST_TEST(divided(text_of_hex("0300ffff27e0")) == "?");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
