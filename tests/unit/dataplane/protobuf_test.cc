#include "dataplane/parsers/protobuf.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sluice;

namespace {

using Octets = std::vector<std::uint8_t>;

// "1=150 2=testing ", or the error where there is one.
std::string walk(const Octets& message) {
  std::string text;
  ProtobufReader fields{message};
  while (const auto field = fields.next()) {
    text += std::to_string(field->number) + '=';
    text += field->type == ProtobufType::bytes ? std::string{as_text(field->bytes)} : std::to_string(field->integer);
    text += ' ';
  }
  BOOST_TEST(!fields.next());
  if (!fields.error()) return text;
  switch (*fields.error()) {
    case ProtobufError::cut: return text + "cut";
    case ProtobufError::varint: return text + "varint";
    case ProtobufError::field_number: return text + "field_number";
    case ProtobufError::wire_type: return text + "wire_type";
    case ProtobufError::too_many_fields: return text + "too_many_fields";
  }
  return "?";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(protobuf)

// The examples of protobuf.dev/programming-guides/encoding.
BOOST_AUTO_TEST_CASE(the_examples_of_the_format) {
  BOOST_TEST(walk({0x08, 0x96, 0x01}) == "1=150 ");
  BOOST_TEST(walk({0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67}) == "2=testing ");
  BOOST_TEST(walk({0x1a, 0x03, 0x08, 0x96, 0x01}) == "3=\x08\x96\x01 ");  // a message inside stays closed
  // -2 as an int32 or int64
  BOOST_TEST(walk({0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}) == "1=18446744073709551614 ");
}

BOOST_AUTO_TEST_CASE(every_type_and_an_empty_message) {
  BOOST_TEST(walk({}) == "");
  BOOST_TEST(walk({0x0d, 0x01, 0x02, 0x03, 0x04}) == "1=67305985 ");  // 0x04030201
  BOOST_TEST(walk({0x09, 0x01, 0, 0, 0, 0, 0, 0, 0x80}) == "1=9223372036854775809 ");
  BOOST_TEST(walk({0x0a, 0x00}) == "1= ");
  BOOST_TEST(walk({0x80, 0x08, 0x05, 0x08, 0x07}) == "128=5 1=7 ");  // a number of two bytes
  BOOST_TEST(walk({0x08, 0x80, 0x00}) == "1=0 ");                    // longer than needed is allowed
}

BOOST_AUTO_TEST_CASE(groups_and_undefined_types_are_refused) {
  for (const std::uint8_t type : {3, 4, 6, 7}) {
    BOOST_TEST(walk({static_cast<std::uint8_t>(0x08 | type), 0x01}) == "wire_type");
    BOOST_TEST(walk({0x08, 0x01, static_cast<std::uint8_t>(0x10 | type)}) == "1=1 wire_type");
  }
}

BOOST_AUTO_TEST_CASE(cut_anywhere) {
  BOOST_TEST(walk({0x08}) == "cut");
  BOOST_TEST(walk({0x88}) == "cut");
  BOOST_TEST(walk({0x08, 0x96}) == "cut");
  BOOST_TEST(walk({0x0d, 0x01, 0x02, 0x03}) == "cut");
  BOOST_TEST(walk({0x09, 0, 0, 0, 0, 0, 0, 0}) == "cut");
  BOOST_TEST(walk({0x12}) == "cut");
  BOOST_TEST(walk({0x12, 0x02, 0x41}) == "cut");
  // a length of 2^64 - 1
  BOOST_TEST(walk({0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x41}) == "cut");
}

BOOST_AUTO_TEST_CASE(numbers_outside_their_bounds) {
  // 65 bits; 11 bytes
  BOOST_TEST(walk({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}) == "varint");
  BOOST_TEST(walk({0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "varint");
  BOOST_TEST(walk({0x00, 0x01}) == "field_number");
  BOOST_TEST(walk({0x02, 0x01, 0x41}) == "field_number");
  BOOST_TEST(walk({0x00}) == "field_number");                                      // the first of two errors
  BOOST_TEST(walk({0xf8, 0xff, 0xff, 0xff, 0x0f, 0x01}) == "536870911=1 ");        // 2^29 - 1
  BOOST_TEST(walk({0x80, 0x80, 0x80, 0x80, 0x10, 0x01}) == "field_number");        // 2^29
  BOOST_TEST(walk({0x88, 0x80, 0x80, 0x80, 0x80, 0x01, 0x01}) == "field_number");  // 2^32 + 1 is not 1
}

BOOST_AUTO_TEST_CASE(as_many_fields_as_the_bound) {
  const auto many = [](std::size_t count) {
    Octets message;
    for (std::size_t i = 0; i < count; ++i) message.insert(message.end(), {0x08, 0x01});
    return walk(message);
  };
  BOOST_TEST(many(256).find("too_many_fields") == std::string::npos);
  BOOST_TEST(many(257).ends_with("1=1 too_many_fields"));
}

BOOST_AUTO_TEST_SUITE_END()
