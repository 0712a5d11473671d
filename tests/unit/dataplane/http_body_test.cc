#include "dataplane/http/http_body.hh"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

using sluice::as_bytes;
using sluice::BodyFraming;
using sluice::HttpBody;

namespace {

// "in progress", "done" or "failed", after how many bytes of the text, however it is cut into two pieces.
std::string chunked_end(std::string_view text) {
  std::string first;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    HttpBody body{BodyFraming::chunked, 0};
    auto taken = body.consume(as_bytes(text.substr(0, cut)));
    if (taken == cut) taken += body.consume(as_bytes(text.substr(cut)));
    const auto end = (body.failed() ? "failed " : body.done() ? "done " : "in progress ") + std::to_string(taken);
    if (cut == 0) first = end;
    BOOST_REQUIRE_EQUAL(end, first);
  }
  return first;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_body)

BOOST_AUTO_TEST_CASE(no_body_is_done_at_once) {
  HttpBody body{BodyFraming::none, 0};
  BOOST_TEST(body.done());
  BOOST_TEST(body.consume(as_bytes("GET")) == 0U);
  BOOST_TEST((HttpBody{BodyFraming::length, 0}).done());
}

BOOST_AUTO_TEST_CASE(a_body_of_known_length) {
  HttpBody body{BodyFraming::length, 10};
  BOOST_TEST(body.remaining() == 10U);
  BOOST_TEST(body.consume(as_bytes("abcd")) == 4U);
  BOOST_TEST(body.remaining() == 6U);
  BOOST_TEST(!body.done());
  body.skip(3);  // never came by
  BOOST_TEST(body.consume(as_bytes("efgGET / HTTP/1.1")) == 3U);
  BOOST_TEST(body.done());
  BOOST_TEST(body.consume(as_bytes("GET")) == 0U);
  BOOST_TEST(body.remaining() == 0U);
}

BOOST_AUTO_TEST_CASE(until_close_takes_everything) {
  HttpBody body{BodyFraming::until_close, 0};
  BOOST_TEST(body.consume(as_bytes("0\r\n\r\n")) == 5U);
  body.skip(std::numeric_limits<std::uint64_t>::max());
  body.skip(1);
  BOOST_TEST(!body.done());
  BOOST_TEST(!body.failed());
}

// The body of a POST by curl 7.88 with "Transfer-Encoding: chunked", and the start of what followed it.
BOOST_AUTO_TEST_CASE(chunks_of_curl) {
  BOOST_TEST(chunked_end("18\r\nimei=350000000000001&v=2\r\n0\r\n\r\nPOST ") == "done 35");
}

// RFC 9112 sections 7.1.1 and 7.1.2
BOOST_AUTO_TEST_CASE(chunk_extensions_and_trailers) {
  BOOST_TEST(chunked_end("4;name=value\r\nWiki\r\n5 ; a=\"b\"\r\npedia\r\n0;last\r\nExpires: never\r\nA: b\r\n\r\nX") ==
             "done 70");
  BOOST_TEST(chunked_end("a\n0123456789\n0\n\nX") == "done 16");  // bare LF
  BOOST_TEST(chunked_end("0004  \r\nWiki\r\n000\r\n\r\n") == "done 21");
  BOOST_TEST(chunked_end("4\r\nWiki\r\n0\r\nA: b\r\n") == "in progress 18");
}

BOOST_AUTO_TEST_CASE(broken_chunks_fail_where_they_break) {
  BOOST_TEST(chunked_end("\r\n") == "failed 2");     // no size
  BOOST_TEST(chunked_end("; a\r\n") == "failed 5");  // no size before the extension
  BOOST_TEST(chunked_end("xyz") == "failed 1");      // no digit
  BOOST_TEST(chunked_end("-1\r\n") == "failed 1");
  BOOST_TEST(chunked_end("1\r\nx\r\n\r\n") == "failed 8");  // no size before the second chunk
  BOOST_TEST(chunked_end("4\rX") == "failed 3");            // CR without LF
  BOOST_TEST(chunked_end("4\r\nWikiX") == "failed 8");      // more content than the size said
  BOOST_TEST(chunked_end("4\r\nWiki\rX") == "failed 9");
}

BOOST_AUTO_TEST_CASE(a_chunk_size_has_64_bits) {
  HttpBody body{BodyFraming::chunked, 0};
  BOOST_TEST(body.consume(as_bytes("ffffffffffffffff\r\n")) == 18U);
  BOOST_TEST(body.remaining() == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(chunked_end("10000000000000000") == "failed 17");
  BOOST_TEST(chunked_end("00000000000000000001\r\nx\r\n0\r\n\r\n") == "done 30");
}

BOOST_AUTO_TEST_CASE(lines_and_trailers_are_bounded) {
  const auto line = [](std::size_t size) { return "1;" + std::string(size - 2, 'x'); };
  HttpBody fits{BodyFraming::chunked, 0};
  BOOST_TEST(fits.consume(as_bytes(line(sluice::chunk_line_limit) + "\n")) == sluice::chunk_line_limit + 1);
  BOOST_TEST(!fits.failed());
  HttpBody too_long{BodyFraming::chunked, 0};
  BOOST_TEST(too_long.consume(as_bytes(line(sluice::chunk_line_limit + 9))) == sluice::chunk_line_limit + 1);
  BOOST_TEST(too_long.failed());

  HttpBody many{BodyFraming::chunked, 0};  // the bound is a line's, not the body's
  std::string text;
  for (std::size_t i = 0; i <= sluice::chunk_line_limit; ++i) text += "1\nx\n";
  BOOST_TEST(many.consume(as_bytes(text)) == text.size());

  HttpBody trailers{BodyFraming::chunked, 0};
  text = "0\n";
  while (text.size() < sluice::trailer_limit + 100) text += "name: value\n";
  (void)trailers.consume(as_bytes(text));
  BOOST_TEST(trailers.failed());
}

BOOST_AUTO_TEST_CASE(content_of_a_chunk_may_be_skipped_and_no_more) {
  HttpBody body{BodyFraming::chunked, 0};
  (void)body.consume(as_bytes("a\r\n01"));
  BOOST_TEST(body.remaining() == 8U);
  body.skip(8);
  BOOST_TEST(body.remaining() == 0U);
  BOOST_TEST(body.consume(as_bytes("\r\n0\r\n\r\n")) == 7U);
  BOOST_TEST(body.done());

  HttpBody lost{BodyFraming::chunked, 0};
  (void)lost.consume(as_bytes("a\r\n01"));
  lost.skip(9);
  BOOST_TEST(lost.failed());
  BOOST_TEST(lost.consume(as_bytes("0\r\n\r\n")) == 0U);

  HttpBody overrun{BodyFraming::length, 3};
  overrun.skip(4);
  BOOST_TEST(overrun.failed());
}

BOOST_AUTO_TEST_SUITE_END()
