#include "dataplane/packet/packet.hh"

#include <array>
#include <boost/test/unit_test.hpp>

#include "tests/unit/frames.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

Packet packet_of(const Frame& frame, LinkLayer link = LinkLayer::ethernet) {
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  packet.link = link;
  return packet;
}

const Ends v4 = ends("192.0.2.1", 4660, "198.51.100.2", 53);
const Ends v6 = ends("2001:db8::1", 4660, "2001:db8::2", 53);
const Frame payload = bytes_of("hello");

}  // namespace

BOOST_AUTO_TEST_SUITE(packet)

BOOST_AUTO_TEST_CASE(udp_over_both_families) {
  for (const auto& at : {v4, v6}) {
    const auto frame = udp_frame(at, payload);
    auto packet = packet_of(frame);
    BOOST_TEST(decode(packet, nullptr));
    BOOST_TEST(packet.source.text() == at.source.text());
    BOOST_TEST(packet.destination.text() == at.destination.text());
    BOOST_TEST(packet.source_port == 4660);
    BOOST_TEST(packet.destination_port == 53);
    BOOST_TEST(as_text(packet.payload) == "hello");
  }
}

BOOST_AUTO_TEST_CASE(ethernet_padding_is_no_payload) {
  auto frame = udp_frame(v4, payload);
  frame.resize(60, 0);
  auto packet = packet_of(frame);
  BOOST_TEST(decode(packet, nullptr));
  BOOST_TEST(as_text(packet.payload) == "hello");
}

BOOST_AUTO_TEST_CASE(tcp_fields) {
  const auto frame = tcp_frame(v4, 0x01020304, 0x05060708, tcp_flag::syn | tcp_flag::ack, payload);
  auto packet = packet_of(frame);
  BOOST_TEST(decode(packet, nullptr));
  BOOST_TEST(packet.tcp_sequence == 0x01020304U);
  BOOST_TEST(packet.tcp_acknowledgement == 0x05060708U);
  BOOST_TEST(packet.tcp_flags == (tcp_flag::syn | tcp_flag::ack));
  BOOST_TEST(as_text(packet.payload) == "hello");
}

BOOST_AUTO_TEST_CASE(vlan_tags_are_read_and_more_than_four_are_not) {
  const auto plain = udp_frame(v4, payload);
  for (int tags = 1; tags <= 5; ++tags) {
    Frame frame(plain.begin(), plain.begin() + 12);
    for (int i = 0; i < tags; ++i) {
      put16(frame, i == 0 ? 0x88a8 : 0x8100);
      put16(frame, static_cast<unsigned>(0xe000 | (100 + i)));  // priority bits are not part of the id
    }
    frame.insert(frame.end(), plain.begin() + 12, plain.end());
    auto packet = packet_of(frame);
    BOOST_TEST(decode(packet, nullptr) == (tags <= 4), tags << " tags");
    BOOST_TEST(packet.vlan[0] == 100);
    BOOST_TEST(packet.vlan[1] == (tags > 1 ? 101 : 0));
    BOOST_TEST(packet.vlan[2] == (tags > 2 ? 102 : 0));
    if (tags == 5) BOOST_TEST((packet.uninspected == UninspectedReason::not_ip));
  }
}

BOOST_AUTO_TEST_CASE(link_layers_of_captures) {
  const auto ethernet = udp_frame(v4, payload);
  const Frame ip(ethernet.begin() + 14, ethernet.end());
  struct Row {
    std::uint32_t link_type;
    Frame header;
  };
  Frame cooked(14, 0);
  put16(cooked, 0x0800);
  Frame cooked2;
  put16(cooked2, 0x0800);
  cooked2.resize(20, 0);
  for (const auto& row : {Row{12, {}}, Row{101, {}}, Row{228, {}}, Row{0, {2, 0, 0, 0}}, Row{0, {0, 0, 0, 2}},
                          Row{108, {0, 0, 0, 2}}, Row{113, cooked}, Row{276, cooked2}}) {
    auto frame = row.header;
    put(frame, ip);
    auto packet = packet_of(frame, link_layer_of(row.link_type));
    BOOST_TEST(decode(packet, nullptr), "link type " << row.link_type);
    BOOST_TEST(as_text(packet.payload) == "hello");
  }
  // Of the layers that are seldom met, one frame each, as tshark reads them too.
  Frame nflog{2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0};  // a value of 4 bytes, little-endian
  const auto length = static_cast<unsigned>(ip.size() + 4);
  put(nflog, Frame{static_cast<std::uint8_t>(length), 0, 9, 0});
  Frame nflog_big{2, 0, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1};
  put(nflog_big, Frame{0, static_cast<std::uint8_t>(length), 0, 9});
  Frame air{0x88, 0x01, 0, 0};  // QoS data to the access point
  air.resize(26, 2);
  air[25] = 0;
  put(air, Frame{0xaa, 0xaa, 3, 0, 0, 0, 8, 0});
  Frame radiotap{0, 0, 9, 0, 0, 0, 0, 0, 0};
  put(radiotap, air);
  for (const auto& row :
       {Row{9, {0xff, 0x03, 0x00, 0x21}}, Row{9, {0x21}}, Row{50, {0xff, 0x03, 0x00, 0x21}},
        Row{50, {0x0f, 0x00, 0x08, 0x00}}, Row{239, nflog}, Row{239, nflog_big}, Row{105, air}, Row{127, radiotap}}) {
    auto frame = row.header;
    put(frame, ip);
    auto packet = packet_of(frame, link_layer_of(row.link_type));
    BOOST_TEST(decode(packet, nullptr), "link type " << row.link_type);
    BOOST_TEST(as_text(packet.payload) == "hello");
  }
  auto packet = packet_of(ethernet, link_layer_of(147));
  BOOST_TEST(!decode(packet, nullptr));
  BOOST_TEST((packet.uninspected == UninspectedReason::link_type));
}

