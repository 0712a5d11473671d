// HTTP on its way through the pipeline: requests and responses as one event, bodies and tunnels, HTTP/2 and WebSocket.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;
using quic_samples::from_hex;

namespace {

// "imei=123456789012345&" eight times over, by Python's gzip.
constexpr std::string_view gzip_body =
    "1f8b0800000000000203cbcc4dcdb435343236313533b7b03400b3d432079f2000d2752a53a8000000";

PipelineRun run_with(const std::string& rules) {
  auto options = small_options();
  options.record = Record::findings;
  return PipelineRun{options, generation_of_rules(rules)};
}

std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a.example\r\n" + std::string{more} + "\r\n";
}

std::string text_of_hex(std::string_view hex) { return std::string{as_text(from_hex(hex))}; }

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A connection whose two sides speak in turn.
struct Talk {
  explicit Talk(PipelineRun& run, std::uint16_t port = 80) : tcp(run, 40000, port) { tcp.open(); }
  void client(std::string_view text) {
    tcp.client(sent, as_bytes(text));
    sent += text.size();
  }
  void server(std::string_view text) {
    tcp.server(received, as_bytes(text), sent);
    received += text.size();
  }
  void closes() {
    tcp.client(sent, {}, tcp_flag::ack | tcp_flag::fin);
    tcp.server(received, {}, sent + 1, tcp_flag::ack | tcp_flag::fin);
  }
  Connection tcp;
  std::size_t sent = 0;
  std::size_t received = 0;
};

void end(PipelineRun& run) { run.pipeline().finish(run.now, 0); }

}  // namespace

BOOST_AUTO_TEST_SUITE(http_pipeline)

BOOST_AUTO_TEST_CASE(pipelined_requests_get_their_responses_in_order) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(get("/1") + "HEAD /2 HTTP/1.1\r\nHost: a.example\r\n\r\n" + get("/3"));
  BOOST_TEST(run.events().empty());
  talk.server("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nno");
  BOOST_TEST((run.events() == Lines{"http a.example /1 404"}));
  // The answer to HEAD has no body whatever it says.
  talk.server("neHTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n");
  BOOST_TEST((run.events() == Lines{"http a.example /2 200", "http a.example /3 304"}));
}

BOOST_AUTO_TEST_CASE(interim_answers_complete_nothing) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client("POST /up HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  talk.server("HTTP/1.1 100 Continue\r\n\r\n");
  talk.server("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  BOOST_TEST(run.events().empty());
  talk.client("abc" + get("/2"));
  talk.server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" + ok);
  BOOST_TEST((run.events() == Lines{"http a.example /up 201", "http a.example /2 200"}));
}

BOOST_AUTO_TEST_CASE(a_chunked_response_is_complete_behind_its_last_chunk) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(get("/1") + get("/2"));
  talk.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  BOOST_TEST(run.events().empty());
  talk.server("lo\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  BOOST_TEST((run.events() == Lines{"http a.example /1 200", "http a.example /2 204"}));
}

BOOST_AUTO_TEST_CASE(what_gets_no_answer_is_sent_at_the_end_of_the_flow) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(get("/1"));
  BOOST_TEST(run.events().empty());
  end(run);
  BOOST_TEST((run.events() == Lines{"http a.example /1", "flow http shutdown"}));
}

BOOST_AUTO_TEST_CASE(one_direction_alone_waits_for_nothing) {
  PipelineRun run{with_queues()};
  const auto at = ends("192.168.1.10", 40000, "198.51.100.7", 80);
  run.send(tcp_frame(at, 999, 0, tcp_flag::syn));
  run.send(tcp_frame(at, 1000, 1, tcp_flag::ack, as_bytes(get("/1"))));
  BOOST_TEST((run.events() == Lines{"http a.example /1"}));
  const auto other = ends("198.51.100.7", 80, "192.168.1.11", 40000);
  run.send(tcp_frame(other, 1000, 1, tcp_flag::ack, as_bytes(ok)));
  BOOST_TEST((run.events() == Lines{"http - - 200"}));
}

BOOST_AUTO_TEST_CASE(where_a_piece_is_missing_nothing_is_paired_any_more) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(get("/1"));
  talk.tcp.server(10, as_bytes(ok), talk.sent);
  talk.tcp.client(talk.sent, {});
  BOOST_TEST(run.events().empty());
  // The client has what the tap has not seen.
  run.send(tcp_frame(talk.tcp.at(), Connection::client_isn + 1 + static_cast<std::uint32_t>(talk.sent),
                     Connection::server_isn + 1 + 10 + static_cast<std::uint32_t>(ok.size()), tcp_flag::ack));
  BOOST_TEST((run.events() == Lines{"http a.example /1", "http - - 200"}));
}

