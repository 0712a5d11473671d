#include "control/text/safe_text.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(control_safe_text)

BOOST_AUTO_TEST_CASE(valid_text_is_stored_as_it_is) {
  BOOST_TEST(stored_text("") == "");
  BOOST_TEST(stored_text("www.example.com") == "www.example.com");
  BOOST_TEST(stored_text("b\u00fccher \u4e2d \U0001f600") == "b\u00fccher \u4e2d \U0001f600");
}

BOOST_AUTO_TEST_CASE(each_byte_that_is_no_text_becomes_four_characters) {
  BOOST_TEST(stored_text("\xff") == "\\xff");
  BOOST_TEST(stored_text("a\xc3") == "a\\xc3");                           // cut in the middle of a character
  BOOST_TEST(stored_text("\xc0\xaf/") == "\\xc0\\xaf/");                  // overlong (RFC 3629 section 10)
  BOOST_TEST(stored_text("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
  BOOST_TEST(stored_text("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  BOOST_TEST(stored_text("\xc3\xa9\xfe\xc3\xa9") == "\u00e9\\xfe\u00e9");
}

BOOST_AUTO_TEST_CASE(nothing_steers_a_terminal) {
  BOOST_TEST(shown_text("\x1b[2J\x07\r\n\t") == "\\x1b[2J\\x07\\x0d\\x0a\\x09");
  BOOST_TEST(shown_text(std::string_view("a\0b", 3)) == "a\\x00b");
  BOOST_TEST(shown_text("\x7f\u009b") == "\\x7f\\x9b");  // DEL and the one-character CSI
  BOOST_TEST(shown_text("moc.live\u202e") == "moc.live\\u{202e}");
  BOOST_TEST(shown_text("a\u200bb\u2028c\ufeff") == "a\\u{200b}b\\u{2028}c\\u{feff}");
  BOOST_TEST(shown_text("b\u00fccher\xff") == "b\u00fccher\\xff");
}

BOOST_AUTO_TEST_CASE(width_is_in_columns_and_not_in_bytes) {
  BOOST_TEST(columns("abc") == 3U);
  BOOST_TEST(columns("b\u00fc") == 2U);
  BOOST_TEST(columns("\u5c0f\u7c73") == 4U);  // two ideographs
  BOOST_TEST(columns("e\u0301") == 1U);       // a combining accent
}

BOOST_AUTO_TEST_CASE(a_prefix_never_splits_a_character) {
  BOOST_TEST(prefix_within("abc", 2) == 2U);
  BOOST_TEST(prefix_within("abc", 9) == 3U);
  BOOST_TEST(prefix_within("\u00fc\u00fc", 1) == 2U);
  BOOST_TEST(prefix_within("\u5c0f\u7c73", 3) == 3U);
  BOOST_TEST(prefix_within("\u5c0f", 1) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
