#include "control/devices/identification.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sluice;

namespace {

std::vector<Vote> cast(const std::vector<DeviceFact>& facts) {
  std::vector<Vote> votes;
  for (const auto& fact : facts)
    for (auto& vote : votes_of(fact, VendorTable::shipped(), nullptr)) votes.push_back(std::move(vote));
  return votes;
}

Identification of(const std::vector<DeviceFact>& facts) { return identify(cast(facts)); }

Vote vendor_vote(FactKind from, std::string vendor, int weight) {
  return {from, std::move(vendor), {}, {}, {}, weight, "test"};
}

void check(Certainty certainty, std::string_view expected) { BOOST_TEST(text_of(certainty) == expected); }

const DeviceFact redmi{FactKind::push_model, "Redmi Note 9S"};
const DeviceFact redmi_build{FactKind::push_build, "V12.5.2.0.RJWMIXM"};

}  // namespace

BOOST_AUTO_TEST_SUITE(control_devices_identification)

BOOST_AUTO_TEST_CASE(without_votes_nothing_is_said) {
  BOOST_TEST((identify({}) == Identification{}));
  check(identify({}).certainty, "none");
}

BOOST_AUTO_TEST_CASE(a_push_frame_alone) {
  const auto phone = of({redmi, redmi_build});
  BOOST_TEST(phone.vendor == "Xiaomi");
  BOOST_TEST(phone.model == "Redmi Note 9S");
  BOOST_TEST(phone.os == "Android 11");
  BOOST_TEST(phone.build == "V12.5.2.0.RJWMIXM");
  BOOST_TEST(!phone.contradicts);
  check(phone.certainty, "high");
  check(phone.model_certainty, "high");
}

BOOST_AUTO_TEST_CASE(no_number_of_weak_votes_outvotes_a_strong_one) {
  std::vector<Vote> votes{vendor_vote(FactKind::push_model, "Xiaomi", rung::push)};
  for (const auto from : {FactKind::user_agent, FactKind::connectivity_check, FactKind::mdns_model, FactKind::name})
    for (int i = 0; i < 50; ++i) votes.push_back(vendor_vote(from, "Samsung", rung::user_agent));
  const auto phone = identify(votes);
  BOOST_TEST(phone.vendor == "Xiaomi");
  check(phone.certainty, "high");
  BOOST_TEST(!phone.contradicts);
}

BOOST_AUTO_TEST_CASE(certainty_follows_the_rung_and_a_second_origin) {
  const auto certainty = [](const std::vector<Vote>& votes) { return text_of(identify(votes).certainty); };
  const auto agent = vendor_vote(FactKind::user_agent, "Samsung", rung::user_agent);
  const auto asked = vendor_vote(FactKind::connectivity_check, "Samsung", rung::connectivity_check);
  const auto host = vendor_vote(FactKind::dhcp_host_name, "Samsung", rung::host_name);
  const auto card = vendor_vote(FactKind::hardware_address, "Samsung", rung::hardware_address);
  const auto name = vendor_vote(FactKind::name, "Samsung", rung::name);
  BOOST_TEST(certainty({card}) == "low");
  BOOST_TEST(certainty({host}) == "low");
  BOOST_TEST(certainty({host, card}) == "medium");
  BOOST_TEST(certainty({agent}) == "medium");
  BOOST_TEST(certainty({agent, card}) == "medium");
  BOOST_TEST(certainty({agent, asked}) == "high");
  BOOST_TEST(certainty({asked, name}) == "medium");  // both are names that were asked for
  BOOST_TEST(certainty({agent, vendor_vote(FactKind::user_agent, "LG", rung::user_agent)}) == "low");
  const auto other_check = vendor_vote(FactKind::connectivity_check, "LG", rung::connectivity_check);
  BOOST_TEST(certainty({agent, other_check}) == "medium");
  BOOST_TEST(certainty({agent, other_check, vendor_vote(FactKind::mdns_model, "Samsung", rung::local_service)}) ==
             "medium");
  BOOST_TEST(certainty({agent, vendor_vote(FactKind::hardware_address, "LG", rung::hardware_address)}) == "medium");
}

BOOST_AUTO_TEST_CASE(one_of_several_makers_becomes_exact) {
  const auto phone = of({{FactKind::connectivity_check, "conn-service-eu-01.allawnos.com/generate204"},
                         {FactKind::user_agent, "Mozilla/5.0 (Linux; Android 11; RMX3085) X/1"}});
  BOOST_TEST(phone.vendor == "realme");
  BOOST_TEST(phone.model == "RMX3085");
  check(phone.certainty, "high");
  BOOST_TEST(of({{FactKind::user_agent, "Mozilla/5.0 (Linux; Android 13; CPH2159) X/1"}}).vendor == "OPPO or OnePlus");
}

