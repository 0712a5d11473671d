// Segments that an endpoint throws away, or reads otherwise than they stand: what the tap reads of them.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/packet/tcp_segment.hh"
#include "dataplane/stream/stream.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/tcp_talk.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

Frame timestamps(std::uint32_t value, std::uint32_t echo) {  // RFC 7323 section 3.2
  Frame options{1, 1, 8, 10};
  put32(options, value);
  put32(options, echo);
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tcp)

BOOST_AUTO_TEST_CASE(window_scale_timestamps_and_signatures_are_read_from_the_options) {
  // A SYN as Linux 6.1 sends it: MSS 1460, SACK permitted, timestamps, NOP, window scale 7.
  Frame options{2, 4, 5, 0xb4, 4, 2};
  put(options, Bytes{timestamps(0x11223344, 0)}.subspan(2));
  put(options, Frame{1, 3, 3, 7});
  Packet packet;
  const auto frame = segment(ends("192.0.2.1", 1, "192.0.2.2", 2), 0, 0, tcp_flag::syn, {}, {options, 0xfaf0});
  packet.frame = frame;
  BOOST_REQUIRE(decode(packet, nullptr));
  const auto syn = TcpSegment::of(packet);
  BOOST_TEST(syn.window == 0xfaf0);
  BOOST_TEST(syn.window_shift.value_or(0) == 7);
  BOOST_TEST(syn.has_timestamps);
  BOOST_TEST(syn.timestamp == 0x11223344U);
  BOOST_TEST(!syn.is_signed);
}

BOOST_AUTO_TEST_CASE(options_that_contradict_their_lengths_end_the_list) {
  for (const auto& options : {Frame{8, 0, 3, 3}, Frame{8, 40, 3, 3}, Frame{1, 1, 1, 8}, Frame{3, 1, 1, 1}}) {
    Packet packet;
    const auto frame = segment(ends("192.0.2.1", 1, "192.0.2.2", 2), 0, 0, tcp_flag::syn, {}, {options});
    packet.frame = frame;
    BOOST_REQUIRE(decode(packet, nullptr));
    const auto syn = TcpSegment::of(packet);
    BOOST_TEST(!syn.has_timestamps);
    BOOST_TEST(!syn.window_shift.has_value());
  }
}

