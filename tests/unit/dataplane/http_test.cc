#include "dataplane/http/http_response.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using sluice::as_bytes;
using sluice::BodyFraming;
using sluice::HttpError;
using sluice::parse_http_request;
using sluice::parse_http_request_prefix;
using sluice::parse_http_response;
using sluice::Probe;
using sluice::probe_http_request;
using sluice::probe_http_response;

namespace {

// Sent by curl 7.88, seen by tshark.
constexpr std::string_view plain_get =
    "GET /index.html?a=1 HTTP/1.1\r\nHost: update.example.test:28080\r\n"
    "User-Agent: Dalvik/2.1.0 (Linux; U; Android 13)\r\nAccept: */*\r\n\r\n";
constexpr std::string_view chunked_post =
    "POST /up HTTP/1.1\r\nHost: update.example.test:28080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    "Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n";
constexpr std::string_view proxied_get =
    "GET http://log.example.test/collect HTTP/1.1\r\nHost: log.example.test\r\nUser-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\nProxy-Connection: Keep-Alive\r\n\r\n";
constexpr std::string_view connect =
    "CONNECT log.example.test:8443 HTTP/1.1\r\nHost: log.example.test:8443\r\nUser-Agent: curl/7.88.1\r\n"
    "Proxy-Connection: Keep-Alive\r\n\r\n";

// Sent by nginx 1.22.
constexpr std::string_view chunked_ok =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 04:19:24 GMT\r\nContent-Type: text/html\r\n"
    "Last-Modified: Sat, 21 Nov 2026 04:19:23 GMT\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n"
    "ETag: W/\"6b011bcb-1a\"\r\nContent-Encoding: gzip\r\n\r\n";
constexpr std::string_view no_content =
    "HTTP/1.1 204 No Content\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 04:19:24 GMT\r\n"
    "Connection: keep-alive\r\n\r\n";

// The error of a head, or nothing.
std::optional<HttpError> error_of(std::string_view head) {
  const auto request = parse_http_request(as_bytes(head));
  return request ? std::nullopt : std::optional{request.error()};
}

void expect_error(std::string_view head, HttpError reason) { BOOST_TEST((error_of(head) == reason), head); }

std::string with_headers(std::string_view headers) { return "POST /p HTTP/1.1\r\n" + std::string{headers} + "\r\n"; }

std::string host_of(std::string_view head) {
  const auto request = parse_http_request(as_bytes(head));
  return request ? std::string{request->host} : "error";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(const sluice::HttpHeaders& headers) {
  Pairs pairs;
  for (const auto& header : headers) pairs.emplace_back(header.name, header.value);
  return pairs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http)

BOOST_AUTO_TEST_CASE(a_get_of_curl) {
  const auto request = parse_http_request(as_bytes(plain_get));
  BOOST_REQUIRE(request.has_value());
  BOOST_TEST(request->size == 127U);
  BOOST_TEST(request->method == "GET");
  BOOST_TEST(request->target == "/index.html?a=1");
  BOOST_TEST(request->protocol == "HTTP/1.1");
  BOOST_TEST(request->host == "update.example.test:28080");
  BOOST_TEST(request->user_agent == "Dalvik/2.1.0 (Linux; U; Android 13)");
  BOOST_TEST(request->content_type == "");
  BOOST_TEST((request->framing == BodyFraming::none));
  const Pairs expected{
      {"Host", "update.example.test:28080"}, {"User-Agent", "Dalvik/2.1.0 (Linux; U; Android 13)"}, {"Accept", "*/*"}};
  BOOST_TEST((pairs_of(request->headers) == expected));
  BOOST_TEST(request->headers.find("accept").value() == "*/*");
  BOOST_TEST(!request->headers.find("Cookie"));
}

BOOST_AUTO_TEST_CASE(a_chunked_post_and_what_follows_it) {
  const auto stream = std::string{chunked_post} + "18\r\nimei=350000000000001&v=2\r\n0\r\n\r\n";
  const auto request = parse_http_request(as_bytes(stream));
  BOOST_REQUIRE(request.has_value());
  BOOST_TEST(request->size == chunked_post.size());
  BOOST_TEST(request->content_type == "application/x-www-form-urlencoded");
  BOOST_TEST((request->framing == BodyFraming::chunked));
}

BOOST_AUTO_TEST_CASE(proxy_requests) {
  BOOST_TEST(host_of(proxied_get) == "log.example.test");
  BOOST_TEST(parse_http_request(as_bytes(proxied_get))->target == "http://log.example.test/collect");
  BOOST_TEST(host_of(connect) == "log.example.test:8443");
  // without a Host: RFC 9112 sections 3.2.2 and 3.2.3
  BOOST_TEST(host_of("CONNECT a.example:443 HTTP/1.0\r\n\r\n") == "a.example:443");
  BOOST_TEST(host_of("GET http://a.example:8080/x?y=z@w HTTP/1.0\r\n\r\n") == "a.example:8080");
  BOOST_TEST(host_of("GET http://user:pass@a.example?q HTTP/1.0\r\n\r\n") == "a.example");
  BOOST_TEST(host_of("GET http://a.example HTTP/1.0\r\nHost:\r\n\r\n") == "a.example");
  BOOST_TEST(host_of("GET /?url=http://a.example/ HTTP/1.0\r\n\r\n") == "");
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_request_needs_more) {
  for (const auto head : {plain_get, chunked_post, proxied_get, connect}) {
    for (std::size_t size = 0; size < head.size(); ++size) {
      BOOST_REQUIRE_MESSAGE(error_of(head.substr(0, size)) == HttpError::need_more, head.substr(0, size));
      BOOST_REQUIRE_MESSAGE(probe_http_request(as_bytes(head.substr(0, size))) != Probe::no, head.substr(0, size));
    }
    BOOST_TEST(!error_of(head).has_value());
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_response_needs_more) {
  for (const auto head : {chunked_ok, no_content}) {
    for (std::size_t size = 0; size < head.size(); ++size) {
      const auto response = parse_http_response(as_bytes(head.substr(0, size)), "GET");
      BOOST_REQUIRE_MESSAGE(!response, size);
      BOOST_REQUIRE_MESSAGE(response.error() == HttpError::need_more, size);
    }
  }
}

BOOST_AUTO_TEST_CASE(lenient_request_lines) {
  const auto target_of = [](std::string_view head) {
    const auto request = parse_http_request(as_bytes(head));
    return request ? std::string{request->target} : "error";
  };
  BOOST_TEST(target_of("GET  /two   HTTP/1.1 \r\n\r\n") == "/two");
  BOOST_TEST(target_of("GET /a b HTTP/1.1\n\n") == "/a b");
  BOOST_TEST(target_of("\r\n\r\nGET /late HTTP/1.0\r\n\r\n") == "/late");
  BOOST_TEST(target_of("X-CUSTOM~VERB /v HTTP/1.1\r\n\r\n") == "/v");
  BOOST_TEST(target_of("OPTIONS * HTTP/1.1\r\n\r\n") == "*");
  BOOST_TEST(target_of("GET /no-version\r\nHost: a.example\r\n\r\n") == "/no-version");
  BOOST_TEST(target_of("GET /caf\xc3\xa9 HTTP/1.1\r\n\r\n") == "/caf\xc3\xa9");
  BOOST_TEST(parse_http_request(as_bytes("\r\nGET / HTTP/1.1\r\n\r\nbody"))->size == 20U);
}

BOOST_AUTO_TEST_CASE(what_is_no_request) {
  for (const std::string_view head : {
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",    // RFC 9113 section 3.4
           "OPTIONS rtsp://a/ RTSP/1.0\r\n\r\n",  // RFC 2326
           "OPTIONS sip:a@b SIP/2.0\r\n\r\n",     // RFC 3261
           "GET HTTP/1.1\r\n\r\n",                // no target
           " / HTTP/1.1\r\n\r\n",                 // no method
           "GET /\x01 HTTP/1.1\r\n\r\n",          // a control character
           "GET / HTTP/1.1x\r\n\r\n",
           "G@T / HTTP/1.1\r\n\r\n",                    // no token
           "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n\r\n",  // a method of 21 bytes
           "220 mail.example.test ESMTP\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\n\r\n",
           "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",  // one empty line too many
       }) {
    expect_error(head, HttpError::not_this);
    BOOST_TEST((probe_http_request(as_bytes(head)) == Probe::no), head);
  }
  expect_error("\x16\x03\x01", HttpError::not_this);
}

BOOST_AUTO_TEST_CASE(probing_requests) {
  const auto probe = [](std::string_view head) { return probe_http_request(as_bytes(head)); };
  for (const auto* head : {"", "G", "GET", "GET ", "\r", "\r\n", "\r\nPOST", "EHLO mail", "FOO / HTTP/1.1\r",
                           "OPTIONS *", "CONNECT a.example:443", "PRI"}) {
    BOOST_TEST((probe(head) == Probe::maybe), head);
  }
  for (const auto* head : {"GET /", "POST /a/b?c", "PROPFIND /dav", "VERSION-CONTROL /", "GET http://a", "PATCH /x\r",
                           "FOO x HTTP/1.0\r\n", "CONNECT a.example:443 HTTP/1.1\n"}) {
    BOOST_TEST((probe(head) == Probe::yes), head);
  }
  for (const auto* head : {"GET /\x02", "\x80", "(", "ABCDEFGHIJKLMNOPQRSTU", "GET / RTSP/1.0\r\n"}) {
    BOOST_TEST((probe(head) == Probe::no), head);
  }
  BOOST_TEST((probe("FOO /" + std::string(sluice::http_request_line_limit, 'x')) == Probe::no));
}

BOOST_AUTO_TEST_CASE(probing_responses) {
  const auto probe = [](std::string_view head) { return probe_http_response(as_bytes(head)); };
  for (const auto* head : {"", "H", "HTTP/", "HTTP/1."}) BOOST_TEST((probe(head) == Probe::maybe), head);
  for (const auto* head : {"HTTP/1.1", "HTTP/1.0 200"}) BOOST_TEST((probe(head) == Probe::yes), head);
  for (const auto* head : {"HTTP/2", "HTTP/1.x", "ICY 200 OK", "GET / HTTP/1.1"}) {
    BOOST_TEST((probe(head) == Probe::no), head);
  }
}

BOOST_AUTO_TEST_CASE(lenient_headers) {
  const auto head = with_headers(
      "no colon here\r\n: no name\r\nSpaced  : \t a \t\r\nFolded: one\r\n two\r\n\tthree\r\nEmpty:\r\nHost:h\n");
  const auto request = parse_http_request(as_bytes(head));
  BOOST_REQUIRE(request.has_value());
  const Pairs expected{{"Spaced", "a"}, {"Folded", "one\r\n two\r\n\tthree"}, {"Empty", ""}, {"Host", "h"}};
  BOOST_TEST((pairs_of(request->headers) == expected));
  BOOST_TEST(request->host == "h");
  BOOST_TEST(request->size == head.size());
}

BOOST_AUTO_TEST_CASE(headers_end_at_the_empty_line) {
  const Pairs expected{{"A", "b"}};
  BOOST_TEST((pairs_of(sluice::HttpHeaders{"A: b\r\n\r\nC: d\r\n"}) == expected));
  BOOST_TEST((pairs_of(sluice::HttpHeaders{"A: b\r\nC: d"}) == expected));  // the last line is not whole
  BOOST_TEST(pairs_of(sluice::HttpHeaders{}).empty());
}

BOOST_AUTO_TEST_CASE(the_first_host_that_says_something_counts) {
  BOOST_TEST(host_of(with_headers("Host: \r\nhost: a.example\r\nHost: b.example\r\n")) == "a.example");
}

BOOST_AUTO_TEST_CASE(content_length) {
  const auto length_of = [](std::string_view headers) -> std::optional<std::uint64_t> {
    const auto head = with_headers(headers);
    const auto request = parse_http_request(as_bytes(head));
    if (!request || request->framing != BodyFraming::length) return std::nullopt;
    return request->content_length;
  };
  BOOST_TEST(length_of("Content-Length: 16\r\n").value() == 16U);
  BOOST_TEST(length_of("content-length:0\r\n").value() == 0U);
  BOOST_TEST(length_of("Content-Length: 18446744073709551615\r\n").value() == 18446744073709551615U);
  BOOST_TEST(length_of("Content-Length: 16\r\nContent-Length: 16\r\n").value() == 16U);
  BOOST_TEST(length_of("Content-Length: 16, 16\r\n").value() == 16U);
  for (const auto* bad : {"16\r\nContent-Length: 17", "x\r\nContent-Length: 16", "16, 17", "16,", "", "-1", "+1",
                          "0x10", "16 16", "sixteen", "18446744073709551616"}) {
    expect_error(with_headers("Content-Length: " + std::string{bad} + "\r\n"), HttpError::content_length);
  }
}

BOOST_AUTO_TEST_CASE(transfer_codings) {
  const auto framing_of = [](std::string_view headers) {
    const auto head = with_headers(headers);
    const auto request = parse_http_request(as_bytes(head));
    return request ? std::optional{request->framing} : std::nullopt;
  };
  BOOST_TEST((framing_of("Transfer-Encoding: gzip , Chunked\r\n") == BodyFraming::chunked));
  BOOST_TEST((framing_of("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") == BodyFraming::chunked));
  BOOST_TEST((framing_of("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") == BodyFraming::chunked));
  BOOST_TEST((framing_of("Content-Length: x\r\nTransfer-Encoding: chunked\r\n") == BodyFraming::chunked));
  BOOST_TEST((framing_of("Transfer-Encoding: identity\r\nContent-Length: 3\r\n") == BodyFraming::length));
  BOOST_TEST((framing_of("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n") == BodyFraming::chunked));
  BOOST_TEST((framing_of("Transfer-Encoding:\r\n chunked\r\n") == BodyFraming::chunked));
  expect_error(with_headers("Transfer-Encoding: chunked, gzip\r\n"), HttpError::transfer_coding);
  BOOST_TEST((parse_http_request(as_bytes(with_headers("Transfer-Encoding: chunked, identity\r\n")))->framing ==
              BodyFraming::chunked));
  expect_error(with_headers("Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n"), HttpError::transfer_coding);
}

BOOST_AUTO_TEST_CASE(headers_are_bounded) {
  std::string headers;
  for (std::size_t i = 0; i < sluice::http_header_limit; ++i) headers += "a: b\r\n";
  BOOST_TEST(!error_of(with_headers(headers)).has_value());
  headers += "a: b\r\n";
  expect_error(with_headers(headers), HttpError::too_many_headers);
}

BOOST_AUTO_TEST_CASE(what_is_certain_of_a_head_that_is_cut) {
  const auto prefix = [](std::size_t size) { return parse_http_request_prefix(as_bytes(plain_get.substr(0, size))); };
  const auto line_end = plain_get.find('\n') + 1;
  const auto host_end = plain_get.find('\n', line_end) + 1;
  for (std::size_t size = 0; size < line_end; ++size) {
    BOOST_REQUIRE_MESSAGE(prefix(size).error() == HttpError::need_more, size);
  }
  for (auto size = line_end; size <= plain_get.size(); ++size) {
    const auto request = prefix(size);
    BOOST_REQUIRE_MESSAGE(request.has_value(), size);
    BOOST_TEST(request->method == "GET");
    BOOST_TEST(request->target == "/index.html?a=1");
    BOOST_TEST(request->size <= size);
    // half a line would be half a name
    BOOST_TEST(request->host == (size < host_end ? "" : "update.example.test:28080"));
  }
  BOOST_TEST(prefix(host_end + 3)->size == host_end);
  BOOST_TEST((parse_http_request_prefix(as_bytes("EHLO a\r\n")).error() == HttpError::not_this));
  const auto refused = with_headers("Host: a.example\r\nContent-Length: x\r\n");
  BOOST_TEST(parse_http_request_prefix(as_bytes(refused))->host == "a.example");
}

BOOST_AUTO_TEST_CASE(responses_of_nginx) {
  const auto chunked = parse_http_response(as_bytes(chunked_ok), "GET");
  BOOST_REQUIRE(chunked.has_value());
  BOOST_TEST(chunked->status == 200U);
  BOOST_TEST(chunked->size == chunked_ok.size());
  BOOST_TEST(chunked->protocol == "HTTP/1.1");
  BOOST_TEST(chunked->content_type == "text/html");
  BOOST_TEST(chunked->headers.find("Server").value() == "nginx/1.22.1");
  BOOST_TEST((chunked->framing == BodyFraming::chunked));
  BOOST_TEST((parse_http_response(as_bytes(chunked_ok), "HEAD")->framing == BodyFraming::none));
  BOOST_TEST((parse_http_response(as_bytes(no_content), "POST")->framing == BodyFraming::none));
}

BOOST_AUTO_TEST_CASE(framing_of_responses) {
  struct Row {
    std::string_view head;
    std::string_view method;
    BodyFraming framing;
    bool switches_protocol;
  };
  // RFC 9112 section 6.3
  for (const auto& row : {
           Row{"HTTP/1.1 200 OK\r\n\r\n", "GET", BodyFraming::until_close, false},
           Row{"HTTP/1.0 200\r\nContent-Length: 5\r\n\r\n", "GET", BodyFraming::length, false},
           Row{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", BodyFraming::none, false},
           Row{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", BodyFraming::length, false},
           Row{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", BodyFraming::none, false},
           Row{"HTTP/1.1 100 Continue\r\n\r\n", "POST", BodyFraming::none, false},
           Row{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "GET", BodyFraming::none, true},
           Row{"HTTP/1.1 200 Connection established\r\nTransfer-Encoding: chunked\r\n\r\n", "CONNECT",
               BodyFraming::none, true},
           Row{"HTTP/1.1 407 Proxy\r\nContent-Length: 5\r\n\r\n", "CONNECT", BodyFraming::length, false},
           Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n", "GET",
               BodyFraming::until_close, false},
       }) {
    const auto response = parse_http_response(as_bytes(row.head), row.method);
    BOOST_REQUIRE_MESSAGE(response.has_value(), row.head);
    BOOST_TEST((response->framing == row.framing), row.head);
    BOOST_TEST(response->switches_protocol == row.switches_protocol, row.head);
  }
}

// A status of which RFC 9112 says that no body follows, with a length: clients read it. Of 304 the length is that of
// what is not sent (RFC 9110 section 15.4.5).
BOOST_AUTO_TEST_CASE(bodies_against_the_rules) {
  for (const std::string status : {"100", "102", "204"}) {
    const auto response =
        parse_http_response(as_bytes("HTTP/1.1 " + status + " a\r\nContent-Length: 5\r\n\r\n"), "GET");
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST((response->framing == BodyFraming::length && response->content_length == 5U), status);
  }
  const auto unchanged = parse_http_response(as_bytes("HTTP/1.1 304 a\r\nContent-Length: 5\r\n\r\n"), "GET");
  BOOST_TEST((unchanged->framing == BodyFraming::none));
  for (const std::string lengths : {"5\r\nContent-Length: 6", "5, 6", "5A"}) {
    const auto response =
        parse_http_response(as_bytes("HTTP/1.1 200 OK\r\nContent-Length: " + lengths + "\r\n\r\n"), "GET");
    BOOST_REQUIRE(response.has_value());
    BOOST_TEST((response->framing == BodyFraming::length && response->content_length == 5U), lengths);
  }
}

// What clients take for a status line, where an answer is due.
BOOST_AUTO_TEST_CASE(status_lines_against_the_rules) {
  for (const std::string_view before : {"", "\r\n", "\n\n", "\n\r", " \r", " \n", "\t"})
    for (const std::string_view line : {"HTTP/1.1 200 OK", "http/1.1 200 OK", "HTTP/2.0 200 OK", "HTTP/0.9 200 OK",
                                        "HTTP/1.01 200 OK", "HTTP/1.1\r 200 OK", "HTTP/1.1 200", "HTTP/1.1\t200 OK"}) {
      const auto head = std::string{before} + std::string{line} + "\r\nContent-Length: 5\r\n\r\n";
      const auto response = parse_http_response(as_bytes(head), "GET");
      BOOST_REQUIRE_MESSAGE(response.has_value(), head);
      BOOST_TEST((response->status == 200U && response->size == head.size() && response->content_length == 5U), head);
    }
  const std::string_view with_nul{"\0HTTP/1.1 200\0 OK\r\nTransfer-Encoding:\0chunked\r\n\r\n", 49};
  const auto chunked = parse_http_response(as_bytes(with_nul), "GET");
  BOOST_REQUIRE(chunked.has_value());
  BOOST_TEST((chunked->status == 200U && chunked->framing == BodyFraming::chunked));
  // Without a status the rest is read all the same; a line of blanks ends the section.
  for (const std::string_view line :
       {"HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1 -20 OK", "HTTP/1.1 042 OK"}) {
    const auto response = parse_http_response(as_bytes(std::string{line} + "\nContent-Length: 5\n\t\nabcde"), "GET");
    BOOST_REQUIRE_MESSAGE(response.has_value(), line);
    BOOST_TEST((response->status == 0U && response->content_length == 5U), line);
  }
}

BOOST_AUTO_TEST_CASE(a_line_of_blanks_before_the_empty_one) {
  const std::string_view head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n \r\n\r\n";
  const auto response = parse_http_response(as_bytes(head), "GET");
  BOOST_REQUIRE(response.has_value());
  BOOST_TEST((response->size == head.size() && response->content_length == 5U));
  for (const std::size_t cut : {1U, 2U})
    BOOST_TEST(
        (parse_http_response(as_bytes(head.substr(0, head.size() - cut)), "GET").error() == HttpError::need_more));
}

BOOST_AUTO_TEST_CASE(what_is_no_status_line) {
  for (const std::string_view head : {"GET / HTTP/1.1\r\n\r\n", "HTTQ", "HTTP 200 OK\r\n\r\n", "\r\nabc"})
    BOOST_TEST((parse_http_response(as_bytes(head), "GET").error() == HttpError::not_this), head);
  for (const std::string_view head : {"", "\r\n", "ht", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n"})
    BOOST_TEST((parse_http_response(as_bytes(head), "GET").error() == HttpError::need_more), head);
}

BOOST_AUTO_TEST_SUITE_END()
