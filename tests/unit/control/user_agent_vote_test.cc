#include "control/devices/user_agent_vote.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

namespace {

struct Said {
  std::string vendor, model, os, build;
  bool operator==(const Said&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Said& said) {
    return out << said.vendor << '|' << said.model << '|' << said.os << '|' << said.build;
  }
};

// What the first vote says; nothing where there is none.
Said said(std::string_view text) {
  const auto votes = user_agent_votes(text, VendorTable::shipped());
  if (votes.empty()) return {};
  const auto& vote = votes.front();
  return {vote.vendor, vote.model, vote.os, vote.build};
}

bool has_source(std::string_view text, std::string_view source, int weight) {
  const auto votes = user_agent_votes(text, VendorTable::shipped());
  return std::any_of(votes.begin(), votes.end(),
                     [&](const Vote& vote) { return vote.source == source && vote.weight == weight; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_devices_user_agent_vote)

// Requests in captures of nDPI: android.pcap, http_origin_different_than_host.pcap,
// http_ua_splitted_in_two_pkts.pcapng, quickplay.pcap, alexa-app.pcapng.
BOOST_AUTO_TEST_CASE(android_browsers_and_dalvik) {
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 9; Nokia 2.2) AppleWebKit/537.36 Chrome/79.0.3945.93 Mobile") ==
             (Said{"Nokia", "Nokia 2.2", "Android 9", ""}));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 9; JKM-LX1 Build/HUAWEIJKM-LX1; wv) AppleWebKit/537.36") ==
             (Said{"Huawei or Honor", "JKM-LX1", "Android 9", "HUAWEIJKM-LX1"}));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 6.0.1; SM-T805 Build/MMB29K; wv) AppleWebKit/537.36") ==
             (Said{"Samsung", "SM-T805", "Android 6.0.1", "MMB29K"}));
  BOOST_TEST(said("Dalvik/1.6.0 (Linux; U; Android 4.4.4; MI 3W MIUI/V6.4.2.0.KXDMICB)") ==
             (Said{"Xiaomi", "MI 3W", "Android 4.4.4", "V6.4.2.0.KXDMICB"}));
  BOOST_TEST(said("Dalvik/2.1.0 (Linux; U; Android 5.1.1; LGLS751 Build/LMY47V)") ==
             (Said{"LG", "LGLS751", "Android 5.1.1", "LMY47V"}));
}

BOOST_AUTO_TEST_CASE(parts_of_an_android_comment_that_name_no_device) {
  BOOST_TEST(said("Mozilla/5.0 (Linux; U; Android 11; zh-cn; PDRM00 Build/RKQ1.200903.002) X/1") ==
             (Said{"OPPO or OnePlus", "PDRM00", "Android 11", "RKQ1.200903.002"}));
  BOOST_TEST(said("Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/117.0 Firefox/117.0") ==
             (Said{"", "", "Android 13", ""}));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 9; SAMSUNG SM-T865) SamsungBrowser/10.1") ==
             (Said{"Samsung", "SM-T865", "Android 9", ""}));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 10; HarmonyOS; ANA-AN00; HMSCore 6.6.0.352) HuaweiBrowser/12.1") ==
             (Said{"Huawei or Honor", "ANA-AN00", "HarmonyOS", ""}));
}

// Chrome's reduction: Android 10 and K, whatever the device is.
BOOST_AUTO_TEST_CASE(a_reduced_user_agent_says_neither_model_nor_version) {
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36") ==
             (Said{"", "", "Android", ""}));
}

