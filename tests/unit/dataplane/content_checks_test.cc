// What a rule asks of a buffer beside contents and expressions, over literal bytes, and how that goes together with
// them.
#include <boost/test/unit_test.hpp>

#include "dataplane/signatures/content_match.hh"
#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

std::vector<SignaturePart> parts_of(const std::string& parts, const std::string& protocol) {
  auto loaded = parse_signatures("alert " + protocol + " any any -> any any (msg:\"x\"; " + parts + " sid:1;)", "test");
  for (const auto& error : loaded.errors) BOOST_ERROR(error.text());
  BOOST_REQUIRE(loaded.signatures.size() == 1);
  return loaded.signatures.front().parts;
}

bool matches(const std::vector<SignaturePart>& parts, const SignatureInput& input) {
  PcreSet expressions;
  DatasetTable datasets;
  const auto match = ContentMatch::build(parts, expressions, datasets);
  BOOST_REQUIRE_MESSAGE(match.has_value(), (match ? std::string{} : match.error()));
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  TransformRoom room;
  DatasetChanges changes{datasets};
  InspectionBudget budget;
  return match->matches(input, expressions, {&*scratch, &room, &changes}, budget);
}

bool payload(const std::string& parts, std::string_view payload, std::uint32_t position = 0) {
  SignatureInput input;
  input.buffers[0] = as_bytes(payload);
  input.payload_position = position;
  return matches(parts_of(parts, "tcp"), input);
}

bool uri(const std::string& parts, std::string_view uri, std::string_view method = "GET") {
  SignatureInput input;
  input.buffers[static_cast<std::size_t>(Buffer::http_uri)] = as_bytes(uri);
  input.buffers[static_cast<std::size_t>(Buffer::http_method)] = as_bytes(method);
  return matches(parts_of(parts, "http"), input);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_checks)

// The manual: isdataat:N has a byte at place N, relative:N has N bytes behind the match.
BOOST_AUTO_TEST_CASE(data_at_a_place) {
  BOOST_TEST(payload("isdataat:4;", "abcde"));
  BOOST_TEST(!payload("isdataat:5;", "abcde"));
  BOOST_TEST(payload("content:\"a\"; isdataat:!5;", "abcde"));
  BOOST_TEST(payload("content:\"c\"; isdataat:2,relative;", "abcde"));
  BOOST_TEST(!payload("content:\"c\"; isdataat:3,relative;", "abcde"));
  BOOST_TEST(payload("content:\"e\"; isdataat:!1,relative;", "abcde"));
  BOOST_TEST(!payload("content:\"d\"; isdataat:!1,relative;", "abcde"));
  BOOST_TEST(payload("content:\"a\"; isdataat:!1,relative;", "abca"));  // of two the last
  BOOST_TEST(payload("byte_extract:1,0,n,string,dec; isdataat:n;", "2bc"));
  BOOST_TEST(!payload("byte_extract:1,0,n,string,dec; isdataat:n;", "3bc"));
  BOOST_TEST(payload("isdataat:104;", "abcde", 100));
}

BOOST_AUTO_TEST_CASE(sizes) {
  BOOST_TEST(uri("http.uri; bsize:4;", "/abc"));
  BOOST_TEST(!uri("http.uri; bsize:4;", "/abcd"));
  BOOST_TEST(uri("http.uri; bsize:!4;", "/abcd"));
  BOOST_TEST(uri("http.uri; bsize:0;", ""));
  BOOST_TEST((uri("http.uri; bsize:3<>5;", "/abc") && !uri("http.uri; bsize:4<>9;", "/abc")));
  BOOST_TEST((uri("urilen:<5;", "/abc") && !uri("urilen:<4;", "/abc")));
}

BOOST_AUTO_TEST_CASE(contents_where_variables_say) {
  // As in Suricata's tests of byte_extract: "3" is the offset, "2" the depth from there.
  BOOST_TEST(payload("byte_extract:1,0,at,string; byte_extract:1,1,most,string; content:\"ab\"; offset:at; depth:most;",
                     "32-ab"));
  BOOST_TEST(!payload(
      "byte_extract:1,0,at,string; byte_extract:1,1,most,string; content:\"ab\"; offset:at; depth:most;", "32--ab"));
  BOOST_TEST(payload("byte_extract:1,0,n,string; content:\"a\"; content:\"b\"; distance:n; within:1;", "2a--b"));
  BOOST_TEST(!payload("byte_extract:1,0,n,string; content:\"a\"; content:\"b\"; distance:n; within:1;", "1a--b"));
  BOOST_TEST(payload("byte_extract:1,0,n,string; content:\"a\"; content:\"b\"; within:n;", "3a--b"));
  BOOST_TEST(!payload("byte_extract:1,0,n,string; content:\"a\"; content:\"b\"; within:n;", "2a--b"));
  // 2 - 4 is a distance of -2.
  BOOST_TEST(
      payload("byte_math:bytes 1,offset 0,oper -,rvalue 4,result back,string dec; content:\"b\"; content:\"a\"; "
              "distance:back; within:1;",
              "2ab"));
}

