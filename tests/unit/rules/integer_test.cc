// The forms are those of docs.suricata.io, "Integer Keywords".
#include "rules/signatures/integer_test.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

bool holds(std::string_view text, std::uint64_t value, std::uint64_t maximum = 65'535) {
  const auto test = read_integer_test(text, maximum);
  BOOST_REQUIRE_MESSAGE(test, text);
  return test->holds(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_integer)

BOOST_AUTO_TEST_CASE(numbers) {
  BOOST_TEST((holds("10", 10) && !holds("10", 11)));
  BOOST_TEST((holds("=10", 10) && holds(" = 10 ", 10)));
  BOOST_TEST((holds("!10", 9) && !holds("!10", 10) && holds("!=10", 11)));
  BOOST_TEST((holds("0x1F", 31) && holds("2KiB", 2048) && holds("1kb", 1024) && holds("1mb", 1 << 20, 1 << 30)));
  BOOST_TEST(*read_integer("18446744073709551615", ~std::uint64_t{0}) == ~std::uint64_t{0});
}

BOOST_AUTO_TEST_CASE(bounds) {
  BOOST_TEST((holds("<10", 9) && !holds("<10", 10) && holds("<=10", 10) && !holds("<= 10", 11)));
  BOOST_TEST((holds(">10", 11) && !holds(">10", 10) && holds(">=10", 10) && !holds("> 10", 9)));
}

// Of most keywords neither end belongs to a range.
BOOST_AUTO_TEST_CASE(ranges) {
  for (const auto* const text : {"10-20", "10<>20", "10 <> 20"})
    BOOST_TEST((holds(text, 11) && holds(text, 19) && !holds(text, 10) && !holds(text, 20)));
  BOOST_TEST((holds("!10-20", 10) && !holds("!10-20", 11) && holds("!10-20", 20)));
  const auto with_ends = read_integer_test("10-20", 255, IntegerEnds::included);
  BOOST_REQUIRE(with_ends);
  BOOST_TEST((with_ends->holds(10) && with_ends->holds(20) && !with_ends->holds(9) && !with_ends->holds(21)));
}

BOOST_AUTO_TEST_CASE(bits) {
  BOOST_TEST((holds("&0xf0=0x10", 0x1f) && !holds("&0xf0=0x10", 0x2f)));
  BOOST_TEST((holds("& 0xf0 != 0x10", 0x2f) && !holds("&0xf0!=0x10", 0x15)));
}

// What is none, and what no number or every number would meet.
BOOST_AUTO_TEST_CASE(refused) {
  for (const auto* const text :
       {"",        "a",   "10a",  "0x",    "1-",  "-1", "1-2",  "2-1", "5-5", "=1-5", "65536", ">65535", "<0", ">=0",
        "<=65535", "1 0", "70kb", "0x1kb", "1tb", "&1", "&1=2", "!",   "<",   "<>",   "1<>",   "&0x1f",  "!<5"})
    BOOST_TEST(!read_integer_test(text, 65'535), text);
}

BOOST_AUTO_TEST_SUITE_END()
