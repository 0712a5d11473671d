// Signatures over the clear text of a TCP direction: what lies in several segments is found once, whatever their order.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>
#include <set>
#include <string>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint32_t streams = 64;

std::unique_ptr<Generation> generation_of(const std::string& text, std::uint32_t number = 1) {
  return generation_of_rules(text, number, streams);
}

PipelineOptions options_of(Mode mode = Mode::monitor) {
  auto options = small_options(mode);
  options.record = Record::findings;
  options.payload_windows = 64;
  return options;
}

std::string rule(const std::string& parts, int sid = 1, const std::string& action = "alert") {
  return action + R"( tcp any any -> any any (msg:"s"; )" + parts + " sid:" + std::to_string(sid) + ";)\n";
}

// Of no protocol that is known.
std::string noise(std::size_t size) {
  std::string bytes(size, '.');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(0x80 + i * 7 % 0x70);
  return bytes;
}

// Byte ranges of the client's stream in the order in which they come.
using Segments = std::vector<std::pair<std::size_t, std::size_t>>;

std::size_t alerts_on(const std::string& rules, const std::string& stream, const Segments& segments,
                      const PipelineOptions& options = options_of()) {
  PipelineRun run{options, generation_of(rules)};
  Connection connection{run, 40000, 9999};
  connection.open();
  for (const auto& [begin, end] : segments) connection.client(begin, part(as_bytes(stream), begin, end));
  return run.events().size();
}

