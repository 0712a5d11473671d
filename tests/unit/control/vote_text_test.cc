#include "control/devices/vote_text.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(control_devices_vote_text)

BOOST_AUTO_TEST_CASE(printable_text_is_kept_without_its_blanks) {
  BOOST_TEST(vote_text("  Redmi Note 9S ") == "Redmi Note 9S");
  BOOST_TEST(vote_text(std::string(64, 'x')) == std::string(64, 'x'));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_shown_is_left_out) {
  BOOST_TEST(vote_text(std::string(65, 'x')).empty());
  BOOST_TEST(vote_text("a\x1b[31mb").empty());
  BOOST_TEST(vote_text("a\nb").empty());
  BOOST_TEST(vote_text("caf\xc3\xa9").empty());
  BOOST_TEST(vote_text(std::string_view{"a\0b", 3}).empty());
}

// 15 digits are an IMEI (3GPP TS 23.003 section 6.2.1).
BOOST_AUTO_TEST_CASE(what_looks_like_an_identifier_is_left_out) {
  BOOST_TEST(vote_text("490154203237518").empty());
  BOOST_TEST(vote_text("d7a5c0ffee01").empty());
  BOOST_TEST(vote_text("21091116C") == "21091116C");
}

BOOST_AUTO_TEST_CASE(a_version_ends_before_what_is_none) {
  BOOST_TEST(version_at("7.1.2; wv") == "7.1.2");
  BOOST_TEST(version_at("13.") == "13");
  BOOST_TEST(version_at(".1").empty());
  BOOST_TEST(version_at("x1").empty());
}

BOOST_AUTO_TEST_CASE(makers_that_are_one_of_several) {
  BOOST_TEST(common_vendor("OPPO or OnePlus", "OnePlus") == "OnePlus");
  BOOST_TEST(common_vendor("OPPO or OnePlus or realme", "OnePlus or OPPO") == "OPPO or OnePlus");
  BOOST_TEST(common_vendor("Samsung", "SAMSUNG") == "Samsung");
  BOOST_TEST(common_vendor("", "Samsung") == "Samsung");
  BOOST_TEST(common_vendor("Huawei or Honor", "Samsung").empty());
}

BOOST_AUTO_TEST_CASE(systems_agree_where_one_is_the_other_more_exactly) {
  BOOST_TEST(common_system("Android", "Android 12") == "Android 12");
  BOOST_TEST(common_system("iOS 16 or macOS 13", "iOS 16.5") == "iOS 16.5");
  BOOST_TEST(common_system("Linux or Android", "Android 9") == "Android 9");
  BOOST_TEST(common_system("Windows", "Windows 10 or Windows 11") == "Windows 10 or Windows 11");
  BOOST_TEST(common_system("Android 12", "Android 13").empty());
  BOOST_TEST(common_system("Android 1", "Android 12").empty());
  BOOST_TEST(common_system("iOS 16", "Android 16").empty());
}

BOOST_AUTO_TEST_CASE(a_model_without_a_digit_is_a_family) {
  BOOST_TEST(common_model("iPhone", "iPhone14,5") == "iPhone14,5");
  BOOST_TEST(common_model("ELE-L29", "ELE") == "ELE-L29");
  BOOST_TEST(common_model("sm-g991b", "SM-G991B") == "sm-g991b");
  BOOST_TEST(common_model("Redmi Note 9", "Redmi Note 9S").empty());
}

BOOST_AUTO_TEST_CASE(families_are_systems_without_versions) {
  BOOST_TEST(system_family("iOS 16 or macOS 13") == "iOS or macOS");
  BOOST_TEST(system_family("Windows 10 or Windows 11") == "Windows");
  BOOST_TEST(system_family("webOS") == "webOS");
}

BOOST_AUTO_TEST_SUITE_END()
