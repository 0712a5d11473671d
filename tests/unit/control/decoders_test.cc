#include <boost/test/unit_test.hpp>
#include <string>

#include "control/decoders/json_values.hh"
#include "control/decoders/packed.hh"
#include "control/decoders/vendor_request.hh"

using namespace sluice;

namespace {

// "CLASS NAME=VALUE", a line each.
std::string text(const std::optional<DecodedMessage>& message) {
  if (!message) return "not decoded";
  std::string out{message->protocol};
  for (const auto& value : message->values)
    out += "\n" + std::string{text_of(value.value_class)} + " " + value.name + "=" + value.value;
  if (message->is_cut) out += "\n(cut)";
  return out;
}

std::string decoded(const VendorRequest& request) { return text(decode_vendor_request(request)); }

VendorRequest get(std::string_view host, std::string_view target) { return {"GET", host, target, {}, {}}; }

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return out;
}

// Made by Python: urlencode(data_list=base64(gzip(json.dumps([{...}])))).
constexpr std::string_view sensors_body =
    "crc=1&gzip=1&data_list=H4sIAAAAAAACAx3P0YrCMBAF0F8pwUdrG7BNU5D9g33wdZEQm6kdTJuQmbqC%2BO%2Bavt577sD8vYRDYlwGNuhE"
    "XwitlBwapUslx7o8tk1ddgBd2WmtR6ukUq0U%2B0LAAxbOg2hvYHywzmyRGXFBmjKJKURIjEBf9xK7OTjweXIGN2PxGxiKLsNdIPOARBiWXMs6h2v"
    "a7MQcqa8qmkI8wNPO0UN1tXQH%2FkF3UpkS2DRM5j%2Bk7YV1vibw3m6nvWXk1cG3OLYH3bzflw%2B%2FqCK19QAAAA%3D%3D";

}  // namespace

BOOST_AUTO_TEST_SUITE(decoders)

BOOST_AUTO_TEST_CASE(names_asked_of_httpdns) {
  BOOST_TEST(decoded(get("203.107.1.65",
                         "/100321/sign_d?host=shop.example&sdk=android_1.3.3&t=1767225600&sid=q7Rk&"
                         "net=wifi&bssid=02%3A6d%3A69%3A5e%3A10%3A7a")) ==
             "alibaba-httpdns\nhost-name host=shop.example\nsdk sdk=android_1.3.3\ntime t=1767225600\n"
             "session-id sid=q7Rk\nnetwork-type net=wifi\nbssid bssid=02:6d:69:5e:10:7a\napp account=100321");
  BOOST_TEST(decoded(get("119.29.29.29", "/d?dn=api.game.example&ttl=1")) ==
             "tencent-httpdns\nhost-name dn=api.game.example\nother ttl=1");
  BOOST_TEST(decoded(get("119.29.29.29", "/d?dn=9bd8a7f2c1&id=77")) ==
             "tencent-httpdns\nencrypted dn=9bd8a7f2c1\nother id=77");
  BOOST_TEST(decoded(get("110.43.0.83", "/gslb?tver=2&id=400123456&dm=ots.io.mi.com")) ==
             "xiaomi-gslb\nother tver=2\ndevice-id id=400123456\nhost-name dm=ots.io.mi.com");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_httpdns) {
  BOOST_TEST(decoded(get("shop.example", "/user/d?host=a.example")) == "not decoded");
  BOOST_TEST(decoded(get("shop.example", "/100321/delete?host=a.example")) == "not decoded");
  BOOST_TEST(decoded(get("shop.example", "/d?name=a.example")) == "not decoded");
  BOOST_TEST(decoded(get("shop.example", "/")) == "not decoded");
  BOOST_TEST(decoded(get("shop.example", "")) == "not decoded");
}

BOOST_AUTO_TEST_CASE(mistat_names_the_device_beside_what_it_encrypts) {
  const VendorRequest request{"POST",
                              "data.mistat.intl.xiaomi.com",
                              "/mistats/v2",
                              {},
                              "channel=global&device_id=9b1c7d2e&id_type=2&stat_value=0wZk"};
  BOOST_TEST(decoded(request) ==
             "xiaomi-mistat\napp channel=global\ndevice-id device_id=9b1c7d2e\nother id_type=2\n"
             "encrypted stat_value=0wZk");
}

