// byte_test, byte_jump, byte_extract, byte_math over literal bytes. Numbers were worked out by hand, and those of
// `numbers_of_other_bases` by Python's int().
#include "dataplane/signatures/byte_operation.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;
using Kind = ByteOperation::Kind;
using Operator = ByteOperation::Operator;

namespace {

struct Applied {
  std::optional<std::int64_t> next;
  PartValues values{};
};

Applied applied(const ByteOperation& operation, std::string_view bytes, std::int64_t previous = 0,
                std::int64_t base = 0) {
  Applied out;
  out.next = apply(operation, {as_bytes(bytes), base}, previous, out.values);
  return out;
}

ByteOperation extract(std::uint8_t bytes, std::int32_t offset, bool text = false, std::uint8_t base = 0) {
  ByteOperation operation;
  operation.kind = Kind::extract;
  operation.bytes = bytes;
  operation.offset = offset;
  operation.text = text;
  operation.base = base;
  return operation;
}

std::uint64_t number(const ByteOperation& operation, std::string_view bytes) {
  const auto out = applied(operation, bytes);
  BOOST_REQUIRE(out.next.has_value());
  return out.values[0];
}

ByteOperation test(Operator operation, std::uint64_t value, bool negated = false) {
  auto out = extract(1, 0);
  out.kind = Kind::test;
  out.operation = operation;
  out.value = value;
  out.negated = negated;
  return out;
}

ByteOperation jump(std::uint8_t bytes, std::int32_t offset, bool relative = false) {
  auto out = extract(bytes, offset);
  out.kind = Kind::jump;
  out.relative = relative;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(byte_operation)

BOOST_AUTO_TEST_CASE(binary_numbers) {
  const std::string bytes{"\x01\x02\x03\x04\xf5\x06\x07\x08\x09", 9};
  BOOST_TEST(number(extract(1, 4), bytes) == 0xf5U);
  BOOST_TEST(number(extract(2, 0), bytes) == 0x0102U);
  BOOST_TEST(number(extract(3, 3), bytes) == 0x04f506U);
  BOOST_TEST(number(extract(8, 1), bytes) == 0x020304f506070809U);
  auto little = extract(4, 2);
  little.little = true;
  BOOST_TEST(number(little, bytes) == 0x06f50403U);
  BOOST_TEST(!applied(extract(2, 8), bytes).next);
  BOOST_TEST(!applied(extract(1, 9), bytes).next);
  BOOST_TEST(!applied(extract(1, -1), bytes).next);
  BOOST_TEST(!applied(extract(9, 0), bytes).next);
  BOOST_TEST(!applied(extract(1, 0), "").next);
}

BOOST_AUTO_TEST_CASE(numbers_of_other_bases) {
  BOOST_TEST(number(extract(4, 0, true, 10), "1234") == 1234U);
  BOOST_TEST(number(extract(4, 0, true, 10), "12x4") == 12U);
  BOOST_TEST(number(extract(6, 0, true, 10), "  0012") == 12U);
  BOOST_TEST(number(extract(4, 0, true, 16), "beEf") == 0xbeefU);
  BOOST_TEST(number(extract(6, 0, true, 16), "0xbeef") == 0xbeefU);
  BOOST_TEST(number(extract(3, 0, true, 8), "778") == 63U);
  BOOST_TEST(number(extract(4, 0, true, 0), "0x1f") == 31U);
  BOOST_TEST(number(extract(3, 0, true, 0), "017") == 15U);
  BOOST_TEST(number(extract(3, 0, true, 0), "190") == 190U);
  BOOST_TEST(number(extract(2, 0, true, 10), "-1") == 0xffff'ffff'ffff'ffffU);
  BOOST_TEST(number(extract(20, 0, true, 10), "18446744073709551615") == 0xffff'ffff'ffff'ffffU);
  BOOST_TEST(!applied(extract(20, 0, true, 10), "18446744073709551616").next);  // 64 bits do not hold it
  BOOST_TEST(!applied(extract(2, 0, true, 10), "xy").next);
  BOOST_TEST(!applied(extract(2, 0, true, 10), "  ").next);
  // What follows counts from behind the digits.
  BOOST_TEST((applied(extract(4, 0, true, 10), "12x4").next == 2));
}

BOOST_AUTO_TEST_CASE(tests_compare) {
  const auto holds = [](const ByteOperation& operation) { return applied(operation, "\x0a").next.has_value(); };
  BOOST_TEST((holds(test(Operator::equal, 10)) && !holds(test(Operator::equal, 11))));
  BOOST_TEST((!holds(test(Operator::equal, 10, true)) && holds(test(Operator::equal, 11, true))));
  BOOST_TEST((holds(test(Operator::less, 11)) && !holds(test(Operator::less, 10))));
  BOOST_TEST((holds(test(Operator::less_equal, 10)) && !holds(test(Operator::less_equal, 9))));
  BOOST_TEST((holds(test(Operator::greater, 9)) && !holds(test(Operator::greater, 10))));
  BOOST_TEST((holds(test(Operator::greater_equal, 10)) && !holds(test(Operator::greater_equal, 11))));
  BOOST_TEST((holds(test(Operator::bits_and, 2)) && !holds(test(Operator::bits_and, 4))));
  BOOST_TEST((holds(test(Operator::bits_xor, 11)) && !holds(test(Operator::bits_xor, 10))));
  auto masked = test(Operator::equal, 0x9);
  masked.bitmask = 0xf8;  // 3 bits further down: Suricata's own example
  BOOST_TEST(applied(masked, "\x4f").next.has_value());
  BOOST_TEST(!applied(masked, "\x57").next.has_value());
  // A negated test holds only where there is something to read.
  BOOST_TEST(!applied(test(Operator::equal, 11, true), "").next);
  // What follows counts from where it counted before.
  BOOST_TEST((applied(test(Operator::equal, 'b'), "abc").next == std::nullopt));
  auto relative = test(Operator::equal, 'b');
  relative.relative = true;
  BOOST_TEST((applied(relative, "abc", 1).next == 1));
  BOOST_TEST(!applied(relative, "abc", 3).next);
}

BOOST_AUTO_TEST_CASE(jumps_lead_somewhere) {
  const std::string bytes{"\x00\x03xyzEND", 8};
  BOOST_TEST((applied(jump(2, 0), bytes).next == 5));
  BOOST_TEST((applied(jump(1, 0, true), bytes, 1).next == 5));
  auto times = jump(1, 1);
  times.multiplier = 2;
  BOOST_TEST(!applied(times, bytes).next);  // 2 + 6 = 8: the end is no place in the buffer
  times.post_offset = -1;
  BOOST_TEST((applied(times, bytes).next == 7));
  auto aligned = jump(1, 1);
  aligned.align = 4;
  BOOST_TEST((applied(aligned, bytes).next == 6));
  auto beginning = jump(1, 1);
  beginning.from = ByteOperation::From::beginning;
  BOOST_TEST((applied(beginning, bytes).next == 3));
  auto end = jump(0, 0);
  end.from = ByteOperation::From::end;
  end.post_offset = -3;
  BOOST_TEST((applied(end, bytes).next == 5));
  end.post_offset = 0;
  BOOST_TEST(!applied(end, bytes).next);
  end.post_offset = -9;
  BOOST_TEST((applied(end, bytes).next == 0));  // before the start is the start
  auto back = jump(0, 0, true);
  back.post_offset = -4;
  BOOST_TEST((applied(back, bytes, 4).next == 0));
  BOOST_TEST((applied(back, bytes, 3).next == 0));
  const std::string far{"\x7f\xff\xff\xff\xff\xff\xff\xff", 8};
  BOOST_TEST(!applied(jump(8, 0), far).next);
  BOOST_TEST(!applied(jump(4, 0), far).next);
}

BOOST_AUTO_TEST_CASE(math) {
  const auto result = [](Operator operation, std::uint64_t value, std::optional<std::uint32_t> mask = {}) {
    auto out = extract(2, 0);
    out.kind = Kind::math;
    out.operation = operation;
    out.value = value;
    out.result = 3;
    out.bitmask = mask;
    const auto done = applied(out, {"\x01\x10", 2});
    return done.next == 2 ? std::optional{done.values[3]} : std::nullopt;
  };
  BOOST_TEST((result(Operator::add, 5) == 277U));
  BOOST_TEST((result(Operator::subtract, 273) == 0xffff'ffff'ffff'ffffU));
  BOOST_TEST((result(Operator::multiply, 3) == 816U));
  BOOST_TEST((result(Operator::divide, 16) == 17U));
  BOOST_TEST((result(Operator::divide, 0) == std::nullopt));
  BOOST_TEST((result(Operator::shift_left, 4) == 0x1100U));
  BOOST_TEST((result(Operator::shift_left, 64) == 0U));
  BOOST_TEST((result(Operator::shift_right, 4) == 0x11U));
  BOOST_TEST((result(Operator::add, 0, 0xff0) == 0x11U));
}

BOOST_AUTO_TEST_CASE(variables_stand_for_numbers) {
  PartValues values{};
  values[1] = 2;
  auto operation = extract(9, 0);
  operation.bytes_variable = 1;
  operation.offset_variable = 1;
  BOOST_TEST((apply(operation, {as_bytes("abcdef"), 0}, 0, values) == 4));
  BOOST_TEST(values[0] == 0x6364U);
  values[1] = 9;  // more than a binary number has
  BOOST_TEST(!apply(operation, {as_bytes("abcdefghijklmnopqrstuvw"), 0}, 0, values));
  values[1] = ~std::uint64_t{0};
  BOOST_TEST(!apply(operation, {as_bytes("abcdef"), 0}, 0, values));
}

BOOST_AUTO_TEST_CASE(in_a_stream_places_count_from_its_start) {
  BOOST_TEST((applied(extract(2, 5), "abcd", 0, 4).next == 7));
  BOOST_TEST(!applied(extract(2, 3), "abcd", 0, 4).next);  // gone by
  BOOST_TEST((applied(jump(0, 0, true), "abcd", 6, 4).next == 6));
  auto beginning = jump(0, 4);
  beginning.from = ByteOperation::From::beginning;
  BOOST_TEST(!applied(beginning, "abcd", 0, 4).next);
}

BOOST_AUTO_TEST_SUITE_END()