BOOST_AUTO_TEST_CASE(a_board_and_a_model_are_one_device) {
  const auto phone = of({{FactKind::dhcp_vendor_class, "HUAWEI:android:ELE"},
                         {FactKind::user_agent, "Mozilla/5.0 (Linux; Android 10; ELE-L29 Build/HUAWEIELE-L29) X/1"}});
  BOOST_TEST(phone.vendor == "Huawei or Honor");
  BOOST_TEST(phone.model == "ELE-L29");
  BOOST_TEST(phone.os == "Android 10");
  BOOST_TEST(!phone.contradicts);
}

BOOST_AUTO_TEST_CASE(a_model_of_another_maker_is_left_out) {
  const auto phone = of({{FactKind::dhcp_vendor_class, "HUAWEI:android:ELE"},
                         {FactKind::user_agent, "Mozilla/5.0 (Linux; Android 12; SM-G991B Build/SP1A) X/1"}});
  BOOST_TEST(phone.vendor == "Huawei or Honor");
  BOOST_TEST(phone.model == "ELE");
  BOOST_TEST(phone.os == "Android");
  BOOST_TEST(phone.build == "");
}

// What a NAT looks like.
BOOST_AUTO_TEST_CASE(strong_votes_that_exclude_each_other) {
  const auto models = of({redmi, {FactKind::push_model, "Redmi Note 9 Pro"}});
  BOOST_TEST(models.contradicts);
  BOOST_TEST(models.vendor == "Xiaomi");
  check(models.certainty, "medium");
  const auto makers = of({redmi, {FactKind::dhcp_vendor_class, "HUAWEI:android:ELE"}});
  BOOST_TEST(makers.contradicts);
  BOOST_TEST(makers.vendor == "Huawei or Honor");
  BOOST_TEST(of({redmi, {FactKind::dhcp_vendor_class, "MSFT 5.0"}}).contradicts);
  BOOST_TEST(!of({redmi, redmi_build, {FactKind::dhcp_vendor_class, "android-dhcp-11"}}).contradicts);
  BOOST_TEST(!of({redmi, {FactKind::user_agent, "Mozilla/5.0 (Linux; Android 12; SM-G991B) X/1"}}).contradicts);
}

BOOST_AUTO_TEST_CASE(a_later_version_is_no_contradiction) {
  const auto phone =
      of({{FactKind::dhcp_vendor_class, "android-dhcp-9"}, {FactKind::dhcp_vendor_class, "android-dhcp-12"}});
  BOOST_TEST(phone.os == "Android 12");
  BOOST_TEST(!phone.contradicts);
  check(phone.os_certainty, "high");
  check(phone.certainty, "high");
}

BOOST_AUTO_TEST_CASE(a_rough_system_becomes_exact) {
  BOOST_TEST(of({{FactKind::user_agent, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) X/1"},
                 {FactKind::mdns_model, "MacBookPro18,3"}})
                 .os == "macOS");
  BOOST_TEST(
      of({{FactKind::dhcp_vendor_class, "MSFT 5.0"}, {FactKind::user_agent, "Mozilla/5.0 (Windows NT 10.0) X/1"}}).os ==
      "Windows 10 or Windows 11");
  const auto phone = of({{FactKind::user_agent, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) X/1"},
                         {FactKind::mdns_model, "iPhone14,5"}});
  BOOST_TEST(phone.model == "iPhone14,5");
  BOOST_TEST(phone.os == "iOS 17.1");
}

BOOST_AUTO_TEST_CASE(neither_order_nor_repetition_matters) {
  auto votes = cast({redmi,
                     redmi_build,
                     {FactKind::user_agent, "Mozilla/5.0 (Linux; Android 10; CPH2159) X/1"},
                     {FactKind::connectivity_check, "wifi.vivo.com.cn/generate_204"},
                     {FactKind::dhcp_vendor_class, "android-dhcp-12"},
                     {FactKind::dhcp_host_name, "iPhone"}});
  const auto expected = identify(votes);
  std::reverse(votes.begin(), votes.end());
  BOOST_TEST((identify(votes) == expected));
  votes.insert(votes.end(), votes.begin(), votes.begin() + 3);
  BOOST_TEST((identify(votes) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