// Every way to cut the stream in so many segments, in every order; one run for all, each a connection of its own.
void try_all_splits(const std::string& rules, const std::string& stream, std::size_t count, std::size_t expected) {
  PipelineRun run{options_of(), generation_of(rules)};
  std::uint16_t port = 1024;
  const auto attempt = [&](const std::vector<std::size_t>& cuts) {
    std::vector<std::size_t> order(cuts.size() - 1);
    std::iota(order.begin(), order.end(), 0);
    do {
      Connection connection{run, ++port, 9999};
      connection.open();
      for (const auto i : order) connection.client(cuts[i], part(as_bytes(stream), cuts[i], cuts[i + 1]));
      const auto found = run.events().size();
      connection.client(stream.size(), {}, tcp_flag::ack | tcp_flag::rst);
      if (found != expected) BOOST_ERROR("cut at " << cuts[1] << ", first " << order[0] << ": " << found);
      run.wait(std::chrono::seconds{3});  // closed flows go
      run.pipeline().housekeep(run.now, 0);
    } while (std::next_permutation(order.begin(), order.end()));
  };
  for (std::size_t first = 1; first < stream.size(); ++first) {
    if (count == 2) {
      attempt({0, first, stream.size()});
      continue;
    }
    for (std::size_t second = first + 1; second < stream.size(); ++second) attempt({0, first, second, stream.size()});
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_signature)

BOOST_AUTO_TEST_CASE(a_content_is_found_once_wherever_the_stream_is_cut) {
  const auto stream = noise(20) + "needle" + noise(14);
  try_all_splits(rule(R"(content:"needle";)"), stream, 2, 1);
  try_all_splits(rule(R"(content:"needle";)"), stream, 3, 1);
  try_all_splits(rule(R"(content:"needles";)"), stream, 2, 0);
}

BOOST_AUTO_TEST_CASE(contents_that_belong_together_are_found_wherever_the_stream_is_cut) {
  const auto stream = noise(9) + "imei" + noise(5) + "0123456" + noise(4) + "end";
  const auto rules = rule(R"(content:"imei"; content:"0123456"; distance:5; within:7; content:"end"; distance:0;)");
  try_all_splits(rules, stream, 3, 1);
  try_all_splits(rule(R"(content:"imei"; content:"0123456"; distance:6;)"), stream, 2, 0);
  try_all_splits(rule(R"(content:"imei"; offset:9; depth:4; content:"end"; fast_pattern;)"), stream, 2, 1);
}

BOOST_AUTO_TEST_CASE(expressions_and_short_contents_are_found_across_segments) {
  const auto stream = noise(7) + "id=4711;" + noise(5);
  try_all_splits(rule(R"(pcre:"/id=\d{4}\;/";)"), stream, 3, 1);
  try_all_splits(rule(R"(content:"id="; pcre:"/^\d+\;/R";)"), stream, 2, 1);
  try_all_splits(rule(R"(content:"i"; content:"d="; distance:0; within:2;)"), stream, 2, 1);
  try_all_splits(rule(R"(content:"="; content:"|3b|"; distance:4; within:1;)"), stream, 2, 1);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_rule_may_come_as_long_as_the_window_holds_its_pattern) {
  const auto rules = rule(R"(content:"longest pattern"; content:"tail"; distance:0;)");
  for (const std::size_t between : {0U, 100U, 3000U, 4000U}) {
    const auto stream = noise(5000) + "longest pattern" + noise(between) + "tail";
    Segments segments;
    for (std::size_t at = 0; at < stream.size(); at += 700) segments.push_back({at, std::min(at + 700, stream.size())});
    BOOST_TEST(alerts_on(rules, stream, segments) == 1U, between);
  }
  const auto stream = noise(5000) + "longest pattern" + noise(6000) + "tail";
  Segments segments;
  for (std::size_t at = 0; at < stream.size(); at += 700) segments.push_back({at, std::min(at + 700, stream.size())});
  BOOST_TEST(alerts_on(rules, stream, segments) == 0U);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_there_is_not_forgotten_while_the_rest_is_waited_for) {
  const auto rules = rule(R"(content:"pattern"; content:!"never"; content:"zz"; distance:0;)");
  const auto with = [&](const std::string& stream) {
    Segments segments;
    for (std::size_t at = 0; at < stream.size(); at += 500) segments.push_back({at, std::min(at + 500, stream.size())});
    return alerts_on(rules, stream, segments);
  };
  BOOST_TEST(with(noise(600) + "pattern" + noise(600) + "zz") == 1U);
  BOOST_TEST(with("never" + noise(600) + "pattern" + noise(3800) + "zz") == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_found_across_a_hole) {
  const auto stream = noise(10) + "nee|dle" + noise(10) + "needle";
  const auto without_hole = rule(R"(content:"needle";)");
  PipelineRun run{options_of(), generation_of(without_hole)};
  Connection connection{run, 40000, 9999};
  connection.open();
  connection.client(0, part(as_bytes(stream), 0, 13));
  connection.client(14, part(as_bytes(stream), 14, 27));  // "|" is missing
  connection.server(0, {}, 27);                           // and never comes: the receiver has it
  BOOST_TEST(run.events().empty());
  BOOST_TEST(run.count(UninspectedReason::stream_gap) == 1U);
  connection.client(27, part(as_bytes(stream), 27, stream.size()));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
}

// Nobody says that the missing byte will not come. There is no packet any more that could be dropped.
BOOST_AUTO_TEST_CASE(what_waits_behind_holes_is_read_when_the_flow_ends) {
  const auto stream = noise(10) + "nee|dle" + noise(10) + "needle" + noise(10) + "|thread";
  for (const auto mode : {Mode::monitor, Mode::enforce}) {
    const auto rules = rule(R"(content:"needle";)", 1, "drop") + rule(R"(content:"thread";)", 2);
    PipelineRun run{options_of(mode), generation_of(rules)};
    Connection connection{run, 40000, 9999};
    connection.open();
    connection.client(0, part(as_bytes(stream), 0, 13));
    connection.client(14, part(as_bytes(stream), 14, 43));
    connection.client(44, part(as_bytes(stream), 44, stream.size()));
    BOOST_TEST(run.events().empty());
    run.pipeline().finish(run.now, run.sent);
    BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass", "alert 198.51.100.7 matched pass"}));
    BOOST_TEST(run.count(UninspectedReason::stream_gap) == 0U);
  }
}

// Nobody says what came before, or between: no content is found across two segments.
BOOST_AUTO_TEST_CASE(of_a_connection_that_is_not_followed_each_segment_is_seen_by_itself) {
  auto options = options_of();
  options.midstream = false;
  options.payload_depths.unknown = 60;
  PipelineRun run{options, generation_of(rule(R"(content:"needle";)"))};
  Connection connection{run, 40000, 9999};
  connection.client(0, as_bytes(std::string_view{"a needle"}));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  BOOST_TEST(run.count(UninspectedReason::midstream) == 1U);
  connection.client(8, as_bytes(std::string_view{"another nee"}));
  connection.client(19, as_bytes(std::string_view{"dle"}));
  BOOST_TEST(run.events().empty());
  const auto rest = noise(40);
  connection.client(22, as_bytes(rest));
  connection.client(62, as_bytes(std::string_view{"a needle behind what shall be seen"}));
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_CASE(the_packet_that_completes_a_match_carries_the_verdict) {
  const auto stream = noise(10) + "needle";
  for (const auto mode : {Mode::monitor, Mode::enforce}) {
    PipelineRun run{options_of(mode), generation_of(rule(R"(content:"needle";)", 1, "drop"))};
    Connection connection{run, 40000, 9999};
    connection.open();
    BOOST_TEST(connection.client(0, part(as_bytes(stream), 0, 12)));
    BOOST_TEST(connection.client(14, part(as_bytes(stream), 14, 16)));
    BOOST_TEST(run.events().empty());
    const bool passes = mode == Mode::monitor;
    BOOST_TEST(connection.client(12, part(as_bytes(stream), 12, 14)) == passes);
    BOOST_TEST((run.events() == Lines{passes ? "alert 198.51.100.7 matched pass" : "alert 198.51.100.7 matched drop"}));
    BOOST_TEST(connection.client(14, part(as_bytes(stream), 14, 16)) == passes);
  }
}

BOOST_AUTO_TEST_CASE(new_rules_see_what_came_before_them) {
  const auto stream = noise(3000) + "needle" + noise(200) + "thread";
  PipelineRun run{options_of(), generation_of(rule(R"(content:"nothing";)"))};
  Connection connection{run, 40000, 9999};
  connection.open();
  connection.client(0, part(as_bytes(stream), 0, 1400));
  connection.client(1400, part(as_bytes(stream), 1400, 2800));
  connection.client(2800, part(as_bytes(stream), 2800, 3003));
  run.use(generation_of(rule(R"(content:"needle";)") + rule(R"(content:"thread";)", 2), 2));
  connection.client(3003, part(as_bytes(stream), 3003, 3010));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  BOOST_TEST(run.pipeline().counters().stream_restarted == 1U);
  connection.client(3010, part(as_bytes(stream), 3010, stream.size()));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  // What stands in the window is found by rules that come later, once.
  run.use(generation_of(rule(R"(content:"thread";)"), 3));
  connection.client(stream.size(), as_bytes("x"));
  connection.client(stream.size() + 1, as_bytes("y"));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
  BOOST_TEST(run.pipeline().counters().stream_restarted == 2U);
}

BOOST_AUTO_TEST_CASE(without_a_window_each_piece_is_matched_alone) {
  auto options = options_of();
  options.payload_windows = 1;
  PipelineRun run{options, generation_of(rule(R"(content:"needle";)"))};
  const auto stream = noise(10) + "needle";
  Connection first{run, 40000, 9999};
  first.open();
  first.client(0, part(as_bytes(stream), 0, 12));
  Connection second{run, 40001, 9999};
  second.open();
  second.client(0, part(as_bytes(stream), 0, 12));
  second.client(12, part(as_bytes(stream), 12, stream.size()));
  BOOST_TEST(run.events().empty());
  BOOST_TEST(run.pipeline().counters().payload_windows_full == 2U);
  second.client(stream.size(), as_bytes("needle"));
  BOOST_TEST(run.events().size() == 1U);
  first.client(12, part(as_bytes(stream), 12, stream.size()));
  BOOST_TEST(run.events().size() == 1U);
  // An end gives the window back.
  first.client(stream.size(), {}, tcp_flag::ack | tcp_flag::rst);
  run.wait(std::chrono::seconds{3});
  run.pipeline().housekeep(run.now, 0);
  Connection third{run, 40002, 9999};
  third.open();
  third.client(0, part(as_bytes(stream), 0, 12));
  third.client(12, part(as_bytes(stream), 12, stream.size()));
  BOOST_TEST(run.events().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_direction_is_seen_as_far_as_its_depth) {
  auto options = options_of();
  options.payload_depths.unknown = 100;
  const auto rules = rule(R"(content:"needle";)");
  const auto whole = noise(94) + "needle" + noise(50);
  const auto cut = noise(95) + "needle" + noise(50);
  BOOST_TEST(alerts_on(rules, whole, {{0, 97}, {97, 150}}, options) == 1U);
  BOOST_TEST(alerts_on(rules, cut, {{0, 97}, {97, 150}}, options) == 0U);
  options.payload_depths.unknown = 0;
  BOOST_TEST(alerts_on(rules, cut, {{0, 97}, {97, 150}}, options) == 1U);

  options.payload_depths.unknown = 100;
  PipelineRun run{options, generation_of(rules)};
  Connection connection{run, 40000, 9999};
  connection.open();
  connection.client(0, part(as_bytes(whole), 0, 60));
  BOOST_TEST(!run.uninspected);
  connection.client(60, part(as_bytes(whole), 60, 120));
  BOOST_TEST(!run.uninspected);
  connection.client(120, part(as_bytes(whole), 120, 140));
  BOOST_TEST((run.uninspected == UninspectedReason::depth));
  connection.client(140, part(as_bytes(whole), 140, 150));
  BOOST_TEST((run.uninspected == UninspectedReason::depth));
}

BOOST_AUTO_TEST_CASE(a_body_of_http_is_seen_too_and_what_follows_is_parsed) {
  const std::string body = noise(6000) + "needle" + noise(3000);
  const auto stream = "POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body + "GET /b HTTP/1.1\r\nHost: b.example\r\n\r\n";
  const auto rules = rule(R"(content:"needle";)") +
                     R"(alert http any any -> any any (msg:"h"; http.uri; content:"/b"; sid:2;))" + "\n";
  for (const std::size_t step : {1U, 3U, 7U, 1400U}) {
    PipelineRun run{options_of(), generation_of(rules)};
    Connection connection{run, 40000, 80};
    connection.open();
    const auto size = step == 1400 ? step : 300 + step;
    for (std::size_t at = 0; at < stream.size(); at += size)
      connection.client(at, part(as_bytes(stream), at, std::min(at + size, stream.size())));
    BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass", "alert b.example matched pass"}), step);
  }
  // Far ahead of what is missing: the next request is read nevertheless, and pieces of the body by themselves.
  PipelineRun run{options_of(), generation_of(rules)};
  Connection connection{run, 40000, 80};
  connection.open();
  connection.client(0, part(as_bytes(stream), 0, 200));
  connection.client(8000, part(as_bytes(stream), 8000, stream.size()));
  BOOST_TEST((run.events() == Lines{"alert b.example matched pass"}));
  connection.client(5500, part(as_bytes(stream), 5500, 6900));
  BOOST_TEST((run.events() == Lines{"alert 198.51.100.7 matched pass"}));
}

BOOST_AUTO_TEST_CASE(what_keeps_a_parser_waiting_hides_nothing_from_signatures) {
  // A head of HTTP that never ends, and a line that may be one of mail, both longer than a parser waits.
  for (const std::string start : {"GET / HTTP/1.1\r\nHost: a.example\r\nX: ", "220 "}) {
    const auto stream = start + std::string(9000, 'x') + "needle";
    for (const std::size_t size : {1000U, 1400U, 5000U}) {
      Segments segments;
      for (std::size_t at = 0; at < stream.size(); at += size)
        segments.push_back({at, std::min(at + size, stream.size())});
      BOOST_TEST(alerts_on(rule(R"(content:"xneedle";)"), stream, segments) == 1U, start << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(ciphertext_is_not_seen) {
  PipelineRun run{options_of(), generation_of(rule(R"(content:"needle";)"))};
  Connection connection{run, 40000, 443};
  connection.open();
  connection.client(0, client_hello());
  const std::string record{"\x17\x03\x03\x00\x06needle", 11};  // application data (RFC 8446 section 5.1)
  connection.client(hello_size, as_bytes(record));
  BOOST_TEST(run.events().empty());
  connection.client(hello_size + record.size(), as_bytes(record));
  BOOST_TEST(run.events().empty());
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
}

BOOST_AUTO_TEST_CASE(patterns_that_come_too_often_are_looked_for_in_blocks) {
  const auto rules =
      rule(R"(content:"ab"; content:"needle|00|"; distance:0; within:600;)") + rule(R"(content:"final needle";)", 2);
  std::string stream;
  while (stream.size() < 4000) stream += "abab";
  stream += noise(300) + "needle" + noise(100) + "final needle";
  for (const std::size_t size : {37U, 100U, 1400U, 5000U}) {
    Segments segments;
    for (std::size_t at = 0; at < stream.size(); at += size)
      segments.push_back({at, std::min(at + size, stream.size())});
    BOOST_TEST(alerts_on(rules, stream, segments) == 1U, size);
  }
}

// What stands in the stream is what bytes as text hold, however they came.
BOOST_AUTO_TEST_CASE(random_contents_in_random_streams_are_found_as_a_search_finds_them) {
  std::mt19937 random{20261121};  // NOLINT(cert-msc51-cpp): the same inputs every time
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> contents;
    std::string rules;
    for (int i = 0; i < 12; ++i) {
      std::string content;
      for (auto left = 2 + below(9); left > 0; --left) content += static_cast<char>('a' + below(3));
      contents.push_back(content);
      rules += rule("content:\"" + content + "\";", i + 1);
    }
    auto options = options_of();
    PipelineRun run{options, generation_of(rules)};
    for (int flow = 0; flow < 8; ++flow) {
      std::string stream = "\x80\x81\x82";
      for (auto left = below(flow % 4 == 0 ? 9000 : 300); left > 0; --left)
        stream += static_cast<char>(below(3) == 0 ? 'a' + below(3) : 'a' + below(20));
      Segments segments;
      for (std::size_t at = 0; at < stream.size();) {
        const auto end = std::min(stream.size(), at + 1 + below(flow % 2 == 0 ? 40 : 1400));
        segments.push_back({at, end});
        at = end;
      }
      // Out of order by a few, and some twice.
      for (std::size_t i = 0; i + 1 < segments.size(); ++i)
        if (below(3) == 0) std::swap(segments[i], segments[i + 1]);
      const auto again = segments[below(segments.size())];
      segments.insert(segments.begin() + static_cast<std::ptrdiff_t>(below(segments.size() + 1)), again);
      Connection connection{run, static_cast<std::uint16_t>(2000 + round * 8 + flow), 9999};
      connection.open();
      std::set<std::uint64_t> rows;  // what stands there several times may be told several times
      for (const auto& [begin, end] : segments) {
        connection.client(begin, part(as_bytes(stream), begin, end));
        run.each_event([&](const Event& event) { rows.insert(event.find(Field::rule_row)->integer()); });
      }
      const auto found = rows.size();
      const auto expected = std::count_if(contents.begin(), contents.end(), [&](const std::string& content) {
        return stream.find(content) != std::string::npos;
      });
      BOOST_TEST(found == static_cast<std::size_t>(expected), "round " << round << " flow " << flow);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
