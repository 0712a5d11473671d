#include "control/access/secret_token.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(secret_token)

BOOST_AUTO_TEST_CASE(each_is_another_and_has_its_form) {
  const auto one = make_token(), other = make_token();
  BOOST_TEST(one != other);
  BOOST_TEST(one.size() == 50U);
  BOOST_TEST(one.starts_with("sluice_"));
  BOOST_TEST(bearer_token("Bearer " + one) == one);
  BOOST_TEST(bearer_token("bEARER " + one) == one);  // RFC 9110 section 11.1: the scheme has no case
}

BOOST_AUTO_TEST_CASE(what_is_none_is_none) {
  const auto token = make_token();
  BOOST_TEST(bearer_token("").empty());
  BOOST_TEST(bearer_token("Basic " + token).empty());
  BOOST_TEST(bearer_token("Bearer  " + token).empty());
  BOOST_TEST(bearer_token("Bearer " + token + "A").empty());
  BOOST_TEST(bearer_token("Bearer " + token.substr(0, 49)).empty());
  BOOST_TEST(bearer_token("Bearer " + token.substr(0, 49) + "\n").empty());
  BOOST_TEST(bearer_token("Bearer " + std::string(50, 'A')).empty());
}

// `printf %s sluice_AAAA... | sha256sum` (coreutils)
BOOST_AUTO_TEST_CASE(a_digest) {
  BOOST_TEST(digest_of_token("sluice_" + std::string(43, 'A')) ==
             "68f7694e290d236f9c36d36d9e58e6d0aba6f9101dbde9ee45951ac1a2491634");
}

BOOST_AUTO_TEST_SUITE_END()