BOOST_AUTO_TEST_CASE(more_requests_than_are_kept_are_sent_alone) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  for (std::size_t i = 0; i < HttpPairing::limit; ++i) talk.client(get("/"));
  BOOST_TEST(run.events().empty());
  talk.client(get("/"));
  BOOST_TEST(run.events().size() == HttpPairing::limit + 1);
  talk.server(ok);
  BOOST_TEST((run.events() == Lines{"http - - 200"}));
}

BOOST_AUTO_TEST_CASE(a_refused_tunnel_is_http_and_a_granted_one_is_not) {
  PipelineRun run{with_queues()};
  Talk talk{run, 3128};
  talk.client("CONNECT b.example:443 HTTP/1.1\r\n\r\n");
  talk.server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno");
  talk.client("CONNECT b.example:443 HTTP/1.1\r\n\r\n");
  talk.server("HTTP/1.1 200 Connection established\r\n\r\n");
  BOOST_TEST((run.events() == Lines{"http b.example:443 b.example:443 407", "http b.example:443 b.example:443 200"}));
  talk.client(as_text(client_hello()));
  BOOST_TEST((run.events() == Lines{"alert www.listed.example handshake pass"}));  // the hello waits for its answer
}

// Zeek's capture of the same (variant-03-cl_negative) was the reason.
BOOST_AUTO_TEST_CASE(behind_a_length_that_is_none_the_next_request_is_read) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client("POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: -1\r\n\r\n" + get("/smuggled"));
  BOOST_TEST((run.events() == Lines{"http a.example /1", "http a.example /smuggled"}));
  BOOST_TEST((run.uninspected == UninspectedReason::parse_error));
}

BOOST_AUTO_TEST_CASE(no_coding_at_all_behind_the_chunks_changes_nothing) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client("POST /1 HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" +
              get("/2"));
  talk.server(ok + ok);
  BOOST_TEST((run.events() == Lines{"http a.example /1 200", "http a.example /2 200"}));
}

BOOST_AUTO_TEST_CASE(signatures_look_into_decoded_bodies) {
  const auto coded = text_of_hex(gzip_body);
  const std::string head = "Content-Encoding: gzip\r\nContent-Length: " + std::to_string(coded.size()) + "\r\n\r\n";
  auto run = run_with(
      R"(alert http any any -> any any (msg:"q"; http.request_body; content:"imei=12345678901234"; sid:1;))"
      "\n"
      R"(alert http any any -> any any (msg:"r"; http.stat_code; content:"200"; http.response_body; content:"imei=12345678901234"; sid:2;))"
      "\n"
      R"(alert http any any -> any any (msg:"s"; http.response_line; content:"HTTP/1.1 500 Oops"; http.stat_msg; content:"Oops"; sid:3;))");
  Talk talk{run};
  talk.client("POST /a HTTP/1.1\r\nHost: a.example\r\n" + head + coded.substr(0, 20));
  BOOST_TEST(run.events().empty());
  talk.client(coded.substr(20));
  BOOST_TEST((run.events() == Lines{"alert a.example matched pass"}));
  talk.server("HTTP/1.1 200 OK\r\n" + head + coded);
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  // The same with chunks between, and broken.
  talk.client(get("/b") + get("/c"));
  talk.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n" +
              coded.substr(0, 10) + "\r\n1f\r\n" + coded.substr(10) + "\r\n0\r\n\r\n");
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  talk.server("HTTP/1.1 500 Oops\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nimei");
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  BOOST_TEST(run.pipeline().counters().content_errors[ContentError::corrupt] == 1U);
}

// Identifiers stand in queries: a tap that keeps findings alone does not keep them.
BOOST_AUTO_TEST_CASE(alerts_of_a_tap_have_urls_without_their_query) {
  auto run = run_with(R"(alert http any any -> any any (msg:"u"; http.uri; content:"aid="; sid:1;))");
  Talk talk{run};
  talk.client(get("/rqd/async?aid=43b17f0e", "Referer: http://a.example/in?uid=77\r\n"));
  Lines shown;
  run.each_event([&](const Event& event) {
    for (const auto field : {Field::http_uri, Field::http_referer})
      if (const auto found = event.find(field)) shown.emplace_back(found->text());
  });
  BOOST_TEST((shown == Lines{"/rqd/async", "http://a.example/in"}));
}

BOOST_AUTO_TEST_CASE(a_body_until_the_end_of_the_connection_is_matched_there) {
  auto run = run_with(R"(alert http any any -> any any (msg:"r"; http.response_body; content:"closing"; sid:2;))");
  Talk talk{run};
  talk.client(get("/"));
  talk.server("HTTP/1.0 200 OK\r\n\r\nclosing");
  BOOST_TEST(run.events().empty());
  talk.closes();
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
}

