// Forms and normal forms of RFC 3986; the examples of its section 6.2.2 under other names.
#include "rules/names/http_url.hh"

#include <boost/test/unit_test.hpp>

using sluice::HttpUrlError;
using sluice::parse_http_url;

namespace {

std::string normal(std::string_view text) {
  const auto url = parse_http_url(text);
  return url ? url->text() : std::string(explain(url.error()));
}

HttpUrlError error_of(std::string_view text) {
  const auto url = parse_http_url(text);
  BOOST_REQUIRE_MESSAGE(!url, text);
  return url.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_url)

BOOST_AUTO_TEST_CASE(host_and_scheme_lose_case_and_default_port) {
  BOOST_TEST(normal("HTTP://Example.COM:80") == "example.com/");
  BOOST_TEST(normal("https://example.com:443/A") == "example.com/A");
  BOOST_TEST(normal("http://example.com:443/") == "example.com:443/");
  BOOST_TEST(normal("example.com.:8080/a/b") == "example.com:8080/a/b");
  BOOST_TEST(normal("http://b\xc3\xbc"
                    "cher.example/x") == "xn--bcher-kva.example/x");
  BOOST_TEST(normal("http://192.0.2.1?q") == "192.0.2.1/?q");
  BOOST_TEST(normal("http://[2001:DB8:0::1]:81/") == "[2001:db8::1]:81/");
}

BOOST_AUTO_TEST_CASE(path_and_query_have_one_way_to_write_each_byte) {
  BOOST_TEST(normal("http://example.com/%7euser/%3ax?a=%2f#part") == "example.com/~user/%3Ax?a=%2F");
  BOOST_TEST(normal("http://example.com/a?") == "example.com/a");
  BOOST_TEST(normal("http://example.com/%4") == "example.com/%4");
  BOOST_TEST(normal("http://example.com/?m=") == "example.com/?m=");
}

BOOST_AUTO_TEST_CASE(what_no_request_in_clear_text_can_match_is_refused) {
  BOOST_TEST((error_of("ftp://example.com/") == HttpUrlError::scheme));
  BOOST_TEST((error_of("http://me@example.com/") == HttpUrlError::user));
  BOOST_TEST((error_of("http:///x") == HttpUrlError::host));
  BOOST_TEST((error_of("http://localhost/x") == HttpUrlError::host));
  BOOST_TEST((error_of("http://[example.com]/x") == HttpUrlError::host));
  BOOST_TEST((error_of("http://example.com:0/x") == HttpUrlError::port));
  BOOST_TEST((error_of("http://example.com:65536/x") == HttpUrlError::port));
  BOOST_TEST((error_of("http://example.com/a b") == HttpUrlError::character));
  BOOST_TEST((error_of("http://example.com/\xc3\xa9") == HttpUrlError::character));
  BOOST_TEST((error_of("http://example.com/" + std::string(2048, 'a')) == HttpUrlError::too_long));
}

BOOST_AUTO_TEST_CASE(a_normal_form_is_its_own) {
  for (const auto* const text : {"example.com/~a/%3A?b=%2F", "[2001:db8::1]:81/", "192.0.2.1:8080/x?y"})
    BOOST_TEST(normal(text) == text);
}

BOOST_AUTO_TEST_SUITE_END()
