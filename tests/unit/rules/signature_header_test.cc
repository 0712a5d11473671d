#include "rules/signatures/signature_header.hh"

#include <boost/test/unit_test.hpp>

#include "signature_texts.hh"

using signature_texts::expect_errors;
using signature_texts::one;
using signature_texts::with_header;
using Place = sluice::SignatureAddresses::Place;

namespace {

std::string shown(const std::vector<sluice::AddressRange>& ranges) {
  std::string text;
  for (const auto& range : ranges) text += range.first.text() + "-" + range.last.text() + " ";
  return text;
}

std::string shown(const std::vector<sluice::PortRange>& ranges) {
  std::string text;
  for (const auto& range : ranges) text += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
  return text;
}

sluice::SignatureAddresses source(const std::string& addresses) {
  return one(with_header("alert tcp " + addresses + " any -> any any")).source;
}

sluice::SignaturePorts ports(const std::string& ports) {
  return one(with_header("alert tcp any " + ports + " -> any any")).source_ports;
}

void source_error(const std::string& addresses, const std::string& error) {
  expect_errors(with_header("alert tcp " + addresses + " any -> any any"), {error});
}

void port_error(const std::string& ports, const std::string& error) {
  expect_errors(with_header("alert tcp any " + ports + " -> any any"), {error});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_header)

BOOST_AUTO_TEST_CASE(every_word_has_its_place) {
  const auto signature = one(with_header("drop\tudp 192.0.2.1 53  <>  [198.51.100.0/24, 2001:db8::/32] [1024:,!2000]"));
  BOOST_TEST((signature.action == sluice::SignatureAction::drop));
  BOOST_TEST((signature.protocol == sluice::SignatureProtocol::udp));
  BOOST_TEST(signature.both_ways);
  BOOST_TEST(shown(signature.source.listed) == "192.0.2.1-192.0.2.1 ");
  BOOST_TEST(shown(signature.source_ports.listed) == "53-53 ");
  BOOST_TEST(shown(signature.destination.listed) ==
             "198.51.100.0-198.51.100.255 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff ");
  BOOST_TEST(shown(signature.destination_ports.listed) == "1024-65535 ");
  BOOST_TEST(shown(signature.destination_ports.excepted) == "2000-2000 ");
}

BOOST_AUTO_TEST_CASE(every_protocol_is_known_by_its_name) {
  using enum sluice::SignatureProtocol;
  const std::vector<std::pair<std::string, sluice::SignatureProtocol>> protocols{
      {"dns", dns}, {"tls", tls}, {"quic", quic}, {"http", http}, {"xiaomi_push", xiaomi_push}};
  for (const auto& [name, protocol] : protocols) {
    const auto signature = one("alert " + name + " any any -> any any (msg:\"m\"; sid:1;)");
    BOOST_TEST((signature.protocol == protocol), name);
    BOOST_TEST(text_of(protocol) == name);
  }
  for (const char* name : {"ip", "tcp", "udp"})
    BOOST_TEST(text_of(one(with_header("alert " + std::string(name) + " any any -> any any")).protocol) == name);
}

BOOST_AUTO_TEST_CASE(addresses_are_listed_or_excepted) {
  BOOST_TEST(shown(source("any").listed).empty());
  BOOST_TEST((source("$HOME_NET").place == Place::inside));
  BOOST_TEST((source("!$HOME_NET").place == Place::outside));
  BOOST_TEST((source("$EXTERNAL_NET").place == Place::outside));
  BOOST_TEST((source("[!$EXTERNAL_NET]").place == Place::inside));
  BOOST_TEST((source("$DNS_SERVERS").place == Place::any));
  const auto nested = source("[192.0.2.0/24,![192.0.2.1,192.0.2.2],[198.51.100.7]]");
  BOOST_TEST(shown(nested.listed) == "192.0.2.0-192.0.2.255 198.51.100.7-198.51.100.7 ");
  BOOST_TEST(shown(nested.excepted) == "192.0.2.1-192.0.2.1 192.0.2.2-192.0.2.2 ");
  const auto excepted = source("[any, 192.0.2.9, !192.0.2.0/24]");
  BOOST_TEST(excepted.listed.empty());
  BOOST_TEST(shown(excepted.excepted) == "192.0.2.0-192.0.2.255 ");
}

BOOST_AUTO_TEST_CASE(addresses_that_mean_nothing_are_refused) {
  source_error("192.0.2.1/24", "t:1:11: \"192.0.2.1/24\" is no address and no prefix");
  source_error("[192.0.2.1,,192.0.2.2]", "t:1:22: an empty item");
  source_error("[192.0.2.1", "t:1:11: the bracket opened here is never closed");
  source_error("[192.0.2.1]]", "t:1:22: text behind the end of a list");
  source_error("192.0.2.1]", "t:1:20: a bracket that fits no other");
  source_error("![!192.0.2.1]", "t:1:13: a ! inside what is negated already");
  source_error("!any", "t:1:12: !any matches nothing");
  source_error("!$DNS_SERVERS", "t:1:12: $DNS_SERVERS stands for any here");
  source_error("$HOMENET", "t:1:11: unknown variable \"$HOMENET\"");
  source_error("[$HOME_NET,192.0.2.1]", "t:1:12: $HOME_NET stands in a list: here it must stand alone");
  source_error("[192.0.2.1,!192.0.2.0/24]", "t:1:11: every address listed is excepted again");
  source_error("[[[[[[[[[192.0.2.1]]]]]]]]]", "t:1:19: lists in lists more than 8 deep");
}

BOOST_AUTO_TEST_CASE(ports_are_ranges) {
  BOOST_TEST(shown(ports("80").listed) == "80-80 ");
  BOOST_TEST(shown(ports(":1023").listed) == "0-1023 ");
  BOOST_TEST(shown(ports("80:90").listed) == "80-90 ");
  BOOST_TEST(shown(ports("[80,443,!444]").listed) == "80-80 443-443 ");
  BOOST_TEST(shown(ports("!80").excepted) == "80-80 ");
  BOOST_TEST(ports("$HTTP_PORTS").listed.empty());
  port_error("65536", "t:1:15: \"65536\" is no port");
  port_error("90:80", "t:1:15: \"90:80\" is no port");
  port_error(":", "t:1:15: \":\" is no port");
  port_error("80x", "t:1:15: \"80x\" is no port");
  port_error("$PORTS", "t:1:15: unknown variable \"$PORTS\"");
  port_error("[80,!79:81]", "t:1:15: every port listed is excepted again");
}

BOOST_AUTO_TEST_CASE(every_action_is_known_by_its_name) {
  using enum sluice::SignatureAction;
  const std::vector<std::pair<std::string, sluice::SignatureAction>> actions{
      {"alert", alert},           {"drop", drop},        {"pass", pass},
      {"reject", reject},         {"rejectsrc", reject}, {"rejectdst", reject_destination},
      {"rejectboth", reject_both}};
  for (const auto& [name, action] : actions)
    BOOST_TEST((one(with_header(name + " tcp any any -> any any")).action == action), name);
}

BOOST_AUTO_TEST_CASE(addresses_may_be_a_range) {
  BOOST_TEST(shown(source("[10.0.0.1,2001:db8::1-2001:db8::ff]").listed) ==
             "10.0.0.1-10.0.0.1 2001:db8::1-2001:db8::ff ");
  source_error("192.0.2.9-192.0.2.1", "t:1:11: \"192.0.2.9-192.0.2.1\" is no address");
}

BOOST_AUTO_TEST_CASE(other_headers_are_refused) {
  expect_errors(with_header("allow tcp any any -> any any"), {"t:1:1: action \"allow\" is not known here"});
  expect_errors(with_header("alert smb any any -> any any"), {"t:1:7: protocol \"smb\" is not matched"});
  expect_errors(with_header("alert tcp any any <- any any"), {"t:1:19: direction \"<-\": write -> or <>"});
  expect_errors(with_header("alert tcp any -> any any"), {"t:1:26: a header has 7 words"});
  expect_errors(with_header("alert tcp any any -> any any any"), {"t:1:30: a header has 7 words"});
}

BOOST_AUTO_TEST_SUITE_END()