BOOST_AUTO_TEST_CASE(phones_and_pads_of_apple) {
  BOOST_TEST(said("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Version/17.1 Mobile") ==
             (Said{"Apple", "iPhone", "iOS 17.1", ""}));
  BOOST_TEST(said("Mozilla/5.0 (iPad; CPU OS 16_3 like Mac OS X) AppleWebKit/605.1.15 Version/16.3 Mobile") ==
             (Said{"Apple", "iPad", "iPadOS 16.3", ""}));
  BOOST_TEST(said("Mozilla/5.0 (iPad; CPU OS 12_4 like Mac OS X) AppleWebKit/605.1.15") ==
             (Said{"Apple", "iPad", "iOS 12.4", ""}));
  BOOST_TEST(said("AppleCoreMedia/1.0.0.21B80 (iPhone; U; CPU OS 17_1 like Mac OS X; en_us)") ==
             (Said{"Apple", "iPhone", "iOS 17.1", ""}));
  // nielsleenheer.com, "The user-agent string of Safari on iOS 26"
  BOOST_TEST(said("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile") ==
             (Said{"Apple", "iPhone", "iOS", ""}));
}

BOOST_AUTO_TEST_CASE(a_mac_may_be_a_pad) {
  BOOST_TEST(said("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605") ==
             (Said{"Apple", "", "macOS or iPadOS", ""}));
  BOOST_TEST(said("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_12_3) AppleWebKit/602.4.8") ==
             (Said{"Apple", "", "macOS 10.12.3", ""}));
}

BOOST_AUTO_TEST_CASE(apples_services_name_the_hardware) {
  BOOST_TEST(said("itunesstored/1.0 iOS/17.1 model/iPhone14,5 hwp/t8110 build/21B80") ==
             (Said{"Apple", "iPhone14,5", "iOS", ""}));
  BOOST_TEST(said("server-bag [iPhone OS,12.4,16G77,iPhone7,2]") == (Said{"Apple", "iPhone7,2", "iOS", ""}));
  BOOST_TEST(said("x/1 (MacBookPro11%2C4)") == (Said{"Apple", "MacBookPro11,4", "macOS", ""}));
  BOOST_TEST(said("x/1 (Thing11,4)") == Said{});
  BOOST_TEST(has_source("App/1 CFNetwork/1408.0.4 Darwin/22.5.0", "agent-cfnetwork", rung::user_agent));
}

BOOST_AUTO_TEST_CASE(windows_and_desktops) {
  BOOST_TEST(said("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36").os == "Windows 10 or Windows 11");
  BOOST_TEST(said("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0)").os == "Windows 7");
  BOOST_TEST(said("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 9.9)").os == "Windows");
  BOOST_TEST(said("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950)") ==
             (Said{"", "", "Windows Phone", ""}));
  BOOST_TEST(said("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36").os == "ChromeOS");
  BOOST_TEST(said("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36").os == "Linux or Android");
  BOOST_TEST(said("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1.6.1").os == "OpenHarmony 5.0");
}

BOOST_AUTO_TEST_CASE(makers_browsers_stand_on_a_rung_of_their_own) {
  const std::string vivo = "Mozilla/5.0 (Linux; Android 10; K) VivoBrowser/8.8.71.0";
  BOOST_TEST(has_source(vivo, "browser-vivo", rung::browser));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 13; K) SamsungBrowser/23.0").vendor == "");
}

BOOST_AUTO_TEST_CASE(programs_say_nothing_of_the_device) {
  for (const auto* text : {"okhttp/3.12.1", "curl/8.5.0", "Wget/1.21", "Go-http-client/1.1", "", "(", "()", "(;;;;)"})
    BOOST_TEST(said(text) == Said{});
}

BOOST_AUTO_TEST_CASE(hostile_agents_are_cut_and_filtered) {
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 9; \x1b[31mX Build/Y)") == (Said{"", "", "Android 9", "Y"}));
  BOOST_TEST(said("Mozilla/5.0 (Linux; Android 9; " + std::string(65'536, 'x') + ")") ==
             (Said{"", "", "Android 9", ""}));
  BOOST_TEST(said(std::string(65'536, '(')) == Said{});
  BOOST_TEST(said(std::string(2'000, ' ') + "(iPhone; CPU iPhone OS 17_1)") == Said{});
}

BOOST_AUTO_TEST_SUITE_END()
