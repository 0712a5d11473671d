#include "dataplane/http/http_anomalies.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace sluice {
namespace {

using Names = std::vector<std::string>;

Names named(const Anomalies& anomalies) {
  Names names;
  for (const auto anomaly : anomalies) names.emplace_back(kind_of(anomaly).name);
  return names;
}

Names of_request(std::string_view head, std::uint16_t port = 80) {
  const auto request = parse_http_request(as_bytes(head));
  BOOST_REQUIRE(request.has_value());
  Anomalies anomalies;
  note_http_request(*request, port, anomalies);
  return named(anomalies);
}

Names of_response(std::string_view head) {
  const auto response = parse_http_response(as_bytes(head), "GET");
  BOOST_REQUIRE(response.has_value());
  Anomalies anomalies;
  note_http_response(*response, anomalies);
  return named(anomalies);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_anomalies)

BOOST_AUTO_TEST_CASE(a_plain_request_has_none) {
  BOOST_TEST(of_request("GET /a HTTP/1.1\r\nHost: www.example.com\r\nAuthorization: Bearer x\r\n\r\n").empty());
  BOOST_TEST(of_request("GET /a HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n", 8080).empty());
  BOOST_TEST(of_request("GET /a HTTP/1.0\r\n\r\n").empty());
}

BOOST_AUTO_TEST_CASE(the_host_that_is_missing_doubtful_or_wrong) {
  BOOST_TEST((of_request("GET /a HTTP/1.1\r\n\r\n") == Names{"http.missing_host_header"}));
  BOOST_TEST((of_request("GET /a HTTP/1.1\r\nHost: a?b\r\n\r\n") == Names{"http.request_header_host_invalid"}));
  BOOST_TEST((of_request("GET /a HTTP/1.1\r\nHost: a.example:81\r\n\r\n") ==
              Names{"http.request_server_port_tcp_port_mismatch"}));
  BOOST_TEST(
      (of_request("GET http://a.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n") == Names{"http.host_header_ambiguous"}));
  BOOST_TEST((of_request("GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n\r\n") ==
              Names{"http.host_header_ambiguous"}));
}

BOOST_AUTO_TEST_CASE(a_request_without_a_version) {
  BOOST_TEST((of_request("GET /a\r\nHost: a.example\r\n\r\n") == Names{"http.request_line_missing_protocol"}));
  BOOST_TEST(!parse_http_request(as_bytes("XYZ /a\r\nHost: a.example\r\n\r\n")).has_value());
}

BOOST_AUTO_TEST_CASE(headers_that_are_no_headers) {
  BOOST_TEST((of_request("GET / HTTP/1.1\r\nHost: a.example\r\nnonsense\r\n\r\n") ==
              Names{"http.request_field_missing_colon"}));
  BOOST_TEST((of_request("GET / HTTP/1.1\r\nHost : a.example\r\n\r\n") == Names{"http.request_header_invalid"}));
  BOOST_TEST((of_request("GET / HTTP/1.1\r\n x: y\r\nHost: a.example\r\n\r\n") ==
              Names{"http.invalid_request_field_folding"}));
  std::string many = "GET / HTTP/1.1\r\nHost: a.example\r\n";
  for (int i = 0; i < 65; ++i) many += "X: y\r\n";
  BOOST_TEST((of_request(many + "\r\n") == Names{"http.request_header_repetition"}));
}

BOOST_AUTO_TEST_CASE(lengths_and_codings) {
  BOOST_TEST((of_request("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n") ==
              Names{"http.duplicate_content_length_field_in_request"}));
  BOOST_TEST(
      (of_response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, rot13\r\n\r\n") == Names{"http.abnormal_ce_header"}));
  BOOST_TEST(of_response("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n").empty());
  BOOST_TEST((of_response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") ==
              Names{"http.response_chunked_old_proto"}));
  BOOST_TEST((of_request("GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: Hawk x\r\n\r\n") ==
              Names{"http.request_auth_unrecognized"}));
}

BOOST_AUTO_TEST_CASE(why_a_head_is_not_read_on) {
  const auto of = [](HttpError error, bool is_response) {
    Anomalies anomalies;
    note_http_error(error, is_response, anomalies);
    return named(anomalies);
  };
  BOOST_TEST((of(HttpError::content_length, false) == Names{"http.invalid_content_length_field_in_request"}));
  BOOST_TEST((of(HttpError::not_this, true) == Names{"http.response_invalid_protocol"}));
  BOOST_TEST(of(HttpError::need_more, false).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sluice
