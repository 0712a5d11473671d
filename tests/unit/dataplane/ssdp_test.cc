#include "dataplane/parsers/ssdp.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

namespace {

tl::expected<SsdpMessage, SsdpError> parse(std::string_view text) { return parse_ssdp(as_bytes(text)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(ssdp)

// The forms of UPnP Device Architecture 2.0, sections 1.3.2, 1.2.2 and 1.3.3.
BOOST_AUTO_TEST_CASE(a_search) {
  const auto read = parse(
      "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
      "ST: urn:dial-multiscreen-org:service:dial:1\r\nUSER-AGENT: Google Chrome/120.0 Windows\r\n\r\n");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == SsdpKind::search));
  BOOST_TEST(read->target == "urn:dial-multiscreen-org:service:dial:1");
  BOOST_TEST(read->user_agent == "Google Chrome/120.0 Windows");
  BOOST_TEST(read->usn == "");
}

BOOST_AUTO_TEST_CASE(an_announcement) {
  const auto read = parse(
      "NOTIFY * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nLocation:\thttp://192.168.1.5:80/d.xml \r\nNTS: ssdp:alive\r\n"
      "Server: Linux/4.4 UPnP/1.0 TV/2\r\nNT: upnp:rootdevice\r\nUSN: uuid:1-2::upnp:rootdevice\r\n");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == SsdpKind::notify));
  BOOST_TEST(read->target == "upnp:rootdevice");
  BOOST_TEST(read->sub_type == "ssdp:alive");
  BOOST_TEST(read->server == "Linux/4.4 UPnP/1.0 TV/2");
  BOOST_TEST(read->usn == "uuid:1-2::upnp:rootdevice");
  BOOST_TEST(read->location == "http://192.168.1.5:80/d.xml");
}

BOOST_AUTO_TEST_CASE(an_answer) {
  const auto read =
      parse("HTTP/1.1 200 OK\nCACHE-CONTROL: max-age=100\nEXT:\nST: ssdp:all\nST: second\nUSN: uuid:7\n\n");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == SsdpKind::response));
  BOOST_TEST(read->target == "ssdp:all");  // the first
  BOOST_TEST(read->usn == "uuid:7");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  for (const auto* const text :
       {"", "M-SEARCH", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 x\r\n", "NOTIFY /x HTTP/1.1\r\n"})
    BOOST_TEST((probe_ssdp(as_bytes(text)) == Probe::no), text);
  BOOST_TEST((parse("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n").error() == SsdpError::not_this));
  BOOST_TEST((parse("NOTIFY * HTTP/1.1\r\nno header\r\n").error() == SsdpError::malformed));
  BOOST_TEST((parse("NOTIFY * HTTP/1.1\r\n: x\r\n").error() == SsdpError::malformed));
  std::string many = "NOTIFY * HTTP/1.1\r\n";
  for (std::size_t i = 0; i < ssdp_header_limit; ++i) many += "a: b\r\n";
  BOOST_TEST(parse(many).has_value());
  BOOST_TEST((parse(many + "a: b\r\n").error() == SsdpError::too_many_headers));
}

BOOST_AUTO_TEST_SUITE_END()
