#include "config/json_tree.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice::config;
using Kind = JsonNode::Kind;

namespace {

// "OFFSET: MESSAGE" of the only fault, or "".
std::string fault(std::string_view text) {
  Faults faults;
  (void)read_json(text, faults);
  if (faults.empty()) return "";
  if (faults.size() > 1) return "more than one";
  return std::to_string(faults[0].offset) + ": " + faults[0].message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_json_tree)

BOOST_AUTO_TEST_CASE(every_key_and_value_knows_its_place) {
  //                            0         1         2         3         4
  //                            0123456789012345678901234567890123456789012345678
  const std::string_view text = R"( {"a" : [true,-12, 1.5e3 ,"x\"]"],"b":{ } ,"":null})";
  Faults faults;
  const auto root = read_json(text, faults);
  BOOST_TEST(faults.empty());
  BOOST_TEST((root.kind == Kind::object));
  BOOST_TEST(root.offset == 1U);
  BOOST_TEST(root.complete);
  BOOST_REQUIRE(root.members.size() == 3U);

  BOOST_TEST(root.members[0].name == "a");
  BOOST_TEST(root.members[0].offset == 2U);
  const auto& list = root.members[0].value;
  BOOST_TEST((list.kind == Kind::list));
  BOOST_TEST(list.offset == 8U);
  BOOST_REQUIRE(list.items.size() == 4U);
  BOOST_TEST((list.items[0].kind == Kind::boolean));
  BOOST_TEST(list.items[0].boolean);
  BOOST_TEST(list.items[0].offset == 9U);
  BOOST_TEST((list.items[1].kind == Kind::integer));
  BOOST_TEST(list.items[1].integer == -12);
  BOOST_TEST(list.items[1].offset == 14U);
  BOOST_TEST((list.items[2].kind == Kind::fraction));
  BOOST_TEST(list.items[2].text == "1.5e3");
  BOOST_TEST(list.items[2].offset == 19U);
  BOOST_TEST((list.items[3].kind == Kind::text));
  BOOST_TEST(list.items[3].text == "x\"]");
  BOOST_TEST(list.items[3].offset == 26U);

  BOOST_TEST(root.members[1].offset == 34U);
  BOOST_TEST((root.members[1].value.kind == Kind::object));
  BOOST_TEST(root.members[1].value.offset == 38U);
  BOOST_TEST(root.members[2].name.empty());
  BOOST_TEST(root.members[2].offset == 43U);
  BOOST_TEST((root.members[2].value.kind == Kind::null));
  BOOST_TEST(root.members[2].value.offset == 46U);
}

BOOST_AUTO_TEST_CASE(comments_hold_no_tokens) {
  const std::string_view text = "\xef\xbb\xbf// {\r/* \"[ // */[/**/1,// ,\n/*:*/2/*,*/]//";
  Faults faults;
  const auto root = read_json(text, faults);
  BOOST_TEST(faults.empty());
  BOOST_TEST(root.offset == text.find("[/**/"));
  BOOST_REQUIRE(root.items.size() == 2U);
  BOOST_TEST(root.items[0].offset == text.find("1,"));
  BOOST_TEST(root.items[1].offset == text.find("2/*"));
}

BOOST_AUTO_TEST_CASE(duplicates_are_kept) {
  Faults faults;
  const auto root = read_json(R"({"a":1,"a":2})", faults);
  BOOST_REQUIRE(root.members.size() == 2U);
  BOOST_TEST(root.members[0].value.integer == 1);
  BOOST_TEST(root.members[1].value.integer == 2);
}

