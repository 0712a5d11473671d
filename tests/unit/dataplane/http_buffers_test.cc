// What stands in the buffers of the rule language, through the pipeline: each rule says the whole of a buffer. The
// expected values are those that docs.suricata.io, "HTTP Keywords", describes for the bytes above them.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Exchange {
  std::string request;
  std::string response;
};

std::size_t matches(const Exchange& exchange, const std::string& options) {
  return rule_matches("http", options, [&](PipelineRun& run) {
    Connection connection{run, 40000, 80};
    connection.open().client(0, as_bytes(exchange.request));
    if (!exchange.response.empty()) connection.server(0, as_bytes(exchange.response), exchange.request.size());
  });
}

bool is(const Exchange& exchange, const std::string& buffer, std::string_view value, const std::string& rest = "") {
  return matches(exchange, whole(buffer, value) + rest) == 1;
}

const Exchange page{
    "POST http://Shop.Example:8080/a%20b//c/../e?q=%41%2f&r=+ HTTP/1.1\r\n"
    "Host:  other.example\r\nUser-Agent: phone\r\nX-Fold: one\r\n  two\r\naccept: */*\r\n"
    "Accept-Language: de\r\nAccept-Encoding: gzip\r\nCookie: id=7\r\nReferer: http://x/\r\n"
    "user-agent: second\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
    "HTTP/1.1 404 Not here\r\nServer: nginx\r\nLocation: /there\r\nSet-Cookie: a=1\r\n"
    "Set-Cookie: b=2\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nworld"};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_buffers)

BOOST_AUTO_TEST_CASE(what_a_request_line_says) {
  BOOST_TEST(is(page, "http.method", "POST"));
  BOOST_TEST(is(page, "http.uri", "/a b/e?q=A/&r=+"));
  BOOST_TEST(is(page, "http.uri.raw", "http://Shop.Example:8080/a%20b//c/../e?q=%41%2f&r=+"));
  BOOST_TEST(is(page, "http.request_line", "POST http://Shop.Example:8080/a%20b//c/../e?q=%41%2f&r=+ HTTP/1.1"));
  BOOST_TEST(is(page, "http.protocol", "HTTP/1.1", "flow:to_server;"));
  BOOST_TEST(is(page, "http.host", "shop.example"));
  BOOST_TEST(is(page, "http.host.raw", "Shop.Example:8080"));
}

BOOST_AUTO_TEST_CASE(headers_by_name) {
  BOOST_TEST(is(page, "http.user_agent", "phone, second"));
  BOOST_TEST(is(page, "http.accept", "*/*"));
  BOOST_TEST(is(page, "http.accept_lang", "de"));
  BOOST_TEST(is(page, "http.accept_enc", "gzip"));
  BOOST_TEST(is(page, "http.referer", "http://x/"));
  BOOST_TEST(is(page, "http.cookie", "id=7"));
  BOOST_TEST(is(page, "http.cookie", "a=1, b=2"));
  BOOST_TEST(is(page, "http.connection", "close"));
  BOOST_TEST(is(page, "http.connection", "keep-alive"));
  BOOST_TEST(is(page, "http.connection", "keep-alive", "flow:to_client;"));
  BOOST_TEST(!is(page, "http.connection", "keep-alive", "flow:to_server;"));
  BOOST_TEST(is(page, "http.content_type", "text/plain"));
  BOOST_TEST(is(page, "http.content_len", "4"));
  BOOST_TEST(is(page, "http.content_len", "5"));
  BOOST_TEST(is(page, "http.server", "nginx"));
  BOOST_TEST(is(page, "http.location", "/there"));
  // What is not there does not match, not even by what it does not hold.
  BOOST_TEST(matches(page, "http.server; content:!\"x\"; flow:to_server;") == 0U);
}

