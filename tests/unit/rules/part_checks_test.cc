// What a rule asks of a buffer beside contents and expressions, from its text.
#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_part_check.hh"
#include "rules/signatures/signature_part_transform.hh"
#include "signature_texts.hh"

using namespace sluice;
using signature_texts::expect_errors;
using signature_texts::one;
using signature_texts::with_options;

namespace {

template <typename Check>
Check last(const std::string& options, const char* protocol = "tcp ") {
  return std::get<Check>(*one(with_options(options, protocol)).parts.back().check);
}

std::vector<Transform> transforms(const std::string& keywords) {
  return one(with_options("http.uri; " + keywords + " content:\"a\";", "http")).parts.back().transforms;
}

// The options are wrong in one way; they begin at column 48.
void refused(const std::string& options, const std::string& error, const char* protocol = "tcp ") {
  expect_errors(with_options(options, protocol), {"t:1:" + error});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_part_checks)

BOOST_AUTO_TEST_CASE(data_at_a_place) {
  const auto plain = last<DataAt>("isdataat:10;");
  BOOST_TEST((plain.position == 10U && !plain.relative && !plain.negated));
  const auto all = last<DataAt>("content:\"a\"; isdataat:!1,relative,rawbytes;");
  BOOST_TEST((all.position == 1U && all.relative && all.negated));
  BOOST_TEST((last<DataAt>("byte_extract:1,0,n; isdataat:n;").variable == 0));
  refused("content:\"a\"; isdataat:70000;", "70: \"70000\" is no number from 0 to 65535");
  refused("content:\"a\"; isdataat:other;", "70: \"other\" is no number from 0 to 65535, and no byte_extract");
  refused("content:\"a\"; isdataat:1,often;", "70: isdataat does not take \"often\"");
}

BOOST_AUTO_TEST_CASE(sizes) {
  const auto size = [](const std::string& value) { return last<BufferSize>("http.uri; bsize:" + value + ";", "http"); };
  const auto is = [](const BufferSize& size, std::uint64_t first, std::uint64_t last) {
    return !size.negated && size.first == first && size.last == last;
  };
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(is(size("10"), 10, 10));
  BOOST_TEST(is(size("=10"), 10, 10));
  BOOST_TEST(is(size("<10"), 0, 9));
  BOOST_TEST(is(size("<= 10"), 0, 10));
  BOOST_TEST(is(size("> 10"), 11, most));
  BOOST_TEST(is(size(">=10"), 10, most));
  BOOST_TEST(is(size("8<>20"), 9, 19));
  BOOST_TEST(is(size("2 KiB"), 2048, 2048));
  BOOST_TEST(size("!3").negated);
  refused("bsize:5;", "48: bsize is of a sticky buffer");
  for (const char* wrong : {"20<>8", "8<>9", "x", "<0", "<>5", "5 apples", "-1"})
    refused("http.uri; content:\"a\"; bsize:" + std::string(wrong) + ";", "77: bsize:\"" + std::string(wrong) + "\"",
            "http");
  const auto signature = one(with_options("urilen:<70,norm; urilen:3<>20;"));
  BOOST_TEST((signature.parts[0].buffer() == Buffer::http_uri && signature.parts[1].buffer() == Buffer::http_uri));
  refused("http.uri; content:\"a\"; urilen:5,bare;", "78: \"bare\": write norm or raw", "http");
}

BOOST_AUTO_TEST_CASE(byte_operations) {
  using Operator = ByteOperation::Operator;
  const auto test = last<ByteOperation>("byte_test:2,!=,0x90a,-4,relative,little,bitmask 0xf8f8;");
  BOOST_TEST((test.kind == ByteOperation::Kind::test && test.bytes == 2 && test.operation == Operator::equal));
  BOOST_TEST((test.negated && test.value == 0x90a && test.offset == -4 && test.relative && test.little));
  BOOST_TEST((test.bitmask == 0xf8f8U && !test.text));
  BOOST_TEST((last<ByteOperation>("byte_test:1,!,7,0;").negated));
  BOOST_TEST((last<ByteOperation>("byte_test:1,!&,7,0;").operation == Operator::bits_and));
  const auto digits = last<ByteOperation>("byte_test:10,>,4000000000,0,string,dec;");
  BOOST_TEST((digits.text && digits.base == 10 && digits.bytes == 10));
  const auto jump = last<ByteOperation>(
      "content:\"a\"; byte_jump:4,12,relative,multiplier 3,align,from_beginning,post_offset -5,string,hex;");
  BOOST_TEST((jump.kind == ByteOperation::Kind::jump && jump.multiplier == 3 && jump.align == 4));
  BOOST_TEST((jump.from == ByteOperation::From::beginning && jump.post_offset == -5 && jump.base == 16));
  BOOST_TEST((last<ByteOperation>("byte_jump:0,0,from_end,post_offset -3;").from == ByteOperation::From::end));
  const auto extract = last<ByteOperation>("byte_extract:1,0,option_len,string,relative,align 2;");
  BOOST_TEST((extract.text && extract.base == 10 && extract.align == 2 && extract.result == 0));
  const auto signature = one(with_options(
      "byte_extract:1,0,a; byte_math:bytes 2, offset 1, oper <<, rvalue a, result b, string hex, endian little; "
      "content:\"x\"; offset:a; depth:b; content:\"y\"; distance:b; within:a;"));
  const auto& math = std::get<ByteOperation>(*signature.parts[1].check);
  BOOST_TEST((math.operation == Operator::shift_left && math.value_variable == 0 && math.result == 1));
  BOOST_TEST((math.base == 16 && math.little && math.offset == 1 && math.bytes == 2));
  const auto& first = *signature.parts[2].content;
  BOOST_TEST((first.offset_variable == 0 && first.depth_variable == 1 && !first.offset && !first.depth));
  const auto& second = *signature.parts[3].content;
  BOOST_TEST((second.distance_variable == 1 && second.within_variable == 0));
}

BOOST_AUTO_TEST_CASE(byte_operations_that_cannot_be_are_refused) {
  const std::string a = "content:\"a\"; ";
  refused(a + "byte_test:1,=,7;", "71: too few values: write byte_test:BYTES");
  refused(a + "byte_test:9,=,7,0;", "71: 9 bytes: 1 to 8 may be read");
  refused(a + "byte_test:21,=,7,0,string,dec;", "71: 21 bytes: 1 to 20 may be read");
  refused(a + "byte_test:1,~,7,0;", "73: operator \"~\"");
  refused(a + "byte_test:1,=,n,0;", "75: \"n\" is no number, and no byte_extract");
  refused(a + "byte_test:1,=,7,70000;", "77: \"70000\" is no number from -65535 to 65535");
  refused(a + "byte_test:1,=,7,0,dce;", "79: dce: DCERPC is not parsed here");
  refused(a + "byte_test:1,=,7,0,hex;", "79: hex, dec and oct are of digits");
  refused(a + "byte_test:1,=,7,0,bitmask 0x0;", "87: bitmask \"0x0\"");
  refused(a + "byte_test:1,=,7,0,multiplier 2;", "79: byte_test does not take \"multiplier 2\"");
  refused(a + "byte_extract:0,0,n;", "74: 0 bytes: 1 to 8 may be read");
  refused(a + "byte_extract:1,0,9;", "78: \"9\" names no variable");
  refused(a + "byte_extract:n,0,n;", "74: \"n\" is no number from 0 to 23");
  refused(a + "byte_math:bytes 1, offset 0, oper +, rvalue 1;", "71: a value is missing: write byte_math:");
  refused(a + "byte_jump:1,0,from_end,from_beginning;", "84: from_beginning and from_end");
}

BOOST_AUTO_TEST_CASE(base64_stands_in_what_was_decoded) {
  const auto signature = one(with_options(
      "http.uri; url_decode; content:\"a=\"; base64_decode:bytes 12,offset 1,relative; base64_data; content:\"x\"; "
      "within:4; http.method; content:\"GET\";",
      "http"));
  const auto& decode = std::get<Base64Decode>(*signature.parts[1].check);
  BOOST_TEST((decode.bytes == 12U && decode.offset == 1U && decode.relative));
  BOOST_TEST((signature.parts[2].in_base64 && signature.parts[2].buffer() == Buffer::http_uri));
  BOOST_TEST((signature.parts[2].transforms == signature.parts[1].transforms));
  BOOST_TEST((!signature.parts[1].in_base64 && !signature.parts[3].in_base64));
  // Where the match before it was found.
  const auto older = one(with_options("content:\"a\"; http_uri; base64_decode:relative; base64_data; content:\"x\";"));
  BOOST_TEST((older.parts[1].buffer() == Buffer::http_uri && older.parts[2].buffer() == Buffer::http_uri));
  refused("content:\"a\"; base64_data; content:\"b\";", "61: base64_data without a base64_decode");
  refused("content:\"a\"; base64_decode; base64_decode; base64_data; content:\"b\";", "76: a second base64_decode");
  refused("content:\"a\"; base64_decode:bits 5;", "75: base64_decode does not take \"bits 5\"");
  refused("content:\"a\"; base64_decode; base64_data; content:\"b\"; fast_pattern;",
          "102: fast_pattern behind base64_data");
}

BOOST_AUTO_TEST_CASE(transforms_stand_behind_a_sticky_buffer) {
  using Kind = Transform::Kind;
  const auto two = transforms("to_lowercase; strip_whitespace;");
  BOOST_TEST((two.size() == 2 && two[0].kind == Kind::to_lowercase && two[1].kind == Kind::strip_whitespace));
  const auto base64 = transforms("from_base64:bytes 6, offset 4, mode rfc2045;").front();
  BOOST_TEST((base64.bytes == 6 && base64.offset == 4 && base64.mode == Transform::Mode::rfc2045));
  BOOST_TEST(transforms("xor:\"0d0aC8ff\";").front().text == "\x0d\x0a\xc8\xff");
  const auto key = transforms("xor:offset 7,extract 2 6;").front();
  BOOST_TEST((key.offset == 7 && key.bytes == 2 && key.key_offset == 6U));
  BOOST_TEST(transforms("pcrexform:\"[a-z]+\\s+(.*)\\s+HTTP\";").front().text == "[a-z]+\\s+(.*)\\s+HTTP");
  BOOST_TEST(transforms("gunzip;").front().most == 1024U);
  BOOST_TEST(transforms("zlib_deflate:max-size 10;").front().most == 10U);
  const auto slice = transforms("subslice:-20, 5, truncate;").front();
  BOOST_TEST((slice.offset == -20 && slice.bytes == 5 && slice.truncate));
  // Of what stands before a transform the buffer is as it was.
  const auto signature =
      one(with_options("http.uri; content:\"a\"; to_md5; content:\"b\"; http.uri; bsize:3;", "http"));
  BOOST_TEST((signature.parts[0].transforms.empty() && signature.parts[1].transforms.size() == 1));
  BOOST_TEST(signature.parts[2].transforms.empty());
  refused("to_lowercase; content:\"a\";", "48: to_lowercase turns a sticky buffer into something else");
  refused("http.uri; to_md5:1; content:\"a\";", "65: to_md5 takes no value", "http");
  refused("http.uri; xor:\"0d0\"; content:\"a\";", "62: xor key \"0d0\"", "http");
  refused("http.uri; gunzip:max-size 0; content:\"a\";", "65: gunzip does not take \"max-size 0\"", "http");
  refused("http.uri; pcrexform:\"(\"; content:\"a\";", "70: the expression does not compile here", "http");
  refused("http.uri; to_md5;", "48: nothing looks in http.uri", "http");
}

BOOST_AUTO_TEST_CASE(buffers_that_may_be_absent) {
  BOOST_TEST(!last<Absent>("http.user_agent; absent;", "http").or_else);
  const auto either = one(with_options("http.user_agent; absent:or_else; content:!\"abc\";", "http"));
  BOOST_TEST(std::get<Absent>(*either.parts.front().check).or_else);
  refused("http.user_agent; absent; content:\"a\";", "65: absent beside other parts in http.user_agent", "http");
  refused("http.user_agent; absent:or_else;", "65: absent:or_else with nothing behind it", "http");
  refused("http.user_agent; absent:else;", "72: write absent; or absent:or_else;", "http");
}

BOOST_AUTO_TEST_CASE(words_without_a_meaning_of_their_own_are_taken) {
  BOOST_TEST(one(with_options("content:\"a\"; rawbytes; prefilter; pcre:/b/B;")).parts.size() == 2U);
  BOOST_TEST((one(with_options("uricontent:\"a\";")).parts.front().buffer() == Buffer::http_uri));
}

BOOST_AUTO_TEST_SUITE_END()
