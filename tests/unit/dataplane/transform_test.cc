// Transforms over literal bytes: the examples of Suricata's manual (rules/transforms), digests by the md5sum family,
// compressed bytes by Python's gzip and zlib.
#include "dataplane/signatures/transform.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dataplane/base/digest.hh"

using namespace sluice;
using namespace std::string_literals;
using Kind = Transform::Kind;

namespace {

Transform of(Kind kind) {
  Transform transform;
  transform.kind = kind;
  return transform;
}

std::string transformed(std::vector<Transform> transforms, std::string_view text) {
  PcreSet expressions;
  auto scratch = PcreScratch::make();
  BOOST_REQUIRE(scratch.has_value());
  std::vector<TransformStep> steps;
  for (auto& transform : transforms) {
    TransformStep step{transform};
    Pcre pcre;
    pcre.expression = transform.text;
    if (transform.kind == Kind::pcrexform) step.pcre = expressions.add(pcre).value();
    steps.push_back(step);
  }
  TransformRoom room;
  const auto out = room.apply(steps, as_bytes(text), expressions, &*scratch);
  return out ? std::string{as_text(*out)} : "nothing";
}

std::string transformed(Kind kind, std::string_view text) { return transformed({of(kind)}, text); }

std::string slice(std::int32_t offset, std::optional<std::int32_t> bytes, bool truncate, std::string_view text) {
  auto transform = of(Kind::subslice);
  transform.offset = offset;
  transform.bytes = bytes;
  transform.truncate = truncate;
  return transformed({transform}, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform)

BOOST_AUTO_TEST_CASE(letters_and_blanks) {
  BOOST_TEST(transformed(Kind::to_lowercase, "Text 1 [\xc4") == "text 1 [\xc4");
  BOOST_TEST(transformed(Kind::to_uppercase, "Text 1 {\xe4") == "TEXT 1 {\xe4");
  BOOST_TEST(transformed(Kind::strip_whitespace, " window . navigate\t\r\n\v\f( ") == "window.navigate(");
  BOOST_TEST(transformed(Kind::compress_whitespace, "  a \t b\n\nc ") == " a b\nc ");
  BOOST_TEST(transformed(Kind::dotprefix, "hello.google.com") == ".hello.google.com");
  BOOST_TEST(transformed(Kind::dotprefix, "") == "");
}

BOOST_AUTO_TEST_CASE(urls) {
  BOOST_TEST(transformed(Kind::url_decode, "a%20b+c%2Fd%2f") == "a b c/d/");
  BOOST_TEST(transformed(Kind::url_decode, "%u0041%zz%4") == "%u0041%zz%4");
  BOOST_TEST(transformed(Kind::url_decode, "%00%fF") == "\0\xff"s);
  BOOST_TEST(transformed({of(Kind::url_decode), of(Kind::url_decode)}, "%2541") == "A");
}

// As publicsuffix.org says it of these names.
BOOST_AUTO_TEST_CASE(registered_names) {
  BOOST_TEST(transformed(Kind::domain, "www.Suricata.io") == "Suricata.io");
  BOOST_TEST(transformed(Kind::domain, "a.b.bbc.co.uk") == "bbc.co.uk");
  BOOST_TEST(transformed(Kind::tld, "a.b.bbc.co.uk") == "co.uk");
  BOOST_TEST(transformed(Kind::tld, "www.suricata.io") == "io");
  BOOST_TEST(transformed(Kind::domain, "co.uk") == "co.uk");
  BOOST_TEST(transformed(Kind::domain, std::string(300, 'a')) == std::string(300, 'a'));
  BOOST_TEST(transformed(Kind::domain, "b\xc3\xbc.example.com") == "b\xc3\xbc.example.com");
}

BOOST_AUTO_TEST_CASE(headers) {
  BOOST_TEST(transformed(Kind::header_lowercase, "Host: Example\r\nX-A:B\r\n") == "host: Example\r\nx-a:B\r\n");
  BOOST_TEST(transformed(Kind::strip_pseudo_headers, ":method: GET\r\nHost: a\r\n:path: /\r\nB: c") ==
             "Host: a\r\nB: c");
}

BOOST_AUTO_TEST_CASE(digests) {
  const auto hex = [](const std::string& bytes) {
    std::string out(bytes.size() * 2, ' ');
    write_hex(as_bytes(bytes), out);
    return out;
  };
  BOOST_TEST(hex(transformed(Kind::to_md5, "google.com")) == "1d5920f4b44b27a802bd77c4f0536f5a");
  BOOST_TEST(hex(transformed(Kind::to_sha1, "abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180
  BOOST_TEST(hex(transformed(Kind::to_sha256, "abc")) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(keys) {
  auto fixed = of(Kind::xor_key);
  fixed.text = "\x01\x02";
  BOOST_TEST(transformed({fixed}, "abcd") == "``bf");
  fixed.offset = 3;
  BOOST_TEST(transformed({fixed}, "abcd") == "abce");
  fixed.offset = 9;
  BOOST_TEST(transformed({fixed}, "abcd") == "abcd");
  auto carried = of(Kind::xor_key);
  carried.bytes = 1;
  carried.offset = 1;
  BOOST_TEST(transformed({carried}, "\x01`cb") == "\x01"s + "abc");
  carried.key_offset = 4;  // there is none
  BOOST_TEST(transformed({carried}, "\x01`cb") == "\x01`cb");
}

BOOST_AUTO_TEST_CASE(base64) {
  auto base64 = of(Kind::from_base64);
  BOOST_TEST(transformed({base64}, "VGhpcyBpcyBTdXJpY2F0YQ==") == "This is Suricata");
  base64.offset = 6;
  BOOST_TEST(transformed({base64}, "/?arg=dGhpc2lzYXRlc3QK") == "thisisatest\n");
  base64.bytes = 6;
  BOOST_TEST(transformed({base64}, "/?arg=dGhpc2lzYXRlc3QK") == "this");
  base64.offset = 60;
  BOOST_TEST(transformed({base64}, "abc") == "abc");
}

BOOST_AUTO_TEST_CASE(expressions) {
  auto request = of(Kind::pcrexform);
  request.text = "[a-zA-Z]+\\s+(.*)\\s+HTTP";
  BOOST_TEST(transformed({request}, "GET /dropper.php HTTP/1.1") == "/dropper.php");
  BOOST_TEST(transformed({request}, "nothing of it") == "nothing of it");
  auto label = of(Kind::pcrexform);
  label.text = "\\.([^\\.]+)$";
  BOOST_TEST(transformed({label, of(Kind::to_uppercase)}, "www.example.com") == "COM");
}

// Suricata's table of edge cases, of a buffer of 11 bytes.
BOOST_AUTO_TEST_CASE(slices) {
  const std::string_view text = "curl/7.64.1";
  for (const bool truncate : {false, true}) {
    BOOST_TEST(slice(5, {}, truncate, text) == "7.64.1");
    BOOST_TEST(slice(0, -8, truncate, text) == "cur");
    BOOST_TEST(slice(0, -30, truncate, text) == "");
    BOOST_TEST(slice(-20, -30, truncate, text) == "");
    BOOST_TEST(slice(-3, {}, truncate, text) == "4.1");
    BOOST_TEST(slice(2, 3, truncate, text) == "rl/");
  }
  BOOST_TEST(slice(-20, {}, false, text) == "");
  BOOST_TEST(slice(-20, {}, true, text) == text);
  BOOST_TEST(slice(-20, 5, false, text) == "");
  BOOST_TEST(slice(-20, 5, true, text) == "curl/");
  BOOST_TEST(slice(0, 30, false, text) == "");
  BOOST_TEST(slice(0, 30, true, text) == text);
}

BOOST_AUTO_TEST_CASE(compressed) {
  auto gunzip = of(Kind::gunzip);
  gunzip.most = 1024;
  // gzip.compress(b"This is compressed", mtime=0)
  const auto gzipped =
      "\037\213\010\000\000\000\000\000\002\003\013\311\310\054\126\000\242\344\374\334\202\242\324\342\342\324\024\000\372\110\345\173\022\000\000\000"s;
  BOOST_TEST(transformed({gunzip}, gzipped) == "This is compressed");
  BOOST_TEST(transformed({gunzip}, "no gzip") == "no gzip");
  gunzip.most = 4;
  BOOST_TEST(transformed({gunzip}, gzipped) == "This");
  auto zlib = of(Kind::zlib_deflate);
  zlib.most = 1024;
  const auto compressed =
      "\170\234\013\311\310\054\126\000\242\344\374\334\202\242\324\342\342\324\024\000\077\075\006\352"s;
  BOOST_TEST(transformed({zlib}, compressed) == "This is compressed");
  // What was cut off gives what there was.
  BOOST_TEST(transformed({zlib}, compressed.substr(0, 12)).starts_with("This"));
}

BOOST_AUTO_TEST_CASE(room_is_bounded) {
  const std::string large(transformed_limit, 'a');
  BOOST_TEST(transformed(Kind::dotprefix, large).size() == transformed_limit);
  BOOST_TEST(transformed(Kind::to_uppercase, large + "a") == "nothing");
  // Each step writes where its input does not lie.
  std::vector<Transform> many;
  for (int i = 0; i < 4; ++i) {
    many.push_back(of(Kind::dotprefix));
    auto cut = of(Kind::subslice);
    cut.offset = 0;
    many.push_back(cut);
  }
  BOOST_TEST(transformed(many, "abc") == "....abc");
}

BOOST_AUTO_TEST_SUITE_END()
