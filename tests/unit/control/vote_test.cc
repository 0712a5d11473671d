#include "control/devices/vote.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

namespace {

std::vector<Vote> votes(FactKind kind, const std::string& value) {
  return votes_of({kind, value}, VendorTable::shipped(), nullptr);
}

// The only vote.
Vote vote(FactKind kind, const std::string& value) {
  const auto all = votes(kind, value);
  BOOST_REQUIRE_EQUAL(all.size(), 1U);
  BOOST_TEST((all.front().from == kind));
  return all.front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_devices_vote)

BOOST_AUTO_TEST_CASE(kinds_cross_the_store_by_name) {
  for (std::size_t i = 0; i < fact_kinds; ++i) {
    const auto kind = static_cast<FactKind>(i);
    BOOST_TEST(!text_of(kind).empty());
    BOOST_TEST((fact_kind_of(text_of(kind)) == kind));
  }
  BOOST_TEST(text_of(FactKind::dhcp_vendor_class) == "dhcp-vendor-class");
  BOOST_TEST(text_of(FactKind::hardware_address) == "hardware-address");
  BOOST_TEST(!fact_kind_of("colour"));
}

// nDPI's xiaomi.pcap
BOOST_AUTO_TEST_CASE(the_model_and_build_of_a_push_frame) {
  const auto model = vote(FactKind::push_model, "Redmi Note 9S");
  BOOST_TEST(model.vendor == "Xiaomi");
  BOOST_TEST(model.model == "Redmi Note 9S");
  BOOST_TEST(model.os == "Android");
  BOOST_TEST(model.weight == rung::push);
  const auto build = vote(FactKind::push_build, "V12.5.2.0.RJWMIXM");
  BOOST_TEST(build.vendor == "Xiaomi");
  BOOST_TEST(build.build == "V12.5.2.0.RJWMIXM");
  BOOST_TEST(build.os == "Android 11");
  BOOST_TEST(build.source == "miui-r");
}

// The SDK is in apps on everybody's phones.
BOOST_AUTO_TEST_CASE(a_push_frame_alone_names_no_maker) {
  BOOST_TEST(vote(FactKind::push_model, "SM-G991B").vendor == "Samsung");
  const auto unknown = vote(FactKind::push_model, "Slate 7");
  BOOST_TEST(unknown.vendor == "");
  BOOST_TEST(unknown.model == "Slate 7");
  BOOST_TEST(unknown.source == "push-model");
  BOOST_TEST(vote(FactKind::push_build, "TP1A.220624.014").vendor == "");
}

BOOST_AUTO_TEST_CASE(dhcp_classes) {
  BOOST_TEST(vote(FactKind::dhcp_vendor_class, "android-dhcp-13").os == "Android 13");
  BOOST_TEST(vote(FactKind::dhcp_vendor_class, "android-dhcp-7.1.2").os == "Android 7.1.2");
  BOOST_TEST(vote(FactKind::dhcp_vendor_class, "MSFT 5.0").os == "Windows");
  BOOST_TEST(vote(FactKind::dhcp_vendor_class, "MSFT 5.0").weight == rung::dhcp);
  const auto board = vote(FactKind::dhcp_vendor_class, "HUAWEI:android:ELE");
  BOOST_TEST(board.vendor == "Huawei or Honor");
  BOOST_TEST(board.model == "ELE");
  BOOST_TEST(board.os == "Android");
  const auto mac = votes(FactKind::dhcp_vendor_class, "AAPLBSDPC/arm/Mac14,2");
  BOOST_REQUIRE_EQUAL(mac.size(), 2U);
  BOOST_TEST(mac.front().model == "Mac14,2");
  BOOST_TEST(mac.back().source == "apple-mac");
  BOOST_TEST(votes(FactKind::dhcp_vendor_class, "some other class").empty());
}

// nDPI's android.pcap and wechat.pcap, as tshark 4.0 prints them
BOOST_AUTO_TEST_CASE(lists_of_parameters) {
  BOOST_TEST(vote(FactKind::dhcp_parameters, "\x01\x03\x06\x0f\x1a\x1c\x33\x3a\x3b\x2b").os == "Android");
  BOOST_TEST(vote(FactKind::dhcp_parameters, "\x01\x79\x03\x06\x0f\x77\xfc").vendor == "Apple");
  BOOST_TEST(votes(FactKind::dhcp_parameters, "\x01\x03").empty());
  BOOST_TEST(votes(FactKind::dhcp_parameters, "").empty());
}

BOOST_AUTO_TEST_CASE(of_a_host_name_only_the_pattern_counts) {
  const auto named = vote(FactKind::dhcp_host_name, "iPhonediAnna");
  BOOST_TEST(named.vendor == "Apple");
  BOOST_TEST(named.model == "");
  BOOST_TEST(named.weight == rung::host_name);
  BOOST_TEST(vote(FactKind::mdns_host_name, "Annas-iPad.local").os == "iOS or iPadOS");
  BOOST_TEST(votes(FactKind::mdns_host_name, "phone.iPhone.local").empty());
}

BOOST_AUTO_TEST_CASE(connectivity_checks_by_their_host) {
  const auto miui = vote(FactKind::connectivity_check, "connect.rom.miui.com/generate_204");
  BOOST_TEST(miui.vendor == "Xiaomi");
  BOOST_TEST(miui.weight == rung::connectivity_check);
  BOOST_TEST(vote(FactKind::connectivity_check, "Connect.ROM.miui.com.:80/x").vendor == "Xiaomi");
  BOOST_TEST(vote(FactKind::connectivity_check, "conn-service-in-07.allawnos.com/generate204").vendor ==
             "OPPO or OnePlus or realme");
  BOOST_TEST(vote(FactKind::connectivity_check, "connectivitycheck.gstatic.com").vendor == "");
  BOOST_TEST(votes(FactKind::connectivity_check, "example.org/connect.rom.miui.com").empty());
}

BOOST_AUTO_TEST_CASE(models_that_services_of_the_link_name) {
  const auto mac = vote(FactKind::mdns_model, "MacBookPro18,3");
  BOOST_TEST(mac.vendor == "Apple");
  BOOST_TEST(mac.model == "MacBookPro18,3");
  BOOST_TEST(mac.os == "macOS");
  BOOST_TEST(vote(FactKind::mdns_model, "D321AP").os == "iOS");
  BOOST_TEST(vote(FactKind::mdns_model, "Printer X").vendor == "");
}

BOOST_AUTO_TEST_CASE(names_are_one_low_vote) {
  const auto name = vote(FactKind::name, "Settings-Win.data.microsoft.com.");
  BOOST_TEST(name.os == "Windows");
  BOOST_TEST(name.weight == rung::name);
  BOOST_TEST(votes(FactKind::name, "www.samsung.com").empty());
}

BOOST_AUTO_TEST_CASE(hardware_addresses_name_the_maker_of_the_card) {
  OuiTable oui;
  BOOST_REQUIRE(
      oui.add("Registry,Assignment,Organization Name\n"
              "MA-L,001B63,\"Apple, Inc.\"\nMA-L,001122,Cards of Iceland\nMA-L,001123,\"\x1b[1m\"\n"));
  const auto of = [&](const char* bytes) {
    return votes_of({FactKind::hardware_address, std::string{bytes, 6}}, VendorTable::shipped(), &oui);
  };
  BOOST_REQUIRE_EQUAL(of("\x00\x1b\x63\x01\x02\x03").size(), 1U);
  BOOST_TEST(of("\x00\x1b\x63\x01\x02\x03").front().vendor == "Apple");
  BOOST_TEST(of("\x00\x11\x22\x01\x02\x03").front().vendor == "Cards of Iceland");
  BOOST_TEST(of("\x00\x11\x22\x01\x02\x03").front().weight == rung::hardware_address);
  BOOST_TEST(of("\x00\x11\x23\x01\x02\x03").empty());
  BOOST_TEST(of("\x02\x1b\x63\x01\x02\x03").empty());
  BOOST_TEST(votes_of({FactKind::hardware_address, "\x01"}, VendorTable::shipped(), &oui).empty());
  BOOST_TEST(votes(FactKind::hardware_address, std::string{"\x00\x1b\x63\x01\x02\x03", 6}).empty());
}

BOOST_AUTO_TEST_CASE(hostile_values_give_no_text) {
  BOOST_TEST(votes(FactKind::push_model, "Redmi \x1b[31mNote").empty());
  BOOST_TEST(votes(FactKind::push_model, std::string(70'000, 'A')).empty());
  BOOST_TEST(votes(FactKind::push_build, "490154203237518").empty());
  const auto dhcp = votes(FactKind::dhcp_vendor_class, "HUAWEI:android:\x01\x02");
  BOOST_REQUIRE_EQUAL(dhcp.size(), 1U);
  BOOST_TEST(dhcp.front().model == "");
}

BOOST_AUTO_TEST_SUITE_END()