BOOST_AUTO_TEST_CASE(what_came_before_a_grammar_error_is_there) {
  Faults faults;
  const auto root = read_json(R"({"a":[1,2,}, "b":3})", faults);
  BOOST_REQUIRE(faults.size() == 1U);
  BOOST_TEST(!root.complete);
  BOOST_REQUIRE(root.members.size() == 1U);
  BOOST_TEST(!root.members[0].value.complete);
  BOOST_TEST(root.members[0].value.items.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_grammar_error_points_at_the_token_that_is_wrong) {
  const auto expected = [](std::string_view text, std::string_view wanted) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(fault(text) == wanted); }
  };
  expected("", "0: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal");
  expected("// x", "4: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal");
  expected("{", "1: syntax error while parsing object key - unexpected end of input; expected string literal");
  expected(R"({"a" "x"})", "5: syntax error while parsing object separator - unexpected string literal; expected ':'");
  expected(R"({"a":})", "5: syntax error while parsing value - unexpected '}'; expected '[', '{', or a literal");
  expected(R"({"a":1 "b":2})", "7: syntax error while parsing object - unexpected string literal; expected ',' or '}'");
  expected("[1 2]", "3: syntax error while parsing array - unexpected number literal; expected ',' or ']'");
  expected("[01]", "2: syntax error while parsing array - unexpected number literal; expected ',' or ']'");
  expected("[truefalse]", "5: syntax error while parsing array - unexpected false literal; expected ',' or ']'");
  expected(R"({"a":1,,})", "7: syntax error while parsing object key - unexpected ','; expected string literal");
  expected("{,}", "1: syntax error while parsing object key - unexpected ','; expected string literal");
  expected("{} x", "3: syntax error while parsing value - invalid literal");
  expected("[1,tru]", "3: syntax error while parsing value - invalid literal");
  expected("[-]", "1: syntax error while parsing value - invalid number; expected digit after '-'");
  expected("[1e999]", "1: number overflow parsing '1e999'");
  expected("[1] /* open", "4: syntax error while parsing value - invalid comment; missing closing '*/'");
  expected("[1, ]", "4: no comma may stand before the closing ]");
  expected(R"({"a":1,// x
})",
           "12: no comma may stand before the closing }");
}

BOOST_AUTO_TEST_CASE(inside_a_text_the_byte_is_told) {
  BOOST_TEST(fault("[\"ab") == "1: syntax error while parsing value - invalid string: missing closing quote");
  BOOST_TEST(fault("[\"a\n\"]") ==
             "3: syntax error while parsing value - invalid string: control character U+000A (LF) must be escaped to "
             "\\u000A or \\n");
  BOOST_TEST(fault("[\"ab\xff\"]") == "4: syntax error while parsing value - invalid string: ill-formed UTF-8 byte");
}

BOOST_AUTO_TEST_CASE(nothing_hides_behind_a_zero_byte) {
  using namespace std::string_view_literals;
  BOOST_TEST(fault("{}\0 \"mode\""sv) == "2: a zero byte: this is no text file");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  BOOST_TEST(fault(nested(nesting_limit)) == "");
  BOOST_TEST(fault(nested(nesting_limit + 1)) == "16: nested more than 16 deep");
}

BOOST_AUTO_TEST_CASE(the_number_of_values_is_bounded) {
  const auto list = [](std::size_t items) {  // the list itself counts too
    std::string text = "[0";
    for (std::size_t i = 1; i < items; ++i) text += ",0";
    return text + ']';
  };
  BOOST_TEST(fault(list(values_limit - 1)) == "");
  BOOST_TEST(fault(list(values_limit)) == "131071: more than 65536 keys and values");
}

BOOST_AUTO_TEST_CASE(numbers_beyond_64_bits_are_no_integers) {
  Faults faults;
  const auto root = read_json("[9223372036854775807,18446744073709551615,18446744073709551616]", faults);
  BOOST_REQUIRE(root.items.size() == 3U);
  BOOST_TEST(root.items[0].integer == INT64_MAX);
  BOOST_TEST((root.items[1].kind == Kind::integer));
  BOOST_TEST(root.items[1].integer == INT64_MAX);
  BOOST_TEST((root.items[2].kind == Kind::fraction));
}

BOOST_AUTO_TEST_SUITE_END()