BOOST_AUTO_TEST_CASE(operations_move_what_counts_from_them) {
  BOOST_TEST(payload("content:\"L\"; byte_jump:1,0,relative; content:\"end\"; within:3;", "L\x02xxend"));
  BOOST_TEST(!payload("content:\"L\"; byte_jump:1,0,relative; content:\"end\"; within:3;", "L\x01xxend"));
  BOOST_TEST(payload("byte_extract:2,0,n; content:\"c\"; within:1;", "abc"));
  BOOST_TEST(payload("byte_jump:0,0,from_end,post_offset -2; pcre:\"/^de/R\";", "abcde"));
  // A byte_test leaves it where it was.
  BOOST_TEST(payload("content:\"a\"; byte_test:1,=,0x78,1,relative; content:\"b\"; within:1;", "abx"));
}

BOOST_AUTO_TEST_CASE(other_occurrences_are_tried) {
  BOOST_TEST(payload("content:\"n=\"; byte_test:1,>,5,0,relative,string; content:\"end\"; distance:0;", "n=3 n=7 end"));
  BOOST_TEST(!payload("content:\"n=\"; byte_test:1,>,7,0,relative,string;", "n=3 n=7"));
  BOOST_TEST(
      payload("content:\"n\"; byte_extract:1,0,n,relative,string; content:\"x\"; offset:n; depth:1;", "n0-n5xn3"));
  BOOST_TEST(payload("content:\"L\"; byte_jump:1,0,relative,string; content:\"end\"; within:3;", "L9-L2xxend"));
  BOOST_TEST(payload("pcre:\"/n./\"; byte_test:1,=,2,0,relative,string;", "n11n22"));
}

BOOST_AUTO_TEST_CASE(the_first_match_is_decoded) {
  BOOST_TEST(
      uri("http.uri; content:\"a=\"; base64_decode:relative; base64_data; content:\"foobar\"; startswith; "
          "endswith;",
          "/?a=Zm9vYmFy&b=1"));
  BOOST_TEST(!uri("http.uri; content:\"a=\"; base64_decode:bytes 4,relative; base64_data; content:\"foobar\";",
                  "/?a=Zm9vYmFy"));
  BOOST_TEST(uri("http.uri; base64_decode:offset 4; base64_data; content:\"oo\"; content:\"ba\"; distance:0; within:2;",
                 "/?a=Zm9vYmFy"));
  BOOST_TEST(
      uri("http.uri; content:\"a=\"; base64_decode:relative; base64_data; byte_test:1,=,0x66,0; content:\"r\"; "
          "isdataat:!1,relative; http.method; content:\"GET\";",
          "/?a=Zm9vYmFy"));
  BOOST_TEST(!uri("http.uri; content:\"a=\"; base64_decode:relative; base64_data; content:!\"x\";", "/?a="));
}

BOOST_AUTO_TEST_CASE(transformed_buffers_are_buffers_of_their_own) {
  BOOST_TEST(uri("http.uri; content:\"ABC\"; to_lowercase; content:\"abc\"; startswith; bsize:4;", "ABCd"));
  BOOST_TEST(!uri("http.uri; content:\"abc\"; to_lowercase; content:\"abc\";", "ABCd"));
  BOOST_TEST(uri("http.uri; url_decode; to_uppercase; content:\"A B\";", "a%20b"));
  BOOST_TEST(uri("http.uri; pcrexform:\"=([^&]*)\"; from_base64; content:\"foobar\"; endswith;", "/?a=Zm9vYmFy&b=1"));
}

BOOST_AUTO_TEST_CASE(sets_of_values) {
  BOOST_TEST(uri("http.uri; dataset:set,seen,type string;", "/a"));
  BOOST_TEST(uri("http.uri; dataset:isnotset,seen,type string; dataset:set,seen;", "/a"));
  BOOST_TEST(!uri("http.uri; dataset:set,seen,type string; dataset:isnotset,seen;", "/a"));
  // What a transform makes is what is asked for.
  BOOST_TEST(uri("http.uri; to_md5; dataset:set,seen,type md5; dataset:isset,seen;", "/a"));
  BOOST_TEST(!uri("http.uri; dataset:isnotset,seen,type md5;", "/a"));  // no digest
}

BOOST_AUTO_TEST_CASE(a_buffer_that_is_not_there) {
  const std::string gone = "http.user_agent; absent;";
  const std::string either = "http.user_agent; absent:or_else; content:!\"abc\";";
  BOOST_TEST((uri(gone, "/") && uri(either, "/")));
  SignatureInput input;
  const auto agent = static_cast<std::size_t>(Buffer::http_user_agent);
  input.buffers[agent] = as_bytes("xyz");
  BOOST_TEST((!matches(parts_of(gone, "http"), input) && matches(parts_of(either, "http"), input)));
  input.buffers[agent] = as_bytes("xabc");
  BOOST_TEST(!matches(parts_of(either, "http"), input));
}

BOOST_AUTO_TEST_SUITE_END()