BOOST_AUTO_TEST_CASE(ipv6_extension_headers_and_atomic_fragments) {
  Frame udp;
  put16(udp, 4660);
  put16(udp, 53);
  put16(udp, 13);
  put16(udp, 0);
  put(udp, payload);
  // hop-by-hop (8 bytes) -> destination options (16 bytes) -> fragment -> UDP
  const auto chain = [&](std::uint16_t offset_and_more) {
    Frame frame{60, 0, 1, 4, 0, 0, 0, 0, 44, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0};
    put16(frame, offset_and_more);
    put32(frame, 0xdeadbeef);
    put(frame, udp);
    return ip_frame(v6, 0, frame);
  };
  const auto whole = chain(0);
  auto packet = packet_of(whole);
  BOOST_TEST(decode(packet, nullptr));
  BOOST_TEST(as_text(packet.payload) == "hello");
  for (const std::uint16_t part : {std::uint16_t{1}, std::uint16_t{8}}) {
    const auto fragment = chain(part);
    packet = packet_of(fragment);
    BOOST_TEST(!decode(packet, nullptr));
    BOOST_TEST((packet.uninspected == UninspectedReason::fragment));
  }
}

BOOST_AUTO_TEST_CASE(ipv4_fragments_are_named) {
  for (auto frame : {udp_frame(v4, payload), tcp_frame(v4, 1, 2, tcp_flag::ack, payload)}) {
    for (const std::uint8_t high : {std::uint8_t{0x20}, std::uint8_t{0x00}}) {
      frame[20] = high;  // more fragments
      frame[21] = high == 0 ? 1 : 0;
      auto packet = packet_of(frame);
      BOOST_TEST(!decode(packet, nullptr));
      BOOST_TEST((packet.uninspected == UninspectedReason::fragment));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_frame_cut_at_every_length_is_read_or_named) {
  for (const auto& whole : {udp_frame(v4, payload), udp_frame(v6, payload), tcp_frame(v4, 1, 2, tcp_flag::ack, payload),
                            tcp_frame(v6, 1, 2, tcp_flag::ack, payload)}) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const Frame frame(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      auto packet = packet_of(frame);
      const bool read = decode(packet, nullptr);
      BOOST_TEST(read == !packet.uninspected.has_value());
      if (size == whole.size()) BOOST_TEST(as_text(packet.payload) == "hello");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_frame_of_another_kind_is_not_ip) {
  for (const unsigned type : {0x0806U, 0x88ccU, 0x88e5U, 0x0026U}) {  // ARP, LLDP, MACsec, an 802.3 length (STP)
    Frame frame(12, 0x02);
    put16(frame, type);
    frame.resize(60, 0);
    auto packet = packet_of(frame);
    BOOST_TEST(!decode(packet, nullptr));
    BOOST_TEST((packet.uninspected == UninspectedReason::not_ip));
  }
}

// Made by scapy 2.5. RFC 8300: metadata of type 1, of type 2 without any, and with a frame in place of an IP header.
BOOST_AUTO_TEST_CASE(service_headers_are_passed_over) {
  constexpr std::string_view frames[] = {
      "020000000001020000000002894f0fc60101000005ff000000000000000000000000000000004500002100010000401166c9"
      "0a0000010a00000200050009000da7f168656c6c6f",
      "020000000001020000000002894f0fc20201000005ff4500002100010000401166c90a0000010a00000200050009000da7f1"
      "68656c6c6f",
      "020000000001020000000002894f0fc20203000005ff05040302010000010203040508004500002100010000401166c90a00"
      "00010a00000200050009000da7f168656c6c6f",
  };
  for (const auto digits : frames) {
    const auto frame = unhex(digits);
    auto packet = packet_of(frame);
    BOOST_TEST(decode(packet, nullptr));
    BOOST_TEST(packet.source.text() == "10.0.0.1");
    BOOST_TEST(as_text(packet.payload) == "hello");
    BOOST_TEST(packet.anomalies.empty());
  }
}

// RFC 8300 section 2.2: of the header above, one byte each.
BOOST_AUTO_TEST_CASE(broken_service_headers_are_named) {
  struct Row {
    std::size_t at;
    std::uint8_t byte;
    Anomaly anomaly;
  };
  for (const auto& row : {Row{14, 0x4f, Anomaly::nsh_unsupported_version},
                          Row{15, 0xc1, Anomaly::nsh_bad_header_length}, Row{15, 0xff, Anomaly::nsh_bad_header_length},
                          Row{16, 0, Anomaly::nsh_reserved_type}, Row{16, 3, Anomaly::nsh_unsupported_type},
                          Row{16, 1, Anomaly::nsh_bad_header_length}, Row{17, 0x99, Anomaly::nsh_unknown_payload}}) {
    auto frame = unhex(
        "020000000001020000000002894f0fc20201000005ff4500002100010000401166c90a0000010a00000200050009000da7f168656c6c6"
        "f");
    frame[row.at] = row.byte;
    auto packet = packet_of(frame);
    BOOST_TEST(!decode(packet, nullptr));
    BOOST_TEST(packet.anomalies.contains(row.anomaly), "byte " << row.at);
  }
  const auto frame = unhex("020000000001020000000002894f0fc20201000005");
  auto packet = packet_of(frame);
  BOOST_TEST(!decode(packet, nullptr));
  BOOST_TEST(packet.anomalies.contains(Anomaly::nsh_header_too_small));
}

BOOST_AUTO_TEST_SUITE_END()
