#include "dataplane/base/bytes.hh"

#include <array>
#include <boost/test/unit_test.hpp>

using sluice::Bytes;
using sluice::Reader;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(reads_network_order) {
  constexpr std::array<std::uint8_t, 10> raw{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a};
  Reader reader{raw};
  BOOST_TEST(reader.u8() == 0x01);
  BOOST_TEST(reader.be16() == 0x0203);
  BOOST_TEST(reader.be24() == 0x040506U);
  BOOST_TEST(reader.be32() == 0x0708090aU);
  BOOST_TEST(reader.ok());
  BOOST_TEST(reader.left() == 0U);
}

BOOST_AUTO_TEST_CASE(a_short_read_is_sticky) {
  constexpr std::array<std::uint8_t, 3> raw{0x01, 0x02, 0x03};
  Reader reader{raw};
  BOOST_TEST(reader.be32() == 0U);
  BOOST_TEST(!reader.ok());
  BOOST_TEST(reader.u8() == 0);  // three bytes were there, but the reader has failed
  BOOST_TEST(reader.rest().empty());
}

BOOST_AUTO_TEST_CASE(a_vector_longer_than_the_rest_is_empty_and_fails) {
  constexpr std::array<std::uint8_t, 4> raw{0x00, 0x03, 0xaa, 0xbb};
  Reader reader{raw};
  BOOST_TEST(reader.vector16().empty());
  BOOST_TEST(!reader.ok());
}

BOOST_AUTO_TEST_CASE(an_empty_span_is_no_null_pointer_trouble) {
  Reader reader{Bytes{}};
  BOOST_TEST(reader.take(0).empty());
  BOOST_TEST(reader.ok());
  BOOST_TEST(reader.u8() == 0);
  BOOST_TEST(!reader.ok());
}

BOOST_AUTO_TEST_SUITE_END()
