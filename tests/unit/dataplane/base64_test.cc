#include "rules/text/base64.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dataplane/base/bytes.hh"

using namespace sluice;
using Mode = Transform::Mode;

namespace {

std::string decoded(std::string_view text, Mode mode = Mode::rfc4648, std::size_t room = 100) {
  std::string out(room, '\0');
  const auto size = decode_base64(as_bytes(text), mode, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out.substr(0, size);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(test_vectors_of_rfc_4648_section_10) {
  for (const auto mode : {Mode::rfc4648, Mode::rfc2045, Mode::strict}) {
    BOOST_TEST(decoded("", mode) == "");
    BOOST_TEST(decoded("Zg==", mode) == "f");
    BOOST_TEST(decoded("Zm8=", mode) == "fo");
    BOOST_TEST(decoded("Zm9v", mode) == "foo");
    BOOST_TEST(decoded("Zm9vYg==", mode) == "foob");
    BOOST_TEST(decoded("Zm9vYmE=", mode) == "fooba");
    BOOST_TEST(decoded("Zm9vYmFy", mode) == "foobar");
  }
  BOOST_TEST(decoded("+/+/") == "\xfb\xff\xbf");
}

// Suricata's manual: from_base64, and what a foreign character does.
BOOST_AUTO_TEST_CASE(foreign_characters) {
  BOOST_TEST(decoded("Zm 9v Ym Fy", Mode::rfc2045) == "foobar");
  BOOST_TEST(decoded("Zm9v!YmFy", Mode::rfc4648) == "foo");
  BOOST_TEST(decoded("Zm 9v Ym Fy", Mode::rfc4648) == "f");
  BOOST_TEST(decoded("Zm9v!YmFy", Mode::strict) == "");
}

BOOST_AUTO_TEST_CASE(ends_without_padding) {
  BOOST_TEST(decoded("Zm9vYg", Mode::rfc4648) == "foob");
  BOOST_TEST(decoded("Zm9vY", Mode::rfc4648) == "foo");
  BOOST_TEST(decoded("Zm9vYg", Mode::rfc2045) == "foo");
  BOOST_TEST(decoded("Zm9vYg", Mode::strict) == "");
  BOOST_TEST(decoded("Zm9vYh==", Mode::strict) == "");  // bits left over that are not 0
  BOOST_TEST(decoded("Zg==Zg==", Mode::strict) == "");
}

BOOST_AUTO_TEST_CASE(no_more_than_there_is_room_for) {
  BOOST_TEST(decoded("Zm9vYmFy", Mode::rfc4648, 5) == "foo");
  BOOST_TEST(decoded("Zm9vYmFy", Mode::rfc4648, 2) == "");
}

BOOST_AUTO_TEST_SUITE_END()