BOOST_AUTO_TEST_CASE(client_information_of_xiaomis_advertising) {
  constexpr std::string_view terms =
      "/filter/text?clientInfo=eyJpbWVpIjogIiIsICJnYWlkIjogIjNmMGI5YTUyLTdjMTQtNGU4ZC1hMWM2LTU4ZDJlMGY3MWIzNCIsICJsYSI6"
      "ICJkZSJ9&appKey=MiAdSdk_i18n&version=1";
  BOOST_TEST(decoded(get("globalapi.ad.xiaomi.com", terms)) ==
             "xiaomi-ad-terms\ndevice-id clientInfo.gaid=3f0b9a52-7c14-4e8d-a1c6-58d2e0f71b34\n"
             "locale clientInfo.la=de\napp appKey=MiAdSdk_i18n\nother version=1");
  const VendorRequest splash{
      "POST",
      "api.ad.intl.xiaomi.com",
      "/getSplashScreenAds",
      {},
      "clientInfo=%7B%22deviceInfo%22%3A+%7B%22model%22%3A+%22Redmi+Note+9S%22%2C+%22androidId%22%3A+"
      "%22d41f%22%7D%7D&v=2.0"};
  BOOST_TEST(decoded(splash) ==
             "xiaomi-ad\nmodel clientInfo.deviceInfo.model=Redmi Note 9S\n"
             "device-id clientInfo.deviceInfo.androidId=d41f\nother v=2.0");
}

BOOST_AUTO_TEST_CASE(umeng_says_what_it_runs_on) {
  const VendorRequest request{"POST",
                              "alog.umeng.com",
                              "/app_logs",
                              {{"x-umeng-sdk", "Android/8.1.6 Game/1.4 Redmi%20Note%209S/11"}},
                              "\x01\x02"};
  BOOST_TEST(decoded(request) ==
             "umeng\nsdk sdk=Android/8.1.6\napp app=Game/1.4\nmodel model=Redmi Note 9S\nos os_version=11\n"
             "encrypted envelope=\x01\x02");
  const VendorRequest odd{"POST", "alog.umeng.com", "/app_logs", {{"X-Umeng-Sdk", "  /  "}}, ""};
  BOOST_TEST(decoded(odd) == "umeng");
}

BOOST_AUTO_TEST_CASE(what_beacon_encrypts_is_not_decoded) {
  const VendorRequest request{"POST", "oth.eve.mdt.qq.com:8080", "/analytics/upload", {}, "\x01\x02\x03"};
  const auto message = decode_vendor_request(request);
  BOOST_TEST(text(message) == "tencent-beacon\nencrypted events=\x01\x02\x03");
  BOOST_TEST(!message->is_decoded());
  const VendorRequest elsewhere{"POST", "notqq.com", "/analytics/upload", {}, "\x01\x02\x03"};
  BOOST_TEST(decoded(elsewhere) == "not decoded");
}

BOOST_AUTO_TEST_CASE(getui_reports_apps) {
  const VendorRequest request{"POST",
                              "sdk.open.phone.igexin.com",
                              "/api.php?format=json&t=1",
                              {},
                              R"({"action": "upload_BI", "cid": "a8c4",
          "BIData": "MjAyNi0wMS0wMXxhOGM0fGNvbS5leGFtcGxlLnNob3AsY29tLmV4YW1wbGUubmV3c3w="})"};
  BOOST_TEST(decoded(request) ==
             "getui\nevent action=upload_BI\ndevice-id cid=a8c4\n"
             "app-list BIData=2026-01-01|a8c4|com.example.shop,com.example.news|");
}

BOOST_AUTO_TEST_CASE(sensors_analytics_event_by_event) {
  const VendorRequest request{"POST", "sa.api.intl.miui.com", "/sa?project=global_browser_mini&r=CH", {}, sensors_body};
  constexpr std::string_view head =
      "sensors-analytics\napp project=global_browser_mini\n"
      "device-id distinct_id=9771c579-71f0-4650-8ee8-8999fa717761\nevent event=page_load_event_finish\n";
  constexpr std::string_view properties =
      "model properties.$model=Redmi Note 8\nos properties.$os_version=10\n"
      "url properties.url=https://shop.example/basket?id=7\ntyped-text properties.search_word=umbrella\n"
      "location properties.$latitude=46.95";
  BOOST_TEST(decoded(request) == std::string{head} + std::string{properties});
}

BOOST_AUTO_TEST_CASE(what_is_cut_gives_what_stands_before_the_cut) {
  const VendorRequest request{"POST", "sa.api.intl.miui.com", "/sa", {}, sensors_body.substr(0, 250)};
  const auto out = decoded(request);
  BOOST_TEST(out.starts_with("sensors-analytics\ndevice-id distinct_id=9771c579"), out);
  BOOST_TEST(out.ends_with("(cut)"), out);
}