// Repeated headers are one, folded lines are joined, cookies stand apart (but for http.header.raw).
BOOST_AUTO_TEST_CASE(header_sections) {
  BOOST_TEST(
      is(page, "http.header", "Server: nginx\r\nLocation: /there\r\nContent-Length: 5\r\nConnection: keep-alive\r\n"));
  BOOST_TEST(matches(page,
                     "http.header; content:\"Host: other.example|0d 0a|User-Agent: phone, second|0d 0a|X-Fold: one "
                     "two|0d 0a|accept: */*|0d 0a|\"; startswith;") == 1U);
  BOOST_TEST(is(page, "http.header.raw",
                "Server: nginx\r\nLocation: /there\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                "Content-Length: 5\r\nConnection: keep-alive\r\n\r\n"));
  BOOST_TEST(
      is(page, "http.header_names", "\r\nServer\r\nLocation\r\nSet-Cookie\r\nContent-Length\r\nConnection\r\n\r\n"));
  BOOST_TEST(is(page, "http.start",
                "HTTP/1.1 404 Not here\r\nServer: nginx\r\nLocation: /there\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                "Content-Length: 5\r\nConnection: keep-alive\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(status_and_bodies) {
  BOOST_TEST(is(page, "http.stat_code", "404"));
  BOOST_TEST(is(page, "http.stat_msg", "Not here"));
  BOOST_TEST(is(page, "http.response_line", "HTTP/1.1 404 Not here"));
  BOOST_TEST(is(page, "http.request_body", "body"));
  BOOST_TEST(is(page, "http.response_body", "world"));
  BOOST_TEST(is(page, "file.data", "body"));
  BOOST_TEST(is(page, "file.data", "world"));
  BOOST_TEST(is(page, "file_data", "world", "http.stat_code; content:\"404\";"));
}

// All parts of one mention look into one value; another mention may find another.
BOOST_AUTO_TEST_CASE(several_values) {
  BOOST_TEST(is(page, "http.request_header", "User-Agent: phone, second"));
  BOOST_TEST(is(page, "http.request_header", "accept: */*"));
  BOOST_TEST(is(page, "http.response_header", "Location: /there"));
  const std::string apart = "http.request_header; content:\"accept|3a|\"; startswith; content:\"phone\";";
  BOOST_TEST(matches(page, apart) == 0U);
  const std::string together =
      "http.request_header; content:\"accept|3a|\"; startswith; http.request_header; "
      "content:\"phone\";";
  BOOST_TEST(matches(page, together) == 1U);
  // One value without it is enough for a negated content.
  BOOST_TEST(matches(page, "http.request_header; content:!\"phone\"; content:\"gzip\";") == 1U);
  BOOST_TEST(matches(page, "http.request_header; content:\"phone\"; content:!\"second\";") == 0U);
}

BOOST_AUTO_TEST_CASE(older_spellings) {
  for (const std::string modifier :
       {"content:\"a%20b\"; http_raw_uri;", "content:\"Shop\"; http_raw_host;", "content:\"a b/e\"; http_uri;",
        "content:\"id=7\"; http_cookie;", "content:\"Cookie|3a|\"; http_raw_header; flow:to_server;",
        "content:\"world\"; http_server_body;", "pcre:\"/%20/I\";", "pcre:\"/^Shop/Z\";", "pcre:\"/id=/C\";",
        "pcre:\"/^Server/D\";"})
    BOOST_TEST(matches(page, modifier) == 1U, modifier);
  for (const std::string sticky : {"http_request_line", "http_start", "http_header_names", "http_protocol"})
    BOOST_TEST(matches(page, sticky + "; content:\"1\"; offset:0; flow:to_server;") ==
                   (sticky == "http_header_names" ? 0U : 1U),
               sticky);
}

BOOST_AUTO_TEST_CASE(bodies_that_do_not_come) {
  const Exchange bare{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n"};
  const Exchange empty{bare.request, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"};
  BOOST_TEST(matches(bare, "file.data; absent; http.stat_code; content:\"304\";") == 1U);
  BOOST_TEST(matches(empty, "file.data; absent; http.stat_code; content:\"500\";") == 1U);
  BOOST_TEST(matches(bare, "http.request_body; absent; http.method; content:\"GET\";") == 1U);
  BOOST_TEST(matches(page, "http.request_body; absent; http.method; content:\"POST\";") == 0U);
  BOOST_TEST(matches(bare, "file.data; absent;") == 2U);
  BOOST_TEST(matches(page, "file.data; absent;") == 0U);
  BOOST_TEST(matches(bare, "http.request_body; content:!\"a\";") == 0U);
}

BOOST_AUTO_TEST_CASE(lengths_of_a_target) {
  BOOST_TEST(matches(page, "urilen:15;") == 1U);
  BOOST_TEST(matches(page, "urilen:14<>16;") == 1U);
  BOOST_TEST(matches(page, "urilen:>15;") == 0U);
  BOOST_TEST(matches(page, "urilen:51,raw;") == 1U);
  BOOST_TEST(matches(page, "urilen:15,raw;") == 0U);
}

BOOST_AUTO_TEST_CASE(targets_in_one_form) {
  const auto uri_is = [](const std::string& target, std::string_view normalised) {
    return is({"GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", ""}, "http.uri", normalised);
  };
  BOOST_TEST(uri_is("/", "/"));
  BOOST_TEST(uri_is("/a/./b", "/a/b"));
  BOOST_TEST(uri_is("/a/../../b", "/b"));
  BOOST_TEST(uri_is("/a/b/..", "/a/"));
  BOOST_TEST(uri_is("/a/.", "/a/"));
  BOOST_TEST(uri_is("/%2e%2e/%61", "/a"));
  BOOST_TEST(uri_is("/a%2Fb\\c", "/a/b/c"));
  BOOST_TEST(uri_is("///a", "/a"));
  BOOST_TEST(uri_is("/%u0061%uff42%u4e2d", "/ab?"));
  BOOST_TEST(uri_is("/100%/%zz/%u12", "/100%/%zz/%u12"));
  BOOST_TEST(uri_is("/...", "/..."));
  BOOST_TEST(uri_is("/?a=/../%2e%20%", "/?a=/../. %"));
  BOOST_TEST(uri_is("*", "*"));
}

BOOST_AUTO_TEST_SUITE_END()
