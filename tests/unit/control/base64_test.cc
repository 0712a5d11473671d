#include "control/text/base64.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(control_base64)

// RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(the_rfcs_own_vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(base64_text(bytes) == text);
    BOOST_REQUIRE(base64_bytes(text).has_value());
    BOOST_TEST(*base64_bytes(text) == bytes);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_base64_is_refused) {
  for (const auto* text : {"Z", "Zg=", "Zg", "Zm9v\n", "====", "Zm9v=", "Zm8=Zm8=", "Z!9v", "Zm9-"})
    BOOST_TEST(!base64_bytes(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
