#include "dataplane/http/vendor_form.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

namespace {

bool may_be(const std::string& host, const std::string& target, const std::string& more = "") {
  const auto text = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
  const auto request = parse_http_request(as_bytes(text));
  BOOST_REQUIRE(request);
  return may_be_vendor_request(*request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vendor_form)

BOOST_AUTO_TEST_CASE(each_protocol_is_let_through) {
  BOOST_TEST(may_be("203.107.1.65", "/100321/sign_d?host=a.example"));
  BOOST_TEST(may_be("203.107.1.33", "/100321/resolve?host=a.example"));
  BOOST_TEST(may_be("119.29.29.29", "/d?dn=a.example"));
  BOOST_TEST(may_be("resolver.msg.xiaomi.net", "/gslb/?ver=4.0&list=a.example"));
  BOOST_TEST(may_be("data.mistat.xiaomi.com", "/mistats/v2"));
  BOOST_TEST(may_be("globalapi.ad.xiaomi.com", "/filter/text?appKey=1"));
  BOOST_TEST(may_be("collector.example:8106", "/sa?project=p"));
  BOOST_TEST(may_be("SDK.open.phone.IGEXIN.com:80", "/api.php?format=json"));
  BOOST_TEST(may_be("oth.eve.mdt.qq.com:8080", "/analytics/upload"));
  BOOST_TEST(may_be("pinyin.voicecloud.cn", "/do?time=1"));
  BOOST_TEST(may_be("shop.example", "/any", "x-umeng-sdk: Android/8.1.6\r\n"));
}

BOOST_AUTO_TEST_CASE(an_absolute_target_has_the_same_path) {
  BOOST_TEST(may_be("119.29.29.29", "http://119.29.29.29/d?dn=a.example"));
  BOOST_TEST(!may_be("shop.example", "http://shop.example?to=/d"));
}

BOOST_AUTO_TEST_CASE(others_are_not) {
  BOOST_TEST(!may_be("shop.example", "/"));
  BOOST_TEST(!may_be("shop.example", "/d/index?host=a"));
  BOOST_TEST(!may_be("shop.example", "/a?to=/d"));
  BOOST_TEST(!may_be("notqq.com", "/analytics/upload"));
  BOOST_TEST(!may_be("qq.com.example", "/analytics/upload"));
  BOOST_TEST(!may_be("shop.example", "/api.php"));
}

BOOST_AUTO_TEST_SUITE_END()
