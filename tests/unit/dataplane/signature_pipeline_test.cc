// Signatures on their way through the pipeline: which message they are tried on, when, and what becomes of the packet.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

PipelineOptions findings_only(Mode mode = Mode::monitor) {
  auto options = small_options(mode);
  options.record = Record::findings;
  return options;
}

PipelineRun run_with(const std::string& rules, Mode mode = Mode::monitor) {
  return PipelineRun{findings_only(mode), generation_of_rules(rules)};
}

const std::string get_list =
    "GET /filter/text?version=7 HTTP/1.1\r\nHost: API.example.net:80\r\nUser-Agent: phone\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_pipeline)

BOOST_AUTO_TEST_CASE(a_request_is_named_by_its_host) {
  auto run = run_with(R"(alert http any any -> any any (msg:"list"; http.uri; content:"/filter/text"; )"
                      R"(http.host; content:"api.example.net"; http.user_agent; content:"phone"; sid:1;))");
  Connection connection{run, 40000, 80};
  connection.open().client(0, as_bytes(get_list));
  BOOST_TEST((run.events() == Lines{"alert API.example.net matched pass"}));
  // The same request again is another message.
  connection.client(get_list.size(), as_bytes(get_list));
  BOOST_TEST((run.events() == Lines{"alert API.example.net matched pass"}));
  connection.client(2 * get_list.size(), as_bytes("GET /other HTTP/1.1\r\nHost: api.example.net\r\n\r\n"));
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_CASE(a_head_in_pieces_is_matched_once_it_is_whole) {
  auto run = run_with(
      R"(alert http any any -> any any (msg:"x"; http.header; content:"User-Agent|3a| phone|0d 0a|"; sid:1;))");
  Connection connection{run, 40000, 80};
  connection.open();
  for (std::size_t i = 0; i < get_list.size(); i += 10) {
    BOOST_TEST(run.events().empty());
    connection.client(i, part(as_bytes(get_list), i, std::min(i + 10, get_list.size())));
  }
  BOOST_TEST((run.events() == Lines{"alert API.example.net matched pass"}));
}

BOOST_AUTO_TEST_CASE(head_and_body_of_one_request_meet_in_one_rule) {
  const std::string head = "POST /stats/v2 HTTP/1.1\r\nHost: example.net\r\nContent-Length: 24\r\n\r\n";
  const std::string body = "channel=1&device_id=abcde";
  const std::string rules =
      R"(alert http any any -> any any (msg:"h"; http.uri; content:"/stats"; sid:1;))"
      "\n"
      R"(alert http any any -> any any (msg:"hb"; http.uri; content:"/stats"; http.request_body; content:"device_id="; sid:2;))";
  {
    auto run = run_with(rules);
    Connection connection{run, 40000, 80};
    connection.open().client(0, as_bytes(head));
    BOOST_TEST((run.events() == Lines{"alert example.net matched pass"}));  // the head alone
    connection.client(head.size(), part(as_bytes(body), 0, 12));
    BOOST_TEST(run.events().empty());
    connection.client(head.size() + 12, part(as_bytes(body), 12, 24));
    BOOST_TEST((run.events() == Lines{"alert example.net matched pass"}));  // and not the head's once more
    // What follows the body is the next request.
    connection.client(head.size() + 24, as_bytes(get_list));
    BOOST_TEST(run.events().empty());
    connection.client(head.size() + 24 + get_list.size(), as_bytes(head));
    BOOST_TEST((run.events() == Lines{"alert example.net matched pass"}));
  }
  {
    auto run = run_with(rules);
    Connection connection{run, 40000, 80};
    connection.open().client(0, as_bytes(head + body.substr(0, 24)));
    BOOST_TEST((run.events() == Lines{"alert example.net matched pass", "alert example.net matched pass"}));
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_early_is_matched_as_far_as_it_came) {
  const std::string head = "POST /stats/v2 HTTP/1.1\r\nHost: example.net\r\nContent-Length: 2000\r\n\r\n";
  auto run = run_with(R"(alert http any any -> any any (msg:"b"; http.request_body; content:"device_id="; sid:2;))");
  Connection connection{run, 40000, 80};
  connection.open().client(0, as_bytes(head));
  connection.client(head.size(), as_bytes("device_id=1"));
  BOOST_TEST(run.events().empty());
  connection.client(head.size() + 11, {}, tcp_flag::ack | tcp_flag::fin);
  BOOST_TEST((run.events() == Lines{"alert example.net matched pass"}));
}

BOOST_AUTO_TEST_CASE(chunk_lines_are_no_part_of_a_body) {
  const std::string head = "POST /x HTTP/1.1\r\nHost: example.net\r\nTransfer-Encoding: chunked\r\n\r\n";
  auto run = run_with(
      R"(alert http any any -> any any (msg:"b"; http.request_body; content:"device_id=1"; endswith; sid:2;))");
  Connection connection{run, 40000, 80};
  connection.open().client(0, as_bytes(head + "6\r\ndevice\r\n"));
  BOOST_TEST(run.events().empty());
  connection.client(head.size() + 11, as_bytes("5\r\n_id=1\r\n0\r\n\r\n"));
  BOOST_TEST((run.events() == Lines{"alert example.net matched pass"}));
}

BOOST_AUTO_TEST_CASE(clear_text_is_matched_across_segments_while_a_parser_waits_and_reported_once) {
  auto run = run_with(R"(alert tcp any any -> any 80 (msg:"p"; content:"GET /filter"; offset:0; depth:11; sid:3;))");
  Connection connection{run, 40000, 80};
  connection.open().client(0, part(as_bytes(get_list), 0, 6));
  BOOST_TEST(run.events().empty());
  connection.client(6, part(as_bytes(get_list), 6, 40));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  connection.client(6, part(as_bytes(get_list), 6, 40));  // a retransmission
  connection.client(40, part(as_bytes(get_list), 40, get_list.size()));
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_CASE(datagrams_and_questions) {
  auto run = run_with(
      R"(alert udp any any -> any 9999 (msg:"u"; content:"|de ad|"; sid:4;))"
      "\n"
      R"(alert dns any any -> any any (msg:"d"; dns.query; content:"tele"; nocase; content:".example"; endswith; sid:5;))");
  const Frame payload{0xde, 0xad, 0xbe, 0xef};
  run.send(udp_frame(ends("192.168.1.10", 5000, "198.51.100.9", 9999), payload));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.9 matched pass"}));
  run.send(udp_frame(ends("192.168.1.10", 5001, "198.51.100.9", 9998), payload));
  BOOST_TEST(run.events().empty());
  run.send(udp_frame(ends("192.168.1.10", 5002, "198.51.100.53", 53), dns_query("my.TELEmetry.example")));
  BOOST_TEST((run.events() == Lines{"alert my.TELEmetry.example matched pass"}));
}

BOOST_AUTO_TEST_CASE(a_drop_rule_drops_where_it_is_enforced) {
  const std::string rules = R"(drop http any any -> any any (msg:"list"; http.uri; content:"/filter/text"; sid:1;))";
  for (const auto mode : {Mode::monitor, Mode::enforce}) {
    auto run = run_with(rules, mode);
    Connection connection{run, 40000, 80};
    connection.open();
    const bool enforced = mode == Mode::enforce;
    BOOST_TEST(connection.client(0, as_bytes(get_list)) == !enforced);
    BOOST_TEST((run.events() ==
                Lines{enforced ? "alert API.example.net matched drop" : "alert API.example.net matched pass"}));
    BOOST_TEST(connection.client(0, as_bytes(get_list)) == !enforced);  // sent again: it must not get through then
  }
}

BOOST_AUTO_TEST_CASE(new_rules_hold_from_the_next_burst_on) {
  auto run = run_with(R"(alert http any any -> any any (msg:"a"; http.uri; content:"/filter"; sid:1;))");
  Connection connection{run, 40000, 80};
  connection.open().client(0, as_bytes(get_list));
  BOOST_TEST(run.events().size() == 1U);
  run.use(generation_of_rules(R"(alert http any any -> any any (msg:"b"; http.uri; content:"/other"; sid:1;))", 2));
  connection.client(get_list.size(), as_bytes(get_list));
  BOOST_TEST(run.events().empty());
  connection.client(2 * get_list.size(), as_bytes("GET /other HTTP/1.1\r\nHost: x.example\r\n\r\n"));
  BOOST_TEST((run.events() == Lines{"alert x.example matched pass"}));
  run.use(*make_generation({}, {}, 3, 1));
  connection.client(2 * get_list.size() + 40, as_bytes(get_list));
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_SUITE_END()
