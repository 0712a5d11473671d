#include "rules/text/utf8.hh"

#include <boost/test/unit_test.hpp>

using sluice::first_invalid_utf8;
using sluice::printable;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(the_first_invalid_byte_is_found) {
  BOOST_TEST(!first_invalid_utf8("plain"));
  BOOST_TEST(!first_invalid_utf8("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"));
  BOOST_TEST(first_invalid_utf8("ab\xff").value() == 2U);
  BOOST_TEST(first_invalid_utf8("\xc3\xa9\x80").value() == 2U);      // a stray continuation byte
  BOOST_TEST(first_invalid_utf8("a\xe0\x9f\xbf").value() == 1U);     // overlong (RFC 3629 section 3)
  BOOST_TEST(first_invalid_utf8("\xf0\x8f\xbf\xbf").value() == 0U);  // overlong
  BOOST_TEST(first_invalid_utf8("\xe4\xb8g").value() == 0U);
}

// The byte behind the view would complete the character: it must not be looked at.
BOOST_AUTO_TEST_CASE(a_cut_character_is_not_completed_from_outside) {
  const std::string_view whole = "x\xe4\xb8\xad";
  BOOST_TEST(!first_invalid_utf8(whole));
  BOOST_TEST(first_invalid_utf8(whole.substr(0, 3)).value() == 1U);
  BOOST_TEST(printable(whole.substr(0, 3)) == "x??");
}

BOOST_AUTO_TEST_CASE(messages_show_no_controls_and_stay_short) {
  BOOST_TEST(printable("caf\xc3\xa9") == "caf\xc3\xa9");
  BOOST_TEST(printable("a\x1b[31m\n\xff") == "a?[31m??");
  BOOST_TEST(printable(std::string(64, 'a')) == std::string(64, 'a'));
  BOOST_TEST(printable(std::string(65, 'a')) == std::string(64, 'a') + "...");
}

BOOST_AUTO_TEST_SUITE_END()
