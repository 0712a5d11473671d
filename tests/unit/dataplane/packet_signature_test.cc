// Signatures on packets by themselves, on what a flow is, and on what earlier matches left behind.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint32_t streams = 16;

std::unique_ptr<Generation> generation_of(const std::string& text, std::uint32_t number = 1) {
  return generation_of_rules(text, number, streams);
}

PipelineOptions options_of(Mode mode = Mode::monitor) {
  auto options = small_options(mode);
  options.record = Record::findings;
  options.payload_windows = 16;
  return options;
}

// One connection of TCP: three packets of its handshake, then one segment each way.
struct Exchange {
  explicit Exchange(const std::string& rules, Mode mode = Mode::monitor)
      : run(options_of(mode), generation_of(rules)), connection(run, 40000, 9999) {}
  std::size_t open() {
    connection.open();
    return run.events().size();
  }
  std::size_t say(const std::string& text) {
    connection.client(said, as_bytes(text));
    said += text.size();
    return run.events().size();
  }

  PipelineRun run;
  Connection connection;
  std::size_t said = 0;
};

std::string rule(const std::string& header, const std::string& options, int sid = 1) {
  return header + " any any -> any any (" + options + " sid:" + std::to_string(sid) + ";)\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packet_signature)

BOOST_AUTO_TEST_CASE(flags_are_those_of_each_packet) {
  Exchange syn{rule("alert tcp", "flags:S;")};
  BOOST_TEST(syn.open() == 1U);
  Exchange any{rule("alert tcp", "flags:A+;")};
  BOOST_TEST(any.open() == 2U);  // SYN+ACK and ACK
  BOOST_TEST(any.say("hello") == 1U);
}

BOOST_AUTO_TEST_CASE(a_rule_on_addresses_alone_is_told_once_a_direction) {
  Exchange exchange{rule("alert ip", "")};
  BOOST_TEST(exchange.open() == 2U);
  BOOST_TEST(exchange.say("hello") == 0U);
}

BOOST_AUTO_TEST_CASE(the_size_of_a_payload_is_that_of_its_packet) {
  Exchange exchange{rule("alert tcp", "dsize:>4; content:\"he\";")};
  BOOST_TEST(exchange.open() == 0U);
  BOOST_TEST(exchange.say("he") == 0U);
  BOOST_TEST(exchange.say("hello") == 1U);
  BOOST_TEST(exchange.say("hullo") == 0U);
}

BOOST_AUTO_TEST_CASE(a_packet_of_tcp_is_seen_without_its_stream) {
  Exchange packet{rule("alert tcp-pkt", "content:\"abcd\";")};
  packet.open();
  BOOST_TEST(packet.say("ab") == 0U);
  BOOST_TEST(packet.say("cd") == 0U);
  BOOST_TEST(packet.say("abcd") == 1U);
  Exchange stream{rule("alert tcp-stream", "content:\"abcd\";")};
  stream.open();
  BOOST_TEST(stream.say("ab") == 0U);
  BOOST_TEST(stream.say("cd") == 1U);
}

BOOST_AUTO_TEST_CASE(what_occurs_again_in_a_stream_is_told_again) {
  Exchange exchange{rule("alert tcp", "content:\"again\";")};
  exchange.open();
  BOOST_TEST(exchange.say("again ") == 1U);
  BOOST_TEST(exchange.say("or not ") == 0U);
  BOOST_TEST(exchange.say("again") == 1U);
}

BOOST_AUTO_TEST_CASE(pass_goes_before_drop_and_drop_before_alert) {
  Exchange passed{rule("drop tcp", "content:\"secret\";", 1) + rule("pass tcp", "content:\"sec\";", 2), Mode::enforce};
  passed.open();
  BOOST_TEST(passed.say("secret") == 0U);
  BOOST_TEST(passed.run.sent == 4U);
  Exchange dropped{rule("alert tcp", "content:\"secret\";", 1) + rule("drop tcp", "content:\"sec\";", 2),
                   Mode::enforce};
  dropped.open();
  BOOST_TEST(dropped.say("secret") == 2U);
}

// A rule on the packet itself could be tried before its content is.
BOOST_AUTO_TEST_CASE(what_lets_a_packet_pass_may_be_found_in_it_last) {
  const auto rules = rule("drop tcp", "dsize:>0;", 1) + rule("pass tcp", "content:\"let me through\";", 2);
  Exchange passed{rules, Mode::enforce};
  passed.open();
  BOOST_TEST(passed.connection.client(0, as_bytes("let me through")));
  BOOST_TEST(passed.connection.client(14, as_bytes("and what follows")));  // the flow passes from there on
  BOOST_TEST(passed.run.events().empty());
  Exchange dropped{rules, Mode::enforce};
  dropped.open();
  BOOST_TEST(!dropped.connection.client(0, as_bytes("anything else")));
  BOOST_TEST(dropped.run.events().size() == 1U);
  BOOST_TEST(dropped.connection.client(13, as_bytes("let me through")));  // what was dropped was a packet

  Exchange once{rule("alert ip", "", 1) + rule("pass tcp", "content:\"never said\";", 2)};
  BOOST_TEST(once.open() == 2U);
  BOOST_TEST(once.say("hello") == 0U);
  // What sets a bit does so before the content is read.
  Exchange sets{rule("alert tcp", "dsize:>0; flowbits:set,said;", 1) +
                rule("alert tcp", "content:\"hello\"; flowbits:isset,said;", 2) +
                rule("pass tcp", "content:\"never said\";", 3)};
  sets.open();
  BOOST_TEST(sets.say("hello") == 2U);
}

BOOST_AUTO_TEST_CASE(a_flow_that_passes_is_not_looked_at_any_more) {
  Exchange exchange{rule("alert tcp", "content:\"x\"; content:\"yz\";", 1) + rule("pass tcp", "", 2)};
  BOOST_TEST(exchange.open() == 0U);
  BOOST_TEST(exchange.say("xyz") == 0U);
}

BOOST_AUTO_TEST_CASE(bits_of_a_flow_tie_rules_together) {
  // In the file who asks stands first: who sets goes first all the same.
  Exchange exchange{rule("alert tcp", "flowbits:isset,greeted; content:\"now\";", 1) +
                    rule("alert tcp", "content:\"hello\"; flowbits:set,greeted; flowbits:noalert;", 2)};
  exchange.open();
  BOOST_TEST(exchange.say("now ") == 0U);
  BOOST_TEST(exchange.say("hello now ") == 1U);
  BOOST_TEST(exchange.say("now ") == 1U);
  Exchange once{rule("alert tcp", "flowbits:isnotset,told; content:\"now\"; flowbits:set,told;")};
  once.open();
  BOOST_TEST(once.say("now ") == 1U);
  BOOST_TEST(once.say("now ") == 0U);
}

BOOST_AUTO_TEST_CASE(numbers_of_a_flow_count) {
  Exchange exchange{rule("alert tcp", "content:\"now\"; flowint:times,+,1; flowint:times,>=,3;")};
  exchange.open();
  BOOST_TEST(exchange.say("now ") == 0U);
  BOOST_TEST(exchange.say("now ") == 0U);
  BOOST_TEST(exchange.say("now ") == 1U);
}

BOOST_AUTO_TEST_CASE(a_threshold_tells_as_often_as_it_says) {
  const auto told = [](const std::string& threshold) {
    Exchange exchange{rule("alert tcp", "content:\"now\"; " + threshold)};
    exchange.open();
    std::string times;
    for (int i = 0; i < 6; ++i) times += exchange.say("now ") == 0 ? '.' : 'x';
    exchange.run.wait(std::chrono::seconds{11});
    times += exchange.say("now ") == 0 ? '.' : 'x';
    return times;
  };
  BOOST_TEST(told("threshold:type limit, track by_src, count 2, seconds 10;") == "xx....x");
  BOOST_TEST(told("threshold:type threshold, track by_src, count 2, seconds 10;") == ".x.x.x.");
  BOOST_TEST(told("threshold:type both, track by_dst, count 3, seconds 10;") == "..x....");
  BOOST_TEST(told("detection_filter:track by_rule, count 3, seconds 10;") == "...xxx.");
  BOOST_TEST(told("threshold:type backoff, track by_flow, count 1, multiplier 2;") == "xx.x...");
}

BOOST_AUTO_TEST_CASE(bits_of_a_host_outlive_its_flows_until_they_expire) {
  PipelineRun run{options_of(),
                  generation_of(rule("alert tcp", "content:\"mark\"; xbits:set,m,track ip_src,expire 10; noalert;", 1) +
                                rule("alert tcp", "content:\"ask\"; xbits:isset,m,track ip_src;", 2))};
  auto say = [&, port = std::uint16_t{40000}](const char* text) mutable {
    Connection connection{run, ++port, 9999};
    connection.open();
    connection.client(0, as_bytes(std::string_view{text}));
    return run.events().size();
  };
  BOOST_TEST(say("ask") == 0U);
  BOOST_TEST(say("mark") == 0U);
  BOOST_TEST(say("ask") == 1U);
  run.wait(std::chrono::seconds{11});
  BOOST_TEST(say("ask") == 0U);
}

BOOST_AUTO_TEST_CASE(payload_and_message_may_come_in_one_rule) {
  Exchange exchange{rule("alert http", "content:\"Accept\"; http.uri; content:\"/a\";")};
  exchange.open();
  BOOST_TEST(exchange.say("GET /a HTTP/1.1\r\nHost: x.example\r\nAccept: */*\r\n\r\n") == 1U);
  Exchange other{rule("alert http", "content:\"Accept\"; http.uri; content:\"/a\";")};
  other.open();
  BOOST_TEST(other.say("GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n") == 0U);
}

BOOST_AUTO_TEST_CASE(payload_is_of_the_protocol_that_its_flow_speaks) {
  const auto rules = rule("alert http", "content:\"example\";");
  Exchange web{rules};
  web.open();
  BOOST_TEST(web.say("GET / HTTP/1.1\r\nHost: x.example\r\n\r\n") == 1U);
  Exchange other{rules};
  other.open();
  BOOST_TEST(other.say("\x80\x81 example of something else") == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_flow_speaks_is_told_once) {
  Exchange web{rule("alert tcp", "app-layer-protocol:http;")};
  BOOST_TEST(web.open() == 0U);
  BOOST_TEST(web.say("GET / HTTP/1.1\r\nHost: x.example\r\n\r\n") == 1U);
  BOOST_TEST(web.say("GET / HTTP/1.1\r\nHost: x.example\r\n\r\n") == 0U);
}

BOOST_AUTO_TEST_CASE(drop_of_a_packet_alone_lets_the_flow_live) {
  Exchange exchange{rule("drop tcp", "dsize:5;"), Mode::enforce};
  exchange.open();
  BOOST_TEST(exchange.say("hello") == 1U);
  BOOST_TEST(exchange.say("hi") == 0U);
  BOOST_TEST(exchange.connection.client(exchange.said, as_bytes(std::string_view{"ok"})));
}

BOOST_AUTO_TEST_SUITE_END()
