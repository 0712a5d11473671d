#include "dataplane/stream/stream.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::size_t browser_hello = 2080;  // with post-quantum key shares: two or three segments

std::string request(std::string_view host, std::string_view target = "/") {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: " + std::string{host} + "\r\nUser-Agent: test\r\n\r\n";
}

std::string filler(std::size_t size) { return std::string(size, 'x'); }

// The order in which three segments come.
constexpr std::size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

Lines without_flows(Lines lines) {
  std::erase_if(lines, [](const auto& line) { return line.starts_with("flow "); });
  return lines;
}

const Lines hello_seen{"alert www.listed.example handshake pass", "tls www.listed.example"};
const Lines hello_dropped{"alert www.listed.example handshake drop", "tls www.listed.example"};

// One of many connections through the same run, each on ports of its own; its flow is gone before the next.
struct Trial {
  explicit Trial(PipelineRun& run, std::uint16_t server_port = 443) : run(run), tcp(run, 40000, server_port) {
    tcp.open();
  }
  ~Trial() {
    run.pipeline().finish(run.now, 0);
    (void)run.events();
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  PipelineRun& run;
  Connection tcp;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(a_hello_in_two_segments_cut_anywhere_is_read_once) {
  PipelineRun run;
  const auto hello = client_hello();
  for (std::size_t cut = 1; cut < hello.size(); ++cut) {
    for (const bool later_first : {false, true}) {
      Trial trial{run};
      const auto send = [&](bool first) {
        return first ? trial.tcp.client(0, part(hello, 0, cut)) : trial.tcp.client(cut, part(hello, cut, hello.size()));
      };
      BOOST_REQUIRE(send(!later_first));
      BOOST_REQUIRE_MESSAGE(run.events().empty(), "cut at " << cut);
      BOOST_REQUIRE(send(later_first));
      BOOST_REQUIRE_MESSAGE(run.events() == hello_seen, "cut at " << cut);
      BOOST_REQUIRE(send(!later_first));  // again: nothing new
      BOOST_REQUIRE(run.events().empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(enforce_drops_the_segment_that_completes_the_hello_and_all_that_follow) {
  PipelineRun run{small_options(Mode::enforce)};
  const auto hello = client_hello();
  for (std::size_t cut = 1; cut < hello.size(); ++cut) {
    for (const bool later_first : {false, true}) {
      Trial trial{run};
      const auto send = [&](bool first) {
        return first ? trial.tcp.client(0, part(hello, 0, cut)) : trial.tcp.client(cut, part(hello, cut, hello.size()));
      };
      BOOST_REQUIRE(send(!later_first));
      BOOST_REQUIRE_MESSAGE(!send(later_first), "cut at " << cut);
      BOOST_REQUIRE(run.events() == hello_dropped);
      // Retransmissions, the server's answer, and a bare acknowledgement.
      BOOST_REQUIRE(!send(true));
      BOOST_REQUIRE(!send(false));
      BOOST_REQUIRE(!trial.tcp.client(0, hello));
      BOOST_REQUIRE(!trial.tcp.server(0, as_bytes("x"), hello.size()));
      BOOST_REQUIRE(!trial.tcp.client(hello.size(), {}));
      BOOST_REQUIRE(run.events().empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_browser_hello_in_three_segments_in_every_order_with_copies_and_overlaps) {
  PipelineRun run{small_options(Mode::enforce)};
  const auto hello = client_hello(browser_hello);
  for (std::size_t first = 1; first < browser_hello - 1; first += 211) {
    for (std::size_t second = first + 1; second < browser_hello; second += 307) {
      const std::size_t begin[] = {0, first, second};
      const std::size_t end[] = {first, second, browser_hello};
      for (const auto& order : orders) {
        for (const std::size_t overlap : {0, 1, 100}) {
          Trial trial{run};
          for (std::size_t i = 0; i < 3; ++i) {
            const auto n = order[i];
            const auto from = begin[n] - std::min(begin[n], overlap);
            const auto to = std::min(end[n] + overlap, browser_hello);
            const bool passed = trial.tcp.client(from, part(hello, from, to));
            if (i == 0) BOOST_REQUIRE(trial.tcp.client(from, part(hello, from, to)) == passed);  // a copy
            if (overlap == 0) BOOST_REQUIRE(passed == (i < 2));
          }
          BOOST_REQUIRE_MESSAGE(run.events() == hello_dropped, "cuts " << first << " and " << second << ", order "
                                                                       << order[0] << order[1] << order[2]
                                                                       << ", overlap " << overlap);
          BOOST_REQUIRE(!trial.tcp.client(0, part(hello, 0, first)));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_hello_behind_a_fin_that_overtook_it_is_read) {
  PipelineRun run{small_options(Mode::enforce)};
  const auto hello = client_hello();
  Trial trial{run};
  BOOST_TEST(trial.tcp.client(100, part(hello, 100, hello.size()), tcp_flag::ack | tcp_flag::fin));
  BOOST_TEST(!trial.tcp.client(0, part(hello, 0, 100)));
  BOOST_TEST((run.events() == hello_dropped));
}

BOOST_AUTO_TEST_CASE(of_two_copies_that_differ_both_are_read) {
  PipelineRun run;
  const auto hello = client_hello();
  auto other = hello;
  for (std::size_t i = 120; i < 200; ++i) other[i] = 'z';
  Trial trial{run};
  BOOST_TEST(trial.tcp.client(100, part(hello, 100, hello.size())));
  BOOST_TEST(trial.tcp.client(0, part(other, 0, 300)));
  // What is in order takes the place of what Linux has queued ahead of it; the other copy is read too.
  BOOST_TEST((run.events() == hello_seen));
  BOOST_TEST(run.count(TcpAnomaly::overlap) == 1U);
}

BOOST_AUTO_TEST_CASE(requests_in_a_row_in_one_segment_are_all_read) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto all = request("a.example", "/1") + request("www.listed.example", "/2") + request("b.example", "/3");
  BOOST_TEST(trial.tcp.client(0, as_bytes(all)));
  BOOST_TEST((run.events() == Lines{"alert www.listed.example data-sent pass", "http a.example /1",
                                    "http www.listed.example /2", "http b.example /3"}));
}

BOOST_AUTO_TEST_CASE(requests_in_a_row_cut_anywhere_into_two_segments_in_both_orders) {
  PipelineRun run;
  const auto all = "POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 20\r\n\r\n" + filler(20) +
                   "POST /2 HTTP/1.1\r\nHost: b.example\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n14\r\n" +
                   filler(20) + "\r\n0\r\nTrailer: t\r\n\r\n" + request("listed.example", "/3");
  const Lines expected{"alert listed.example data-sent pass", "http a.example /1", "http b.example /2",
                       "http listed.example /3"};
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    for (const bool later_first : {false, true}) {
      Trial trial{run, 80};
      for (const bool first : {!later_first, later_first})
        BOOST_REQUIRE(first ? trial.tcp.client(0, part(as_bytes(all), 0, cut))
                            : trial.tcp.client(cut, part(as_bytes(all), cut, all.size())));
      BOOST_REQUIRE_MESSAGE(run.events() == expected, "cut at " << cut << (later_first ? ", later first" : ""));
      BOOST_REQUIRE(!run.uninspected);
    }
  }
}

BOOST_AUTO_TEST_CASE(requests_byte_by_byte) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto all = request("a.example", "/1") + "POST /2 HTTP/1.1\r\nHost: b.example\r\nContent-Length: 3\r\n\r\nabc" +
                   request("c.example", "/3");
  for (std::size_t at = 0; at < all.size(); ++at) trial.tcp.client(at, part(as_bytes(all), at, at + 1));
  BOOST_TEST((run.events() == Lines{"http a.example /1", "http b.example /2", "http c.example /3"}));
}

BOOST_AUTO_TEST_CASE(a_body_far_longer_than_the_window_is_passed_over) {
  constexpr std::size_t segment = 1400;
  constexpr std::size_t body = 100 * segment;
  for (const bool chunked : {false, true}) {
    PipelineRun run;
    Trial trial{run, 80};
    const auto head = chunked ? "POST /1 HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n22300\r\n"
                              : "POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 140000\r\n\r\n";
    static_assert(body == 0x222e0 && body == 140000);
    auto all = std::string{head} + filler(chunked ? 0x22300 : body) + (chunked ? "\r\n0\r\n\r\n" : "") +
               request("b.example", "/2");
    for (std::size_t at = 0; at < all.size(); at += segment) {
      const auto end = std::min(at + segment, all.size());
      if (at == 20 * segment) continue;  // lost inside the body: nobody needs it
      BOOST_REQUIRE(trial.tcp.client(at, part(as_bytes(all), at, end)));
    }
    BOOST_TEST((run.events() == Lines{"http a.example /1", "http b.example /2"}));
    BOOST_TEST(run.count(UninspectedReason::stream_gap) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(inside_a_connect_tunnel_the_handshake_is_read) {
  PipelineRun run{small_options(Mode::enforce)};
  const auto hello = client_hello();
  Trial trial{run, 3128};
  const std::string connect = "CONNECT proxy.example:443 HTTP/1.1\r\nHost: proxy.example:443\r\n\r\n";
  const std::string granted = "HTTP/1.1 200 Connection established\r\n\r\n";
  BOOST_TEST(trial.tcp.client(0, as_bytes(connect)));
  BOOST_TEST(trial.tcp.server(0, as_bytes(granted), connect.size()));
  BOOST_TEST(trial.tcp.client(connect.size(), part(hello, 0, 200)));
  BOOST_TEST(!trial.tcp.client(connect.size() + 200, part(hello, 200, hello.size())));
  BOOST_TEST(
      (run.events() == Lines{"alert www.listed.example handshake drop", "http proxy.example:443 proxy.example:443",
                             "http - - 200", "tls www.listed.example"}));
}

BOOST_AUTO_TEST_CASE(after_a_gap_that_the_far_end_confirms_the_next_request_is_found) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto first = request("a.example", "/1");
  const auto lost = request("lost.example", "/2");
  const auto third = request("listed.example", "/3");
  const auto behind = first.size() + lost.size();
  trial.tcp.client(0, as_bytes(first));
  trial.tcp.client(behind, as_bytes(third));
  BOOST_TEST((run.events() == Lines{"http a.example /1"}));
  trial.tcp.server(0, {}, first.size());  // the far end waits too: late is not lost
  BOOST_TEST(run.events().empty());
  BOOST_TEST(!run.uninspected);
  trial.tcp.server(0, {}, behind + third.size());
  BOOST_TEST((run.events() == Lines{"alert listed.example data-sent pass", "http listed.example /3"}));
  BOOST_TEST((run.uninspected == UninspectedReason::stream_gap));
}

BOOST_AUTO_TEST_CASE(a_confirmed_gap_inside_a_request_costs_that_request_alone) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto broken = "GET /1 HTTP/1.1\r\nHost: a.example\r\nCookie: " + filler(300) + "\r\n\r\n";
  const auto next = request("listed.example", "/2");
  trial.tcp.client(0, part(as_bytes(broken), 0, 100));
  trial.tcp.client(broken.size(), as_bytes(next));
  BOOST_TEST(run.events().empty());
  trial.tcp.server(0, {}, broken.size() + next.size());
  BOOST_TEST(
      (run.events() == Lines{"alert listed.example data-sent pass", "http a.example /1", "http listed.example /2"}));
  BOOST_TEST((run.uninspected == UninspectedReason::stream_gap));
}

BOOST_AUTO_TEST_CASE(bytes_too_far_ahead_are_a_gap_and_a_message_larger_than_the_window_is_counted) {
  {
    PipelineRun run;
    Trial trial{run, 80};
    trial.tcp.client(0, as_bytes(request("a.example", "/1")));
    trial.tcp.client(60'000, as_bytes(request("b.example", "/2")));
    BOOST_TEST((run.uninspected == UninspectedReason::stream_gap));
    BOOST_TEST((run.events() == Lines{"http a.example /1"}));
    // One segment far ahead proves nothing, the far end's word does: what comes next is read.
    trial.tcp.client(request("a.example", "/1").size(), as_bytes(request("c.example", "/3")));
    BOOST_TEST((run.events() == Lines{"http c.example /3"}));
    const auto behind = 60'000 + request("b.example", "/2").size();
    trial.tcp.server(0, {}, behind);
    trial.tcp.client(behind, as_bytes(request("d.example", "/4")));
    BOOST_TEST((run.events() == Lines{"http d.example /4"}));
  }
  {
    PipelineRun run;
    Trial trial{run, 80};
    const auto head = "GET /1 HTTP/1.1\r\nHost: listed.example\r\nCookie: " + filler(2 * ReassemblyBuffer::window);
    for (std::size_t at = 0; at < head.size(); at += 1000)
      trial.tcp.client(at, part(as_bytes(head), at, std::min(at + 1000, head.size())));
    // What is certain of it is still said.
    BOOST_TEST((run.events() == Lines{"alert listed.example data-sent pass", "http listed.example /1"}));
    BOOST_TEST(run.count(UninspectedReason::handshake_size) == 1U);
    BOOST_TEST(run.pipeline().counters().flows_created == 1U);
  }
  {
    PipelineRun run;
    Trial trial{run};
    const auto hello = client_hello(12000);
    for (std::size_t at = 0; at < hello.size(); at += 1000) trial.tcp.client(at, part(hello, at, at + 1000));
    BOOST_TEST(run.events().empty());
    BOOST_TEST(run.count(UninspectedReason::handshake_size) == 1U);
  }
}

BOOST_AUTO_TEST_CASE(many_small_holes_never_lose_a_stream_for_good) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto head = "GET /1 HTTP/1.1\r\nHost: a.example\r\nCookie: " + filler(200) + "\r\n\r\n";
  // More holes than are kept: every second byte first, then the others, then all again as a retransmission.
  for (std::size_t at = 1; at < head.size(); at += 2) trial.tcp.client(at, part(as_bytes(head), at, at + 1));
  for (std::size_t at = 0; at < head.size(); at += 2) trial.tcp.client(at, part(as_bytes(head), at, at + 1));
  trial.tcp.client(0, as_bytes(head));
  BOOST_TEST((run.events() == Lines{"http a.example /1"}));
}

BOOST_AUTO_TEST_CASE(a_listed_name_in_a_tcp_dns_message_drops_it_and_its_retransmission) {
  PipelineRun run{small_options(Mode::enforce)};
  Trial trial{run, 53};
  const auto message = with_length(dns_query("www.listed.example"));
  BOOST_TEST(!trial.tcp.client(0, message));
  BOOST_TEST(!trial.tcp.client(0, message));
  BOOST_TEST((run.events() == Lines{"alert www.listed.example looked-up drop", "dns query www.listed.example"}));
}

BOOST_AUTO_TEST_CASE(dns_messages_two_in_a_segment_and_one_in_three_segments_in_every_order) {
  PipelineRun run;
  const auto one = with_length(dns_query("a.example"));
  const auto two = with_length(dns_query("listed.example"));
  auto both = one;
  put(both, two);
  for (std::size_t first = 1; first < both.size() - 1; first += 3) {
    for (std::size_t second = first + 1; second < both.size(); second += 5) {
      const std::size_t begin[] = {0, first, second, both.size()};
      for (const auto& order : orders) {
        Trial trial{run, 53};
        for (const auto n : order) trial.tcp.client(begin[n], part(both, begin[n], begin[n + 1]));
        BOOST_REQUIRE_MESSAGE((run.events() == Lines{"alert listed.example looked-up pass", "dns query a.example",
                                                     "dns query listed.example"}),
                              "cuts " << first << " and " << second);
      }
    }
  }
  Trial trial{run, 53};
  trial.tcp.client(0, both);
  BOOST_TEST(run.events().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_connection_whose_start_was_not_seen_is_followed_only_where_that_is_wanted) {
  for (const bool midstream : {true, false}) {
    auto options = small_options();
    options.midstream = midstream;
    PipelineRun run{options};
    Connection tcp{run};
    tcp.client(0, client_hello());
    BOOST_TEST((run.events() == (midstream ? hello_seen : Lines{})));
    BOOST_TEST(run.count(UninspectedReason::midstream) == (midstream ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_CASE(data_in_the_syn_is_read) {  // RFC 7413
  PipelineRun run;
  Connection tcp{run};
  const auto hello = client_hello();
  run.send(tcp_frame(tcp.at(), Connection::client_isn, 0, tcp_flag::syn, part(hello, 0, 300)));
  tcp.client(300, part(hello, 300, hello.size()));
  BOOST_TEST((run.events() == hello_seen));
}

BOOST_AUTO_TEST_CASE(without_a_free_buffer_the_oldest_gives_way_and_is_counted) {
  auto options = small_options(Mode::enforce);
  options.reassembly_buffers = 1;
  PipelineRun run{options};
  const auto hello = client_hello();
  Connection first{run, 40000};
  Connection second{run, 40001};
  first.open();
  second.open();
  BOOST_TEST(first.client(0, part(hello, 0, 100)));
  BOOST_TEST(second.client(0, part(hello, 0, 100)));
  // The first has had the buffer longest, and gives it up.
  BOOST_TEST(first.client(100, part(hello, 100, hello.size())));
  BOOST_TEST((run.uninspected == UninspectedReason::buffer_full));
  BOOST_TEST(run.events().empty());
  BOOST_TEST(!second.client(100, part(hello, 100, hello.size())));
  BOOST_TEST((run.events() == hello_dropped));
  Connection third{run, 40002};
  third.open();
  BOOST_TEST(third.client(0, part(hello, 0, 100)));  // and gave it back
  BOOST_TEST(!third.client(100, part(hello, 100, hello.size())));
}

BOOST_AUTO_TEST_CASE(what_the_snap_length_cut_off_is_not_waited_for) {
  PipelineRun run;
  Trial trial{run, 80};
  const auto head = "GET /1 HTTP/1.1\r\nHost: listed.example\r\nCookie: " + filler(100) + "\r\n\r\n";
  auto frame =
      tcp_frame(trial.tcp.at(), Connection::client_isn + 1, Connection::server_isn + 1, tcp_flag::ack, as_bytes(head));
  const auto whole = frame.size();
  frame.resize(whole - 60);
  run.send(frame, [&](Packet& packet) { packet.wire_length = static_cast<std::uint32_t>(whole); });
  BOOST_TEST((run.events() == Lines{"alert listed.example data-sent pass", "http listed.example /1"}));
  trial.tcp.client(head.size(), as_bytes(request("b.example", "/2")));
  trial.tcp.server(0, {}, head.size() + 100);
  BOOST_TEST((without_flows(run.events()) == Lines{"http b.example /2"}));
}

BOOST_AUTO_TEST_SUITE_END()