BOOST_AUTO_TEST_CASE(data_without_ack_and_in_a_reset_are_not_read) {
  for (const std::uint8_t flags : {0x00, 0x08, 0x01, 0x29, 0x04, 0x14, 0x03, 0x06}) {
    Talk talk;
    talk.open().client(0, benign, flags);
    BOOST_TEST(talk.run.events().empty(), "flags " << int{flags});
    talk.client(0, listed);
    BOOST_TEST((talk.run.events() == listed_seen), "flags " << int{flags});
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_counts_where_the_sender_computes_them) {
  const Extra right{{}, 0xffff, 0, true};
  const Extra wrong{{}, 0xffff, 0, true, 0x0100};
  {
    Talk talk;
    talk.open(right).client(0, benign, push_ack, wrong);
    BOOST_TEST((talk.run.events() == benign_seen));  // whoever watches only reads both
    talk.client(0, listed, push_ack, right);
    BOOST_TEST((talk.run.events() == listed_seen));
    BOOST_TEST(talk.run.count(TcpAnomaly::checksum) == 1U);
  }
  {
    Talk talk{Mode::enforce};
    BOOST_TEST(!talk.open(right).client(0, benign, push_ack, wrong));
    BOOST_TEST((talk.run.uninspected == UninspectedReason::checksum));
    BOOST_TEST(talk.run.events().empty());
    BOOST_TEST(!talk.client(0, listed, push_ack, right));
    BOOST_TEST(talk.run.events().size() == 2U);
  }
  {  // Left for the card to compute: nothing can be said.
    Talk talk;
    talk.open(right).client(0, listed);
    BOOST_TEST((talk.run.events() == listed_seen));
  }
  {  // A sender that never had a right one.
    Talk talk;
    talk.open().client(0, listed, push_ack, wrong);
    BOOST_TEST((talk.run.events() == listed_seen));
  }
}

BOOST_AUTO_TEST_CASE(a_timestamp_older_than_the_one_echoed_is_thrown_away) {
  Talk talk;
  talk.open({timestamps(1000, 0)});
  talk.server_confirms(0, {timestamps(7, 1000)});
  talk.client(0, benign, push_ack, {timestamps(998, 7)});
  BOOST_TEST(talk.run.events().empty());
  BOOST_TEST(talk.run.count(TcpAnomaly::timestamp) == 1U);
  talk.client(0, listed, push_ack, {timestamps(999, 7)});  // older by one: Linux takes it
  BOOST_TEST((talk.run.events() == listed_seen));
}

BOOST_AUTO_TEST_CASE(what_the_sender_alone_says_of_time_proves_nothing) {
  Talk talk;
  talk.open({timestamps(1000, 0)});
  talk.server_confirms(0, {timestamps(7, 1000)});
  talk.client(0, listed.substr(0, 10), push_ack, {timestamps(0x7000'0000, 7)});  // may never arrive
  talk.client(10, listed.substr(10), push_ack, {timestamps(1001, 7)});
  BOOST_TEST((talk.run.events() == listed_seen));
}

BOOST_AUTO_TEST_CASE(of_a_message_and_a_copy_that_differs_monitor_reads_both_until_it_is_confirmed) {
  for (const bool confirmed : {false, true}) {
    Talk talk;
    talk.open().client(0, benign);
    BOOST_TEST((talk.run.events() == benign_seen));
    if (confirmed) talk.server_confirms(benign.size());
    BOOST_TEST(talk.client(0, listed));
    BOOST_TEST((talk.run.events() == (confirmed ? Lines{} : listed_seen)));
    BOOST_TEST(talk.run.count(TcpAnomaly::overlap) == (confirmed ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_CASE(a_copy_that_differs_and_comes_in_pieces_is_read) {
  Talk talk;
  talk.open().client(0, benign);
  (void)talk.run.events();
  talk.client(0, listed.substr(0, 26));
  talk.client(0, benign.substr(0, 26));  // a copy of the first makes no third version
  talk.client(26, listed.substr(26));
  BOOST_TEST((talk.run.events() == Lines{listed_seen[0], "http listgn.example /", listed_seen[1]}));
}

BOOST_AUTO_TEST_CASE(enforce_drops_the_copy_that_differs) {
  Talk talk{Mode::enforce};
  BOOST_TEST(talk.open().client(0, benign));
  BOOST_TEST(!talk.client(0, listed));
  BOOST_TEST((talk.run.uninspected == UninspectedReason::tcp_refused));
  BOOST_TEST(talk.client(0, benign));  // a retransmission
  BOOST_TEST((talk.run.events() == benign_seen));
}

BOOST_AUTO_TEST_CASE(a_hello_behind_a_decoy_that_was_not_taken_is_read) {
  PipelineRun run;
  Connection tcp{run};
  const auto hello = client_hello();
  tcp.open().client(0, as_bytes("\xff\xfe\xfd\xfc no protocol that anybody knows"));
  BOOST_TEST((run.uninspected == UninspectedReason::unknown_protocol));
  tcp.client(0, part(hello, 0, 200));
  tcp.client(200, part(hello, 200, hello.size()));
  BOOST_TEST((run.events() == Lines{"alert www.listed.example handshake pass", "tls www.listed.example"}));
}

BOOST_AUTO_TEST_CASE(in_order_bytes_take_the_place_of_queued_ones_and_both_are_read) {
  for (const bool listed_is_queued : {false, true}) {
    Talk talk;
    const auto& queued = listed_is_queued ? listed : benign;
    const auto& in_order = listed_is_queued ? benign : listed;
    talk.open().client(20, queued.substr(20));
    talk.client(0, in_order);
    const auto events = talk.run.events();
    BOOST_TEST((std::count(events.begin(), events.end(), listed_seen[0]) == 1));
    BOOST_TEST((std::count(events.begin(), events.end(), benign_seen[0]) == 1));
  }
}

BOOST_AUTO_TEST_CASE(an_urgent_byte_is_read_in_the_stream_and_out_of_it) {
  for (const std::string_view with_byte :
       {"GET / HTTP/1.1\r\nHost: listZed.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: listed.example\r\n\r\nZ"}) {
    Talk talk{Mode::enforce};
    const auto position = with_byte.find('Z') + 1;
    const bool passed = talk.open().client(0, with_byte, 0x38, {{}, 0xffff, static_cast<std::uint16_t>(position)});
    BOOST_TEST(!passed);
    BOOST_TEST(talk.run.count(TcpAnomaly::urgent) == 1U);
  }
}

BOOST_AUTO_TEST_CASE(data_of_a_syn_that_its_answer_does_not_take_come_again) {  // RFC 7413 section 4.2
  for (const bool taken : {false, true}) {
    Talk talk;
    const auto& at = talk.tcp.at();
    talk.run.send(segment(at, Connection::client_isn, 0, tcp_flag::syn, as_bytes(benign), {}));
    const auto confirmed = client_first + static_cast<std::uint32_t>(taken ? benign.size() : 0);
    talk.run.send(segment(at.reversed(), Connection::server_isn, confirmed, tcp_flag::syn | tcp_flag::ack, {}, {}));
    BOOST_TEST((talk.run.events() == benign_seen));
    talk.client(taken ? benign.size() : 0, listed);
    BOOST_TEST((talk.run.events() == listed_seen));
    BOOST_TEST(talk.run.count(TcpAnomaly::early_data) == (taken ? 0U : 1U));
    BOOST_TEST(talk.run.count(TcpAnomaly::overlap) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_keep_alive_may_bring_any_byte) {  // RFC 9293 section 3.8.4
  Talk talk{Mode::enforce};
  talk.open().client(0, listed.substr(0, 20));
  talk.server_confirms(20);
  BOOST_TEST(talk.client(19, "Z"));
  BOOST_TEST(talk.run.count(TcpAnomaly::overlap) == 0U);
  BOOST_TEST(!talk.client(20, listed.substr(20)));
}

BOOST_AUTO_TEST_CASE(a_syn_on_an_open_connection_changes_nothing_until_it_is_answered) {  // RFC 5961 section 4
  Talk talk;
  talk.open().client(0, listed.substr(0, 20));
  talk.run.send(segment(talk.tcp.at(), client_first + 5000, 0, tcp_flag::syn, {}, {}));
  BOOST_TEST(talk.run.count(TcpAnomaly::syn) == 1U);
  talk.client(20, listed.substr(20));
  BOOST_TEST((talk.run.events() == listed_seen));
  BOOST_TEST(talk.run.pipeline().counters().flows_created == 1U);
}

BOOST_AUTO_TEST_CASE(two_ends_that_call_each_other_at_once_are_read) {  // RFC 9293 section 3.5, figure 8
  Talk talk;
  const auto& at = talk.tcp.at();
  talk.run.send(segment(at, Connection::client_isn, 0, tcp_flag::syn, {}, {}));
  talk.run.send(segment(at.reversed(), Connection::server_isn, 0, tcp_flag::syn, {}, {}));
  talk.run.send(segment(at, Connection::client_isn, server_first, tcp_flag::syn | tcp_flag::ack, {}, {}));
  talk.run.send(segment(at.reversed(), Connection::server_isn, client_first, tcp_flag::syn | tcp_flag::ack, {}, {}));
  talk.client(0, listed);
  BOOST_TEST((talk.run.events() == listed_seen));
}

BOOST_AUTO_TEST_CASE(a_reset_outside_of_the_window_ends_nothing) {  // RFC 5961 section 3.2
  using std::chrono::seconds;
  for (const std::uint32_t offset : {0U, 1U, 0U - 1U, 100'000U}) {
    Talk talk;
    talk.open();
    talk.server_confirms(0);
    talk.client(offset, "", tcp_flag::rst);
    BOOST_TEST(talk.run.count(TcpAnomaly::reset) == (offset == 0 ? 0U : 1U));
    talk.run.wait(seconds{60});
    talk.run.pipeline().housekeep(talk.run.now, 0);
    BOOST_TEST(talk.run.pipeline().flows() == (offset == 0 ? 0U : 1U), "offset " << offset);
  }
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_of_a_message_does_not_end_the_wait_for_its_rest) {
  using std::chrono::seconds;
  Talk talk;
  talk.open().client(0, listed.substr(0, 20));
  talk.client(20, "", tcp_flag::rst);  // maybe it never arrives
  talk.run.wait(seconds{60});
  talk.client(20, listed.substr(20));
  BOOST_TEST((talk.run.events() == listed_seen));
}

BOOST_AUTO_TEST_CASE(bytes_beyond_the_window_and_signed_ones_are_counted) {
  Talk talk;
  talk.open({{}, 1000});
  talk.client(1001, "x");
  BOOST_TEST(talk.run.count(TcpAnomaly::window) == 1U);
  talk.client(1000, "x");  // a probe of a full window
  BOOST_TEST(talk.run.count(TcpAnomaly::window) == 1U);
  Frame signature{19, 18};
  signature.resize(20, 1);
  talk.client(0, "x", push_ack, {signature});
  BOOST_TEST(talk.run.count(TcpAnomaly::authentication) == 1U);
}

BOOST_AUTO_TEST_CASE(without_midstream_each_packet_of_such_a_connection_counts) {
  auto options = small_options();
  options.midstream = false;
  PipelineRun run{options};
  Connection tcp{run, 40000, 80};
  for (int i = 0; i < 3; ++i) tcp.client(static_cast<std::size_t>(i), as_bytes("x"));
  BOOST_TEST(run.count(UninspectedReason::midstream) == 3U);
}

BOOST_AUTO_TEST_CASE(the_number_of_a_fin_is_no_byte_that_was_lost) {  // RFC 9293 section 3.4
  Talk talk;
  talk.open().client(0, listed);
  talk.server_confirms(listed.size());
  talk.client(listed.size(), "", tcp_flag::fin | tcp_flag::ack);
  talk.server_confirms(listed.size() + 1);
  BOOST_TEST((talk.run.events() == listed_seen));
  BOOST_TEST(talk.run.count(UninspectedReason::stream_gap) == 0U);
  Talk cut;
  cut.open().client(0, listed);
  cut.server_confirms(listed.size());
  cut.client(listed.size() + 1, "", tcp_flag::fin | tcp_flag::ack);  // one byte never came by
  cut.server_confirms(listed.size() + 2);
  BOOST_TEST(cut.run.count(UninspectedReason::stream_gap) == 1U);
}

BOOST_AUTO_TEST_CASE(the_middle_of_a_body_is_not_summed_and_its_end_is) {
  for (const bool in_body : {true, false}) {
    Talk talk{Mode::enforce};
    const Extra right{.with_checksum = true};
    const Extra wrong{.with_checksum = true, .checksum_error = 1};
    const std::string head = "POST / HTTP/1.1\r\nHost: benign.example\r\nContent-Length: 20000\r\n\r\n";
    const std::string piece(1000, 'x');
    talk.open(right).client(0, head + piece, push_ack, right);
    talk.server_confirms(head.size() + piece.size(), right);
    BOOST_TEST(talk.client(head.size() + (in_body ? 10000 : 19500), piece, push_ack, wrong) == in_body);
    BOOST_TEST(talk.run.count(TcpAnomaly::checksum) == (in_body ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_SUITE_END()
