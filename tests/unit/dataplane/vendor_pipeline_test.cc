// Requests of vendors' protocols on their way through the pipeline: what events carry of them.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string body = "device_id=9b1c7d2e&stat_value=0wZk";

std::string post(std::string_view host, std::string_view target) {
  return "POST " + std::string{target} + " HTTP/1.1\r\nHost: " + std::string{host} +
         "\r\nX-Umeng-Sdk: Android/8.1.6\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
}

// "alert NAME TARGET HEADERS BODY[ again]", "http TARGET BODY"; '-' for what it does not carry.
std::vector<std::string> carried(PipelineRun& run) {
  std::vector<std::string> lines;
  run.each_event([&](const Event& event) {
    const auto text = [&](Field field) {
      const auto found = event.find(field);
      return " " + (found ? std::string{found->text()} : std::string{"-"});
    };
    if (event.header().type == EventType::alert)
      lines.push_back("alert" + text(Field::matched_value) + text(Field::vendor_request_target) +
                      text(Field::vendor_request_header_value) + text(Field::vendor_request_body) +
                      (event.find(Field::vendor_request_again) ? " again" : ""));
    if (event.header().type == EventType::http)
      lines.push_back("http" + text(Field::http_uri) + text(Field::vendor_request_body));
  });
  return lines;
}

PipelineRun findings_alone() {
  auto options = small_options();
  options.record = Record::findings;
  return PipelineRun{options};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vendor_pipeline)

BOOST_AUTO_TEST_CASE(a_finding_carries_a_request_without_a_body) {
  auto run = findings_alone();
  Connection tcp{run, 40000, 80};
  tcp.open();
  tcp.client(
      0, as_bytes(std::string_view{"GET /1/d?host=a.example HTTP/1.1\r\nHost: listed.example\r\nX-Other: b\r\n\r\n"}));
  BOOST_TEST(carried(run) == std::vector<std::string>{"alert listed.example /1/d?host=a.example - -"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_later_repeats_the_finding_with_it) {
  auto run = findings_alone();
  Connection tcp{run, 40000, 80};
  tcp.open();
  const auto head = post("listed.example", "/mistats/v2");
  tcp.client(0, as_bytes(head));
  BOOST_TEST(carried(run) == std::vector<std::string>{"alert listed.example - - -"}, boost::test_tools::per_element());
  tcp.client(head.size(), as_bytes(body.substr(0, 10)));
  BOOST_TEST(carried(run).empty());
  tcp.client(head.size() + 10, as_bytes(body.substr(10)));
  BOOST_TEST(
      carried(run) == std::vector<std::string>{"alert listed.example /mistats/v2 Android/8.1.6 " + body + " again"},
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_requests_are_not_carried) {
  auto run = findings_alone();
  Connection tcp{run, 40000, 80};
  tcp.open();
  const std::string text = "POST /x HTTP/1.1\r\nHost: listed.example\r\nContent-Length: 1\r\n\r\na";
  tcp.client(0, as_bytes(text));
  BOOST_TEST(carried(run) == std::vector<std::string>{"alert listed.example - - -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(its_event_has_the_body_where_it_waits) {
  PipelineRun run{with_queues()};
  Connection tcp{run, 40000, 80};
  tcp.open();
  const auto head = post("a.example", "/mistats/v2");
  tcp.client(0, as_bytes(head));
  tcp.client(head.size(), as_bytes(body + "GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n"));
  const std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
  tcp.server(0, as_bytes(answer + answer), head.size());
  BOOST_TEST(carried(run) == (std::vector<std::string>{"http /mistats/v2 " + body, "http /next -"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_body_that_never_is_whole_loses_no_event) {
  PipelineRun run{with_queues()};
  Connection tcp{run, 40000, 80};
  tcp.open();
  tcp.client(0, as_bytes(post("a.example", "/mistats/v2")));
  run.pipeline().finish(run.now, 0);
  BOOST_TEST(carried(run) == std::vector<std::string>{"http /mistats/v2 -"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
