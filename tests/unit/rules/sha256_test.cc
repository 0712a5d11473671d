#include "rules/text/sha256.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(sha256)

// FIPS 180-4, from NIST's examples with intermediate values.
BOOST_AUTO_TEST_CASE(known_sums) {
  Sha256 nothing;
  BOOST_TEST(nothing.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 parts;
  parts.add("a");
  parts.add("bc");
  BOOST_TEST(parts.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// printf '\002\001\000\000\000\000\000\000' | sha256sum
BOOST_AUTO_TEST_CASE(numbers_are_eight_bytes_little_endian) {
  Sha256 sum;
  sum.add(std::uint64_t{0x0102});
  BOOST_TEST(sum.hex() == "fb59317b8103f19f3850f0be3fe62db1aa481a9a7b31c590e6d243e98eacd375");
}

BOOST_AUTO_TEST_CASE(what_a_sum_looks_like) {
  const std::string good(64, 'a');
  BOOST_TEST(is_sha256(good));
  BOOST_TEST(!is_sha256(""));
  BOOST_TEST(!is_sha256(good.substr(1)));
  BOOST_TEST(!is_sha256(good + "a"));
  BOOST_TEST(!is_sha256("A" + good.substr(1)));
  BOOST_TEST(!is_sha256("/" + good.substr(1)));
  BOOST_TEST(!is_sha256("g" + good.substr(1)));
}

BOOST_AUTO_TEST_SUITE_END()