// openssl enc -des-ecb -K 3834303037313835 of 0a0461626364 120568656c6c6f; the key is "%08d" of
// (1767225600 % 0x5F5E100) ^ 0x1001111.
BOOST_AUTO_TEST_CASE(iflyteks_time_opens_what_was_typed) {
  const auto body = bytes("2b579118cbc7312b448cde6f5ed783bd");
  const VendorRequest request{"POST", "pinyin.voicecloud.cn", "/do?c=4036&time=1767225600", {}, body};
  BOOST_TEST(decoded(request) ==
             "iflytek\ntime time=1767225600\ntyped-text request=" + bytes("0a046162636412") + bytes("0568656c6c6f"));
  // The lowest bit of each digit is parity, which DES leaves out: a second more is often the same key.
  const VendorRequest later{"POST", "pinyin.voicecloud.cn", "/do?c=4036&time=1767225602", {}, body};
  BOOST_TEST(decoded(later) == "iflytek\ntime time=1767225602\nencrypted request=" + body);
  const VendorRequest elsewhere{"POST", "shop.example", "/do?time=1767225600", {}, body};
  BOOST_TEST(decoded(elsewhere) == "not decoded");
}

BOOST_AUTO_TEST_CASE(only_what_describes_a_kind_of_device_is_shown) {
  for (const auto shown : {ValueClass::model, ValueClass::build, ValueClass::os, ValueClass::locale})
    BOOST_TEST(is_shown(shown, "V12.5.2"));
  for (const auto hidden : {ValueClass::other, ValueClass::device_id, ValueClass::imei, ValueClass::account_id,
                            ValueClass::phone_number, ValueClass::location, ValueClass::wifi_name,
                            ValueClass::wifi_address, ValueClass::url, ValueClass::typed_text, ValueClass::app_list})
    BOOST_TEST(!is_shown(hidden, "V12.5.2"));
  BOOST_TEST(is_shown(ValueClass::host_name, "a.example,b-2.example"));
  BOOST_TEST(is_shown(ValueClass::network_type, "wifi"));
  BOOST_TEST(is_shown(ValueClass::time, "1767225600000"));
  BOOST_TEST(is_measured_only(ValueClass::typed_text));
  BOOST_TEST(!is_measured_only(ValueClass::device_id));
}

BOOST_AUTO_TEST_CASE(a_value_that_is_none_of_its_class_is_not_shown) {
  BOOST_TEST(!is_shown(ValueClass::model, "9b1c7d2e4f6a08537d1e9c4b2a6f5803"));
  BOOST_TEST(!is_shown(ValueClass::build, "02:6d:69:5e:10:7a"));
  BOOST_TEST(!is_shown(ValueClass::os, std::string(65, 'x')));
  BOOST_TEST(!is_shown(ValueClass::network_type, "mobile-lte-operator"));
  BOOST_TEST(!is_shown(ValueClass::time, "at home"));
  BOOST_TEST(!is_shown(ValueClass::host_name, "shop.example/basket?id=7"));
}

BOOST_AUTO_TEST_CASE(names_that_no_table_knows_are_not_shown) {
  BOOST_TEST(shown_name("properties.$model") == "properties.$model");
  BOOST_TEST(shown_name("apps.com.example.game") == "apps.*.*.*");
  BOOST_TEST(shown_name("+41790000000") == "*");
  BOOST_TEST(shown_name("") == "*");
}

BOOST_AUTO_TEST_CASE(keys_in_any_spelling) {
  for (const auto* const key : {"device_id", "deviceId", "DEVICE-ID", "$device_id", "a.b.deviceId"})
    BOOST_TEST((class_of_key(key) == ValueClass::device_id), key);
  BOOST_TEST((class_of_key("deviceid.x") == ValueClass::other));
}

BOOST_AUTO_TEST_CASE(a_message_is_bounded) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "k" + std::to_string(i) + "=v&";
  const auto target = "/1/d?host=a.example&" + many;
  const auto message = decode_vendor_request(get("203.107.1.65", target));
  BOOST_REQUIRE(message);
  BOOST_TEST(message->values.size() == DecodedMessage::value_limit);
  BOOST_TEST(message->is_cut);
  BOOST_TEST(json_values(std::string(100, '[') + std::string(100, ']')).is_whole == false);
}

BOOST_AUTO_TEST_CASE(base64_as_it_is_met) {
  BOOST_TEST(base64_decoded("aGVsbG8gd29ybGQ=") == "hello world");
  BOOST_TEST(base64_decoded("aGVsbG8gd29ybGQ") == "hello world");
  BOOST_TEST(base64_decoded("aGVs\r\nbG8gd29ybGQ=") == "hello world");
  BOOST_TEST(base64_decoded("aGVsbG8gd29yb") == "hello wor");  // cut
  BOOST_TEST(base64_decoded("-_-_-_-_") == bytes("fbffbffbffbf"));
  BOOST_TEST(base64_decoded("aGVs") == "");
}

BOOST_AUTO_TEST_SUITE_END()
