#include "control/devices/sighting.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/event_record.hh"

using namespace sluice;
using namespace std::string_view_literals;

namespace {

constexpr auto mac = "\x02\x00\x00\x00\x0a\x0b"sv;

EventHeader sighted(const char* device = "192.0.2.10", Inside inside = Inside::source) {
  auto about = header(EventType::sighting);
  about.inside = inside;
  (inside == Inside::destination ? about.destination : about.source) = address(device);
  about.vlan[0] = 7;
  return about;
}

constexpr std::uint64_t of(EventType type) { return static_cast<std::uint64_t>(type); }

// "ADDRESS@VLAN KIND=VALUE …, KIND:VALUE …": the place, links, facts.
std::string text_of(const std::optional<Sighting>& sighting) {
  if (!sighting) return "none";
  std::string text =
      sighting->place ? sighting->place->address.text() + "@" + std::to_string(sighting->place->vlan) : "nowhere";
  for (const auto& link : sighting->links)
    text += " " + std::string{text_of(link.kind)} + "=" + (link.value == mac ? "MAC" : link.value);
  for (const auto& fact : sighting->facts)
    text += " " + std::string{text_of(fact.kind)} + ":" + (fact.value == mac ? "MAC" : fact.value);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sighting)

BOOST_AUTO_TEST_CASE(a_packet_says_whose_frame_it_came_in) {
  Record record{sighted()};
  const auto seen = read_sighting(
      record.integer(Field::sighting_of, 0).text(Field::hardware_address, mac).integer(Field::hop_limit, 63).event());
  BOOST_TEST(text_of(seen) == "192.0.2.10@7 hardware-address=MAC hardware-address:MAC");
  BOOST_REQUIRE(seen);
  BOOST_TEST(seen->hop_limit == 63);
}

BOOST_AUTO_TEST_CASE(a_request_of_dhcp_says_all_of_its_sender) {
  Record record{sighted("0.0.0.0")};
  record.integer(Field::dhcp_reply, 0)
      .text(Field::dhcp_hardware_address, mac)
      .text(Field::dhcp_host_name, "Annas-Phone.example")
      .text(Field::dhcp_vendor_class, "android-dhcp-13")
      .text(Field::dhcp_client_id, "id")
      .text(Field::dhcp_parameters, "\x01\x03")
      .integer(Field::sighting_of, of(EventType::dhcp))
      .text(Field::hardware_address, "relays");
  BOOST_TEST(text_of(read_sighting(record.event())) ==
             "nowhere hardware-address=MAC client-id=id host-name=annas-phone dhcp-vendor-class:android-dhcp-13 "
             "dhcp-parameters:\x01\x03 dhcp-host-name:Annas-Phone.example hardware-address:MAC");
}

// RFC 2131 section 4.3.1: an acknowledgement is the word of the server on who has which address.
BOOST_AUTO_TEST_CASE(an_acknowledgement_of_dhcp_says_who_has_an_address_and_an_offer_does_not) {
  for (const auto& [type, expected] :
       {std::pair{5, "192.0.2.77@7 hardware-address=MAC hardware-address:MAC"}, std::pair{2, "none"}}) {
    Record record{sighted("255.255.255.255", Inside::destination)};
    record.integer(Field::dhcp_reply, 1)
        .integer(Field::dhcp_type, static_cast<std::uint64_t>(type))
        .text(Field::dhcp_hardware_address, mac)
        .text(Field::dhcp_assigned_ip, "192.0.2.77")
        .text(Field::dhcp_host_name, "the-server-says")
        .integer(Field::sighting_of, of(EventType::dhcp));
    BOOST_TEST(text_of(read_sighting(record.event())) == expected);
  }
}

BOOST_AUTO_TEST_CASE(of_mdns_the_names_of_the_senders_own_address_are_its_own) {
  Record record{sighted()};
  record.integer(Field::dns_response, 1)
      .text(Field::dns_answer_name, "other.local")
      .text(Field::dns_answer_data, "192.0.2.99")
      .text(Field::dns_answer_name, "Annas-iPad.local")
      .text(Field::dns_answer_data, "192.0.2.10")
      .text(Field::dns_answer_name, "Annas-iPad._device-info._tcp.local")
      .text(Field::dns_data_text, "model=J211AP")
      .text(Field::dns_data_text, "osxvers=20")
      .integer(Field::sighting_of, of(EventType::mdns));
  BOOST_TEST(text_of(read_sighting(record.event())) ==
             "192.0.2.10@7 host-name=annas-ipad mdns-host-name:Annas-iPad.local mdns-model:J211AP");
  Record question{sighted()};
  BOOST_TEST(text_of(read_sighting(question.integer(Field::dns_response, 0)
                                       .text(Field::dns_query_name, "_airplay._tcp.local")
                                       .integer(Field::sighting_of, of(EventType::mdns))
                                       .event())) == "none");
}

BOOST_AUTO_TEST_CASE(a_push_frame_names_model_and_build) {
  Record record{header(EventType::xiaomi_push)};  // as it is where all is recorded
  record.text(Field::device_model, "Redmi Note 9S")
      .text(Field::device_build, "V12.5.2.0.RJWMIXM")
      .text(Field::device_id, "a-1");
  BOOST_TEST(text_of(read_sighting(record.event())) ==
             "192.0.2.10@0 push-id=a-1 push-model:Redmi Note 9S push-build:V12.5.2.0.RJWMIXM");
}

BOOST_AUTO_TEST_CASE(what_the_far_end_says_is_nothing_of_a_device) {
  for (const auto type : {EventType::http, EventType::ssdp, EventType::mdns, EventType::xiaomi_push}) {
    auto about = header(type);
    about.inside = Inside::destination;
    Record record{about};
    record.integer(Field::dns_response, 1).text(Field::http_user_agent, "a").text(Field::device_model, "b");
    BOOST_TEST(text_of(read_sighting(record.event())) == "none");
  }
  Record alert{header(EventType::alert)};
  BOOST_TEST(text_of(read_sighting(alert.event())) == "none");
}

BOOST_AUTO_TEST_CASE(what_is_no_identifier_is_left_out) {
  Record record{sighted()};
  record.integer(Field::sighting_of, 0).text(Field::hardware_address, "five!").integer(Field::hop_limit, 64);
  BOOST_TEST(text_of(read_sighting(record.event())) == "192.0.2.10@7");
  Record longer{sighted()};
  longer.text(Field::device_id, std::string(257, 'a'))
      .text(Field::device_model, "m")
      .integer(Field::sighting_of, of(EventType::xiaomi_push));
  BOOST_TEST(text_of(read_sighting(longer.event())) == "192.0.2.10@7 push-model:m");
}

BOOST_AUTO_TEST_SUITE_END()
