#include "dataplane/pipeline/pipeline.hh"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

Ends phone(std::uint16_t port, std::uint16_t server_port, const char* server = "198.51.100.7") {
  return ends("192.168.1.10", port, server, server_port);
}

// A UDP frame of a name server's answer to that query: the question again and no record.
Frame dns_response(std::string_view name) {
  auto message = dns_query(name);
  message[2] = 0x81;
  message[3] = 0x80;
  return message;
}

// With the checksum that RFC 9293 section 3.1 asks for.
Frame with_tcp_checksum(Frame frame) {
  constexpr std::size_t ip = 14, tcp = 34;
  std::uint32_t sum = ip_protocol::tcp + static_cast<std::uint32_t>(frame.size() - tcp);
  const auto add = [&](std::size_t begin, std::size_t end) {
    for (auto at = begin; at < end; ++at) sum += at % 2 == 0 ? std::uint32_t{frame[at]} << 8 : frame[at];
  };
  add(ip + 12, frame.size());
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  frame[tcp + 16] = static_cast<std::uint8_t>(~sum >> 8);
  frame[tcp + 17] = static_cast<std::uint8_t>(~sum);
  return frame;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_AUTO_TEST_CASE(only_the_datagram_with_the_listed_name_is_dropped) {
  PipelineRun run{small_options(Mode::enforce)};
  const auto at = phone(5000, 53);
  BOOST_TEST(run.send(udp_frame(at, dns_query("a.example"))));
  BOOST_TEST(!run.send(udp_frame(at, dns_query("www.listed.example"))));
  BOOST_TEST(!run.send(udp_frame(at, dns_query("www.LISTED.example"))));
  BOOST_TEST(run.send(udp_frame(at, dns_query("b.example"))));
  BOOST_TEST(run.send(udp_frame(at.reversed(), dns_response("a.example"))));
  BOOST_TEST(
      (run.events() == Lines{"alert www.listed.example looked-up drop", "alert www.LISTED.example looked-up drop",
                             "dns query a.example", "dns query www.listed.example", "dns query www.LISTED.example",
                             "dns query b.example", "dns response a.example"}));
}

BOOST_AUTO_TEST_CASE(monitor_drops_nothing_and_says_what_enforce_would_do) {
  PipelineRun run;
  BOOST_TEST(run.send(udp_frame(phone(5000, 53), dns_query("listed.example"))));
  BOOST_TEST((run.events() == Lines{"alert listed.example looked-up pass", "dns query listed.example"}));
}

BOOST_AUTO_TEST_CASE(an_answer_counts_where_its_query_was_not_seen) {
  PipelineRun run;
  BOOST_TEST(run.send(udp_frame(phone(5000, 53).reversed(), dns_response("listed.example"))));
  BOOST_TEST(run.events().front() == "alert listed.example looked-up pass");
}

BOOST_AUTO_TEST_CASE(the_initial_packets_of_the_rfcs_name_their_server) {
  for (const auto sample : {quic_samples::client_initial_v1, quic_samples::client_initial_v2}) {
    PipelineRun run{small_options(Mode::enforce)};
    const auto at = phone(5000, 443);
    const auto datagram = quic_samples::from_hex(sample);
    BOOST_TEST(!run.send(udp_frame(at, datagram)));
    BOOST_TEST(!run.send(udp_frame(at, datagram)));
    BOOST_TEST(!run.send(udp_frame(at.reversed(), as_bytes("an answer"))));
    BOOST_TEST((run.events() == Lines{"alert example.com handshake drop", "quic example.com"}));
  }
}

BOOST_AUTO_TEST_CASE(a_hello_over_three_initials_is_read_in_every_order) {
  for (const auto& initials : {initials_v1, initials_v2}) {
    for (const auto& order : orders) {
      for (const bool in_one_datagram : {false, true}) {
        PipelineRun run{small_options(Mode::enforce)};
        const auto at = phone(5000, 443);
        std::vector<std::uint8_t> together;
        for (std::size_t i = 0; i < 3; ++i) {
          const auto bytes = quic_samples::from_hex(initials[order[i]]);
          put(together, bytes);
          if (in_one_datagram) continue;
          BOOST_TEST(run.send(udp_frame(at, bytes)) == (i < 2));
          if (i == 0) BOOST_TEST(run.send(udp_frame(at, bytes)));  // a copy
        }
        if (in_one_datagram) BOOST_TEST(!run.send(udp_frame(at, together)));
        BOOST_TEST((run.events() == Lines{"alert www.listed.example handshake drop", "quic www.listed.example"}));
        BOOST_TEST(!run.send(udp_frame(at, as_bytes("later"))));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_initials_of_google_are_read) {
  for (const auto sample : {initial_q050, initial_t051}) {
    PipelineRun run;
    run.send(udp_frame(phone(5000, 443), quic_samples::from_hex(sample)));
    BOOST_TEST((run.events() == Lines{"alert www.listed.example handshake pass", "quic www.listed.example"}));
  }
}

BOOST_AUTO_TEST_CASE(after_the_handshake_payload_counts_as_ciphertext) {
  PipelineRun run;
  Connection tcp{run};
  tcp.open().client(0, client_hello());
  BOOST_TEST(!run.uninspected);
  tcp.client(hello_size, quic_samples::from_hex("1703030004deadbeef"));
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
  const auto at = phone(5000, 443);
  run.send(udp_frame(at, quic_samples::from_hex(quic_samples::client_initial_v1)));
  run.send(udp_frame(at, as_bytes("secret")));
  BOOST_TEST((run.uninspected == UninspectedReason::ciphertext));
}

BOOST_AUTO_TEST_CASE(a_syn_with_another_number_on_the_same_ports_starts_a_new_flow) {
  PipelineRun run{small_options(Mode::enforce)};
  Connection tcp{run};
  tcp.open();
  BOOST_TEST(!tcp.client(0, client_hello()));
  (void)run.events();
  BOOST_TEST(!run.send(tcp_frame(tcp.at(), Connection::client_isn, 0, tcp_flag::syn)));  // the same one again
  BOOST_TEST(run.events().empty());
  BOOST_TEST(run.send(tcp_frame(tcp.at(), 1000, 0, tcp_flag::syn)));
  BOOST_TEST(run.events().empty());  // until it is answered, the other connection may live
  BOOST_TEST(!run.send(tcp_frame(tcp.at().reversed(), Connection::server_isn + 1, 0, tcp_flag::ack)));
  BOOST_TEST(run.send(tcp_frame(tcp.at().reversed(), 9000, 1001, tcp_flag::syn | tcp_flag::ack)));
  BOOST_TEST((run.events() == Lines{"flow tls closed"}));
  BOOST_TEST(!run.send(tcp_frame(tcp.at(), 1001, 0, tcp_flag::ack, client_hello())));
  BOOST_TEST(run.pipeline().counters().flows_created == 2U);
}

BOOST_AUTO_TEST_CASE(a_reset_or_a_fin_from_both_sides_closes_a_flow_and_one_fin_does_not) {
  const auto lives_for_a_minute = [](auto end) {
    PipelineRun run;
    Connection tcp{run};
    tcp.open();
    end(tcp);
    run.wait(60s);
    run.pipeline().housekeep(run.now, 0);
    return run.pipeline().flows() == 1;
  };
  BOOST_TEST(lives_for_a_minute([](Connection&) {}));
  BOOST_TEST(lives_for_a_minute([](Connection& tcp) { tcp.client(0, {}, tcp_flag::fin | tcp_flag::ack); }));
  BOOST_TEST(!lives_for_a_minute([](Connection& tcp) { tcp.client(0, {}, tcp_flag::rst); }));
  BOOST_TEST(!lives_for_a_minute([](Connection& tcp) {
    tcp.client(0, {}, tcp_flag::fin | tcp_flag::ack);
    tcp.server(0, {}, 1, tcp_flag::fin | tcp_flag::ack);
  }));
}

BOOST_AUTO_TEST_CASE(flows_end_by_time_by_a_later_packet_and_with_the_capture) {
  PipelineRun run;
  const auto frame = udp_frame(phone(5000, 53), dns_query("a.example"));
  run.send(frame);
  (void)run.events();
  run.wait(30s);
  run.pipeline().housekeep(run.now, 0);  // the timeout is not over, but reached
  BOOST_TEST(run.events().empty());
  run.wait(1ns);
  run.pipeline().housekeep(run.now, 0);
  BOOST_TEST((run.events() == Lines{"flow dns timeout"}));
  run.send(frame);
  run.wait(31s);
  run.send(frame);  // nobody did the housekeeping: the packet itself ends the old flow
  BOOST_TEST((run.events() == Lines{"dns query a.example", "flow dns timeout", "dns query a.example"}));
  run.pipeline().finish(run.now, 0);
  BOOST_TEST((run.events() == Lines{"flow dns shutdown"}));
  BOOST_TEST(run.pipeline().flows() == 0U);
  BOOST_TEST(run.pipeline().counters().flows_created == 3U);
  BOOST_TEST(run.pipeline().counters().flows_ended == 3U);
}

BOOST_AUTO_TEST_CASE(a_full_table_gives_up_the_oldest_half_open_connection) {
  auto options = small_options();
  options.flow_table_entries = 8;
  PipelineRun run{options};
  for (std::uint16_t i = 0; i < 8; ++i) run.send(tcp_frame(phone(6000 + i, 443), 1, 0, tcp_flag::syn));
  Connection first{run, 6000};
  BOOST_TEST(run.events().empty());
  run.send(tcp_frame(phone(7000, 443), 1, 0, tcp_flag::syn));
  BOOST_TEST((run.events() == Lines{"flow unknown evicted"}));
  BOOST_TEST(run.pipeline().flows() == 8U);
  BOOST_TEST(!run.uninspected);
  // It was 6000's: a packet of 6001 finds its flow, one of 6000 does not.
  run.send(tcp_frame(phone(6001, 443), 1, 0, tcp_flag::syn));
  BOOST_TEST(run.pipeline().counters().flows_created == 9U);
  run.send(tcp_frame(phone(6000, 443), 1, 0, tcp_flag::syn));
  BOOST_TEST(run.pipeline().counters().flows_created == 10U);
}

BOOST_AUTO_TEST_CASE(a_table_full_of_the_living_counts_and_lets_pass) {
  auto options = small_options(Mode::enforce);
  options.flow_table_entries = 8;
  PipelineRun run{options};
  for (std::uint16_t i = 0; i < 8; ++i) run.send(udp_frame(phone(6000 + i, 53), dns_query("a.example")));
  BOOST_TEST(run.send(udp_frame(phone(7000, 53), dns_query("listed.example"))));
  BOOST_TEST((run.uninspected == UninspectedReason::flow_table_full));
  BOOST_TEST(run.count(UninspectedReason::flow_table_full) == 1U);
  BOOST_TEST(!run.send(udp_frame(phone(6000, 53), dns_query("listed.example"))));
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_passes_uninspected_where_they_are_verified) {
  for (const bool verify : {true, false}) {
    auto options = small_options(Mode::enforce);
    options.verify_checksums = verify;
    PipelineRun run{options};
    const auto good = with_tcp_checksum(tcp_frame(phone(5000, 443), 1, 0, tcp_flag::ack, client_hello()));
    auto bad = good;
    bad.back() ^= 1;
    BOOST_TEST(run.send(bad) == verify);
    BOOST_TEST(run.count(UninspectedReason::checksum) == (verify ? 1U : 0U));
    BOOST_TEST(!run.send(good));
  }
}

BOOST_AUTO_TEST_CASE(a_listed_address_is_told_stage_by_stage_and_each_once) {
  PipelineRun run{small_options(Mode::enforce)};
  Connection tcp{run, 40000, 9999, "203.0.113.66"};
  const auto at = tcp.at();
  const auto syn = tcp_frame(at, Connection::client_isn, 0, tcp_flag::syn);
  BOOST_TEST(run.send(syn));
  BOOST_TEST((run.events() == Lines{"alert 203.0.113.66 tried pass"}));
  run.send(syn);
  BOOST_TEST(run.events().empty());
  tcp.open();
  BOOST_TEST((run.events() == Lines{"alert 203.0.113.66 connected pass"}));
  tcp.server(0, as_bytes("hello"), 0);
  BOOST_TEST(run.events().empty());
  tcp.client(0, as_bytes("data"));
  BOOST_TEST((run.events() == Lines{"alert 203.0.113.66 data-sent pass"}));
  tcp.client(4, as_bytes("more"));
  BOOST_TEST(run.events().empty());
}

BOOST_AUTO_TEST_CASE(block_addresses_drops_from_the_first_packet_and_monitor_never) {
  for (const auto mode : {Mode::enforce, Mode::monitor}) {
    auto options = small_options(mode);
    options.policy.block_addresses = true;
    PipelineRun run{options};
    Connection tcp{run, 40000, 443, "203.0.113.66"};
    const bool passes = mode == Mode::monitor;
    BOOST_TEST(run.send(tcp_frame(tcp.at(), 1, 0, tcp_flag::syn)) == passes);
    BOOST_TEST(tcp.server(0, as_bytes("x"), 0) == passes);
    BOOST_TEST(Connection(run, 40000, 443, "203.0.113.67").client(0, as_bytes("x")));
  }
}

BOOST_AUTO_TEST_CASE(with_the_inside_known_only_the_outside_address_counts) {
  for (const auto& [inside, expected] : {std::pair{Inside::source, 1U}, {Inside::destination, 0U}}) {
    PipelineRun run;
    run.send(tcp_frame(phone(5000, 443, "203.0.113.66"), 1, 0, tcp_flag::syn),
             [&](Packet& packet) { packet.inside = inside; });
    BOOST_TEST(run.events().size() == expected);
  }
}

BOOST_AUTO_TEST_CASE(record_findings_keeps_all_but_findings_to_itself) {
  auto options = small_options();
  options.record = Record::findings;
  PipelineRun run{options};
  run.send(udp_frame(phone(5000, 53), dns_query("a.example")));
  run.send(udp_frame(phone(5000, 53), dns_query("listed.example")));
  Connection tcp{run};
  tcp.open().client(0, client_hello());
  run.pipeline().finish(run.now, 0);
  BOOST_TEST((run.events() == Lines{"alert listed.example looked-up pass", "alert www.listed.example handshake pass"}));
}

BOOST_AUTO_TEST_CASE(every_packet_counts_under_one_reason_at_most) {
  PipelineRun run;
  Frame arp(60, 0);
  arp[12] = 0x08;
  arp[13] = 0x06;
  std::vector<Frame> frames{arp, Frame(10, 0), Frame{}};
  const auto at = phone(5000, 443);
  frames.push_back(ip_frame(at, 132, as_bytes("sctp")));
  frames.push_back(ip_frame(at, ip_protocol::icmp, as_bytes("ping")));
  frames.push_back(udp_frame(at, as_bytes("what is this?")));
  frames.push_back(udp_frame(phone(5001, 53), as_bytes("no DNS at all")));
  frames.push_back(tcp_frame(at, 1, 0, tcp_flag::ack, as_bytes("\x16\x03\x01\x01\x02\x03 broken")));
  frames.push_back(tcp_frame(at, 100, 0, tcp_flag::ack, as_bytes("more")));
  auto fragment = udp_frame(phone(5002, 53), dns_query("a.example"));
  fragment[20] |= 0x20;  // more fragments follow
  frames.push_back(fragment);
  const auto query = dns_query("a.example");
  frames.push_back(udp_frame(phone(5002, 53), Bytes{query}.first(15)));
  std::uint64_t with_reason = 0;
  for (const auto& frame : frames) {
    const auto before = run.pipeline().counters().uninspected.sum();
    BOOST_TEST(run.send(frame));
    const auto counted = run.pipeline().counters().uninspected.sum() - before;
    BOOST_TEST(counted == (run.uninspected ? 1U : 0U));
    with_reason += counted;
  }
  // Of the ping nothing more could be read, and a fragment is given up later.
  BOOST_TEST(with_reason == frames.size() - 2);
  BOOST_TEST(run.count(UninspectedReason::not_ip) == 1U);
  BOOST_TEST(run.count(UninspectedReason::malformed) == 2U);
  BOOST_TEST(run.count(UninspectedReason::transport) == 1U);
  BOOST_TEST(run.count(UninspectedReason::fragment) == 0U);
  run.pipeline().finish(run.now, 0);
  BOOST_TEST(run.count(UninspectedReason::fragment) == 1U);
  BOOST_TEST(run.count(UninspectedReason::parse_error) == 1U);  // the query that ends inside its name
}

BOOST_AUTO_TEST_CASE(a_burst_gives_what_its_packets_give_one_by_one) {
  const auto hello = client_hello();
  const Ends at = phone(5000, 443);
  std::vector<Frame> frames{tcp_frame(at, 0, 0, tcp_flag::syn)};
  for (std::uint32_t i = 0; i < 11; ++i)
    frames.push_back(tcp_frame(at, 1 + i * 47, 0, tcp_flag::ack, part(hello, i * 47, (i + 1) * 47)));
  for (std::uint16_t i = 0; i < 20; ++i)
    frames.push_back(udp_frame(phone(6000 + i, 53), dns_query(i % 2 == 0 ? "listed.example" : "a.example")));
  BOOST_REQUIRE(frames.size() == burst_limit);

  PipelineRun single{small_options(Mode::enforce)};
  std::vector<bool> passed;
  for (const auto& frame : frames) passed.push_back(single.send(frame));

  PipelineRun whole{small_options(Mode::enforce)};
  std::array<Packet, burst_limit> burst;
  for (std::size_t i = 0; i < burst_limit; ++i) {
    burst[i].frame = frames[i];
    burst[i].wire_length = static_cast<std::uint32_t>(frames[i].size());
    burst[i].time = whole.now;
  }
  whole.pipeline().process(burst);
  for (std::size_t i = 0; i < burst_limit; ++i) BOOST_TEST((burst[i].action == Action::pass) == passed[i]);
  BOOST_TEST((whole.events() == single.events()));
  BOOST_TEST(std::count(passed.begin(), passed.end(), false) == 11);  // the hello's last part and ten queries
}

BOOST_AUTO_TEST_SUITE_END()