BOOST_AUTO_TEST_CASE(websocket_messages_are_matched_without_their_mask) {
  auto run = run_with(R"(alert tcp any any -> any any (msg:"w"; content:"Hello"; offset:0; depth:5; sid:1;))");
  Talk talk{run};
  talk.client(get("/chat", "Upgrade: websocket\r\nConnection: Upgrade\r\n"));
  talk.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n");
  talk.client(text_of_hex("818537fa213d"));
  BOOST_TEST(run.events().empty());
  talk.client(text_of_hex("7f9f4d5158"));  // "Hello", RFC 6455 section 5.7
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  talk.server(text_of_hex("c107f248cdc9c90700"));  // RFC 7692 section 7.2.3.1
  BOOST_TEST((run.uninspected == UninspectedReason::compressed));
}

// Frames as RFC 9113 lays them out, field blocks from RFC 7541 appendix C.4 and by hand.
BOOST_AUTO_TEST_CASE(http_2_streams_are_transactions) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(std::string{http2_preface} + text_of_hex("000006040000000000"
                                                       "000300000064"));
  BOOST_TEST((run.events() == Lines{"http - -"}));  // settings
  talk.server(
      text_of_hex("000000040000000000"
                  "000000040100000000"));
  BOOST_TEST((run.events() == Lines{"http - -"}));
  talk.client(
      text_of_hex("000011010500000001"
                  "828684418cf1e3c2e5f23a6ba0ab90f4ff"));
  talk.client(
      text_of_hex("00000c010500000003"
                  "828684be5886a8eb10649cbf"));
  BOOST_TEST(run.events().empty());
  talk.server(
      text_of_hex("000001010400000003"
                  "88"));  // :status 200 of the second
  BOOST_TEST((run.events() == Lines{"http www.example.com / 200"}));
  talk.server(
      text_of_hex("000005000100000003"
                  "68656c6c6f"
                  "000001010500000001"
                  "8d"));  // DATA; 404 of the first
  BOOST_TEST((run.events() == Lines{"http www.example.com / 404"}));
  end(run);
  BOOST_TEST((run.events() == Lines{"flow http2 shutdown"}));
}

BOOST_AUTO_TEST_CASE(http_2_bodies_are_matched) {
  auto run = run_with(
      R"(alert http any any -> any any (msg:"b"; http.host; content:"www.example.com"; http.request_body; content:"hello"; sid:1;))");
  Talk talk{run};
  talk.client(std::string{http2_preface} + text_of_hex("000000040000000000"));
  talk.client(
      text_of_hex("000011010400000001"
                  "838684418cf1e3c2e5f23a6ba0ab90f4ff"));  // POST
  talk.client(
      text_of_hex("000004000800000001"
                  "01"
                  "6865"
                  "00"
                  "000003000100000001"
                  "6c6c"));
  BOOST_TEST(run.events().empty());
  talk.client("o");
  BOOST_TEST((run.events() == Lines{"alert www.example.com matched pass"}));
}

BOOST_AUTO_TEST_CASE(floods_of_http_2_end_the_reading_and_are_counted) {
  PipelineRun run{with_queues()};
  {
    Talk talk{run};
    talk.client(std::string{http2_preface} + text_of_hex("000000040000000000"));
    std::string flood = text_of_hex(
        "000001010000000001"
        "82");
    for (int i = 0; i < 20; ++i) flood += text_of_hex("000000090000000001");
    talk.client(flood);
    BOOST_TEST((run.uninspected == UninspectedReason::http2_limit));
  }
  end(run);
  {
    Talk talk{run};
    talk.client(std::string{http2_preface} + text_of_hex("000000040000000000"));
    for (int i = 0; i < 300 && run.uninspected != UninspectedReason::http2_limit; ++i)
      talk.client(
          text_of_hex("000001010500000001"
                      "82"
                      "000004030000000001"
                      "00000008"));
    BOOST_TEST((run.uninspected == UninspectedReason::http2_limit));
  }
  end(run);
  // No more connections than there is room for; it comes back with the end of a flow.
  for (int turn = 0; turn < 2; ++turn) {
    for (std::uint16_t port = 1; port <= 3; ++port) {
      Connection tcp{run, port, 80};
      tcp.open().client(0, as_bytes(http2_preface));
      BOOST_TEST((run.uninspected == UninspectedReason::buffer_full) == (port == 3));
    }
    end(run);
  }
}

BOOST_AUTO_TEST_CASE(h2c_by_upgrade) {
  PipelineRun run{with_queues()};
  Talk talk{run};
  talk.client(get("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"));
  talk.server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" +
              text_of_hex("000006040000000000"
                          "000300000064"
                          "000001010400000001"
                          "88"));
  BOOST_TEST((run.events() == Lines{"http a.example / 101", "http - -", "http a.example / 200"}));
  talk.client(std::string{http2_preface} + text_of_hex("000000040000000000"));
  talk.client(
      text_of_hex("000011010500000003"
                  "828684418cf1e3c2e5f23a6ba0ab90f4ff"));
  talk.server(
      text_of_hex("000001010500000003"
                  "89"));  // 204
  BOOST_TEST((run.events() == Lines{"http - -", "http www.example.com / 204"}));
}

BOOST_AUTO_TEST_SUITE_END()
