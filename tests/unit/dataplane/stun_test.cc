#include "dataplane/parsers/stun.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// RFC 5769 sections 2.2 and 2.3.
const auto response_4 = unhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd"
    "9e90c38c7489f92af9ba53f06be7d780280004c07d4c96");
const auto response_6 = unhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5be"
    "d2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c");

// A message of that type with these attributes.
std::vector<std::uint8_t> message(std::string_view type, std::string_view attributes) {
  const auto body = unhex(attributes);
  auto bytes = unhex(type);
  bytes.push_back(static_cast<std::uint8_t>(body.size() >> 8));
  bytes.push_back(static_cast<std::uint8_t>(body.size()));
  for (const auto byte : unhex("2112a442000102030405060708090a0b")) bytes.push_back(byte);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stun)

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_5769) {
  const auto read_4 = parse_stun(response_4);
  BOOST_REQUIRE(read_4.has_value());
  BOOST_TEST(read_4->size == response_4.size());
  BOOST_TEST((read_4->message_class == StunClass::success));
  BOOST_TEST(read_4->method == 1);
  BOOST_TEST(read_4->software == "test vector");
  BOOST_REQUIRE(read_4->mapped.has_value());
  BOOST_TEST(read_4->mapped->text() == "192.0.2.1");
  BOOST_TEST(read_4->mapped_port == 32853);
  const auto read_6 = parse_stun(response_6);
  BOOST_REQUIRE(read_6.has_value());
  BOOST_REQUIRE(read_6->mapped.has_value());
  BOOST_TEST(read_6->mapped->text() == "2001:db8:1234:5678:11:2233:4455:6677");
  BOOST_TEST(read_6->mapped_port == 32853);
}

// RFC 8489 section 5, RFC 8656 section 17
BOOST_AUTO_TEST_CASE(class_and_method) {
  const auto allocate_error = parse_stun(message("0113", ""));
  BOOST_REQUIRE(allocate_error.has_value());
  BOOST_TEST((allocate_error->message_class == StunClass::error));
  BOOST_TEST(allocate_error->method == 3);
  const auto send = parse_stun(message("0016", ""));
  BOOST_TEST((send->message_class == StunClass::indication));
  BOOST_TEST(send->method == 6);
  BOOST_TEST(parse_stun(message("3eef", ""))->method == 0xfff);
}

BOOST_AUTO_TEST_CASE(the_plain_address_counts_where_there_is_no_other) {
  const auto plain =
      "0001"
      "0008"
      "0001"
      "1f90"
      "c0000207";
  BOOST_TEST(parse_stun(message("0101", plain))->mapped->text() == "192.0.2.7");
  BOOST_TEST(parse_stun(message("0101", plain))->mapped_port == 8080);
  const auto both = std::string{plain} +
                    "0020"
                    "0008"
                    "0001"
                    "a147"
                    "e112a643";
  BOOST_TEST(parse_stun(message("0101", both))->mapped->text() == "192.0.2.1");
  const auto turned =
      std::string{
          "0020"
          "0008"
          "0001"
          "a147"
          "e112a643"} +
      plain;
  BOOST_TEST(parse_stun(message("0101", turned))->mapped->text() == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  for (std::size_t size = 0; size < response_4.size(); ++size) {
    const auto prefix = Bytes{response_4}.first(size);
    BOOST_TEST((parse_stun(prefix).error() == StunError::need_more));
    BOOST_TEST((probe_stun_tcp(prefix) == (size < 8 ? Probe::maybe : Probe::yes)));
    BOOST_TEST((probe_stun(prefix) == (size < 8 ? Probe::no : Probe::yes)));
  }
  auto other = response_4;
  other[4] ^= 1;  // the cookie
  BOOST_TEST((probe_stun(other) == Probe::no));
  BOOST_TEST((probe_stun_tcp(other) == Probe::no));
  BOOST_TEST((probe_stun_tcp(Bytes{other}.first(8)) == Probe::no));
  BOOST_TEST((parse_stun(other).error() == StunError::not_this));
  other = response_4;
  other[3] ^= 1;  // a length that is not in words
  BOOST_TEST((probe_stun(other) == Probe::no));
  other = response_4;
  other[0] = 0x40;  // a relay's channel
  BOOST_TEST((probe_stun(other) == Probe::no));
  BOOST_TEST((probe_stun_tcp(Bytes{other}.first(8)) == Probe::no));
}

BOOST_AUTO_TEST_CASE(frames_of_a_stream) {
  auto framed = unhex("0050");
  framed.insert(framed.end(), response_4.begin(), response_4.end());
  for (std::size_t size = 0; size < framed.size(); ++size) {
    BOOST_TEST((parse_stun_tcp(Bytes{framed}.first(size)).error() == StunError::need_more));
    BOOST_TEST((probe_stun_tcp(Bytes{framed}.first(size)) == (size < 10 ? Probe::maybe : Probe::yes)));
  }
  framed.push_back(0x80);
  BOOST_TEST(parse_stun_tcp(framed)->size == 82U);
  BOOST_TEST(parse_stun_tcp(framed)->mapped->text() == "192.0.2.1");
  BOOST_TEST(parse_stun_tcp(response_4)->size == response_4.size());
  framed[1] = 0x4c;  // the message is longer than its frame
  BOOST_TEST((parse_stun_tcp(framed).error() == StunError::malformed));
  BOOST_TEST((parse_stun_tcp(unhex("000480600001")).error() == StunError::not_this));  // media
  BOOST_TEST((parse_stun_tcp(unhex("0004806000")).error() == StunError::need_more));
}

BOOST_AUTO_TEST_CASE(broken_attributes) {
  BOOST_TEST((parse_stun(message("0001", "8022000500000000")).error() == StunError::malformed));  // beyond the end
  BOOST_TEST((parse_stun(message("0001", "802200")).error() == StunError::not_this));             // not in words
  BOOST_TEST((parse_stun(message("0101", "00200008000300000a000001")).error() == StunError::malformed));  // family 3
  BOOST_TEST((parse_stun(message("0101", "00200004000100000000")).error() == StunError::not_this));
  BOOST_TEST((parse_stun(message("0101", "0020000400010000")).error() == StunError::malformed));  // no address in it
  std::string many;
  for (std::size_t i = 0; i < stun_attribute_limit; ++i) many += "80230000";
  BOOST_TEST(parse_stun(message("0001", many)).has_value());
  BOOST_TEST((parse_stun(message("0001", many + "80230000")).error() == StunError::too_many_attributes));
}

BOOST_AUTO_TEST_SUITE_END()
