#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "dataplane/flow/flow.hh"
#include "dataplane/packet/packet.hh"
#include "tests/unit/frames.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

struct Row {
  const char* what;
  const char* hex;  // as Scapy 2.5 builds it
  const char* source;
  std::vector<TunnelKind> kinds;
  std::uint32_t network;
  int depth;  // IP headers around the innermost one
};

// A datagram "hello" from port 4660 to port 9999.
const Row rows[] = {
    {"mpls",
     "0200000000020200000000018847000100400001114045000021000100004011468f0a000002c63364071234270f000d4e82"
     "68656c6c6f",
     "10.0.0.2",
     {TunnelKind::mpls},
     Encapsulation::no_network,
     0},
    {"pppoe",
     "02000000000202000000000188641100000700222145000021000100004011468f0a000002c63364071234270f000d4e8268"
     "656c6c6f",
     "10.0.0.2",
     {TunnelKind::pppoe},
     Encapsulation::no_network,
     0},
    {"gre",
     "02000000000202000000000108004500003900020000402ff594c0000201c00002fe0000080045000021000100004011468f"
     "0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::gre},
     Encapsulation::no_network,
     1},
    {"gre key sequence checksum",
     "02000000000202000000000108004500005900020000402ff574c0000201c00002feb00086dd57e400000000000500000009"
     "60000000000d114020010db800010000000000000000000220010db80002000000000000000000071234270f000d27416865"
     "6c6c6f",
     "2001:db8:1::2",
     {TunnelKind::gre},
     Encapsulation::no_network,
     1},
    {"gre bridging",
     "02000000000202000000000186dd6000000000332f4020010db8ffff0000000000000000000120010db8ffff000000000000"
     "000000fe00006558020000000002020000000001080045000021000100004011468f0a000002c63364071234270f000d4e82"
     "68656c6c6f",
     "10.0.0.2",
     {TunnelKind::gre},
     Encapsulation::no_network,
     1},
    {"pptp",
     "02000000000202000000000108004500004600020000402ff587c0000201c00002fe3081880b002200030000000400000005"
     "2145000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::gre},
     Encapsulation::no_network,
     1},
    {"erspan ii",
     "02000000000202000000000108004500005300020000402ff57ac0000201c00002fe100088be000000010000000300000000"
     "020000000002020000000001080045000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::erspan},
     Encapsulation::no_network,
     1},
    {"vxlan",
     "020000000002020000000001080045000053000200004011f598c0000201c00002fec0a912b5003f60570800000000126700"
     "020000000002020000000001080045000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::vxlan},
     4711,
     1},
    {"vxlan in ipv6 around ipv6",
     "02000000000202000000000186dd600000000053114020010db8ffff0000000000000000000120010db8ffff000000000000"
     "000000fec0a92118005355f3080000000012670002000000000202000000000186dd60000000000d114020010db800010000"
     "000000000000000220010db80002000000000000000000071234270f000d274168656c6c6f",
     "2001:db8:1::2",
     {TunnelKind::vxlan},
     4711,
     1},
    {"geneve",
     "020000000002020000000001080045000053000200004011f598c0000201c00002fec0a917c1003ffdf20000655800126700"
     "020000000002020000000001080045000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::geneve},
     4711,
     1},
    {"gtp-u",
     "020000000002020000000001080045000045000200004011f5a6c0000201c00002fe0868086800316caa30ff00210000004d"
     "45000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::gtp_u},
     Encapsulation::no_network,
     1},
    {"ip in ip",
     "020000000002020000000001080045000035000200004004f5c3c0000201c00002fe45000021000100004011468f0a000002"
     "c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::ip_in_ip},
     Encapsulation::no_network,
     1},
    {"6in4",
     "020000000002020000000001080045000049000200004029f58ac0000201c00002fe60000000000d114020010db800010000"
     "000000000000000220010db80002000000000000000000071234270f000d274168656c6c6f",
     "2001:db8:1::2",
     {TunnelKind::ipv6_in_ip},
     Encapsulation::no_network,
     1},
    {"4in6",
     "02000000000202000000000186dd600000000021044020010db8ffff0000000000000000000120010db8ffff000000000000"
     "000000fe45000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::ip_in_ip},
     Encapsulation::no_network,
     1},
    {"teredo",
     "020000000002020000000001080045000051000200004011f59ac0000201c00002fec7380dd8003d343460000000000d1140"
     "20010db800010000000000000000000220010db80002000000000000000000071234270f000d274168656c6c6f",
     "2001:db8:1::2",
     {TunnelKind::teredo},
     Encapsulation::no_network,
     1},
    {"l2tp",
     "020000000002020000000001080045000044000200004011f5a7c0000201c00002fe06a506a50030a76600020003000d2145"
     "000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::l2tp},
     Encapsulation::no_network,
     1},
    {"gre in vxlan in gre",
     "02000000000202000000000108004500008300020000402ff54ac0000201c00002fe000008004500006b000100004011027d"
     "cb007101cb007102000112b5005783dd080000000000090002000000000202000000000108004500003900010000402f028d"
     "cb007103cb0071040000080045000021000100004011468f0a000002c63364071234270f000d4e8268656c6c6f",
     "10.0.0.2",
     {TunnelKind::gre, TunnelKind::vxlan, TunnelKind::gre},
     9,
     3},
};

Frame from_hex(const std::string& hex) {
  Frame bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

Packet packet_of(const Frame& frame) {
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  return packet;
}

constexpr std::size_t ethernet = 14, ipv4 = 20, udp = 8;

// `frame` with the IPv4 packet in it put into `levels` IPv4 packets more.
Frame wrapped(const Frame& frame, int levels) {
  Frame packet(frame.begin() + ethernet, frame.end());
  for (int level = 0; level < levels; ++level) {
    const auto next = ip_frame(ends("192.0.2.1", 0, "192.0.2.2", 0), 4, packet);
    packet.assign(next.begin() + ethernet, next.end());
  }
  Frame whole(frame.begin(), frame.begin() + ethernet);
  put(whole, packet);
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tunnel)

BOOST_AUTO_TEST_CASE(every_encapsulation_leads_to_the_innermost_header) {
  for (const auto& row : rows) {
    const auto frame = from_hex(row.hex);
    auto packet = packet_of(frame);
    BOOST_TEST(decode(packet, nullptr), row.what);
    BOOST_TEST(packet.source.text() == row.source, row.what);
    BOOST_TEST(packet.source_port == 4660);
    BOOST_TEST(packet.destination_port == 9999);
    BOOST_TEST(as_text(packet.payload) == "hello");
    BOOST_TEST(!packet.uninspected);
    const auto& outer = packet.outer;
    BOOST_TEST((std::vector<TunnelKind>{outer.kinds.begin(), outer.kinds.begin() + outer.count} == row.kinds),
               row.what);
    BOOST_TEST(outer.network == row.network);
    BOOST_TEST(int{outer.depth} == row.depth);
    if (row.depth == 0) continue;
    BOOST_TEST((outer.source.text() == "192.0.2.1" || outer.source.text() == "2001:db8:ffff::1"), row.what);
    BOOST_TEST((outer.destination.text() == "192.0.2.254" || outer.destination.text() == "2001:db8:ffff::fe"));
  }
}

BOOST_AUTO_TEST_CASE(every_encapsulation_cut_at_every_length_is_read_or_named) {
  for (const auto& row : rows) {
    const auto whole = from_hex(row.hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Frame frame(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      auto packet = packet_of(frame);
      const bool read = decode(packet, nullptr);
      BOOST_TEST(read == !packet.uninspected, row.what << " cut at " << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_tunnel_to_the_last_bit_is_plain_udp) {
  struct Change {
    const char* what;  // of the rows
    std::size_t at;
    std::uint8_t value;
  };
  constexpr auto start = ethernet + ipv4 + udp;
  for (const auto& change :
       {Change{"vxlan", start, 0x00}, Change{"vxlan", start, 0x09}, Change{"vxlan", start + 7, 1},
        Change{"vxlan", start + 8 + 12, 0x12}, Change{"vxlan", start + 8 + ethernet, 0x55},
        Change{"geneve", start, 0x40}, Change{"geneve", start + 1, 0x01}, Change{"gtp-u", start, 0x20},
        Change{"gtp-u", start, 0x38}, Change{"gtp-u", start + 1, 1}, Change{"gtp-u", start + 8, 0x95},
        Change{"teredo", start, 0x40}, Change{"teredo", start + 5, 0xff}, Change{"l2tp", start, 0xc0},
        Change{"l2tp", start + 1, 3}, Change{"l2tp", start + 3, 0}}) {
    for (const auto& row : rows) {
      if (std::string{row.what} != change.what) continue;
      auto frame = from_hex(row.hex);
      frame[change.at] = change.value;
      auto packet = packet_of(frame);
      BOOST_TEST(decode(packet, nullptr), row.what << " byte " << change.at);
      BOOST_TEST(int{packet.outer.count} == 0, row.what << " byte " << change.at);
      BOOST_TEST(packet.source.text() == "192.0.2.1");
      BOOST_TEST(packet.payload.size() == frame.size() - start);
      BOOST_TEST(packet.outer.network == Encapsulation::no_network);
    }
  }
}

BOOST_AUTO_TEST_CASE(tunnels_are_followed_to_a_limit) {
  const auto plain = udp_frame(ends("10.0.0.2", 4660, "198.51.100.7", 9999), bytes_of("hello"));
  for (int levels = 0; levels <= 40; ++levels) {
    const auto frame = wrapped(plain, levels);
    auto packet = packet_of(frame);
    const bool shallow = levels <= static_cast<int>(Encapsulation::limit);
    const bool read = decode(packet, nullptr);
    BOOST_TEST(read == shallow, levels);
    BOOST_TEST((packet.uninspected == UninspectedReason::tunnel_depth) == !shallow, levels);
  }
}

BOOST_AUTO_TEST_CASE(both_directions_of_a_tunnelled_flow_have_one_key_and_other_networks_another) {
  for (const auto& row : rows) {
    const auto frame = from_hex(row.hex);
    auto packet = packet_of(frame);
    BOOST_TEST(decode(packet, nullptr));
    auto back = packet;
    std::swap(back.source, back.destination);
    std::swap(back.source_port, back.destination_port);
    back.outer.reverse();
    BOOST_TEST((FlowKey::of(packet) == FlowKey::of(back)), row.what);
    auto plain = packet;
    plain.outer = {};
    // Labels may stand in one direction alone.
    const bool is_mpls = row.kinds == std::vector{TunnelKind::mpls};
    BOOST_TEST((FlowKey::of(packet) == FlowKey::of(plain)) == is_mpls, row.what);
    if (is_mpls) continue;
    auto other = packet;
    other.outer.network = 12;
    BOOST_TEST(!(FlowKey::of(packet) == FlowKey::of(other)), row.what);
  }
}

BOOST_AUTO_TEST_CASE(esp_is_ciphertext_and_what_is_behind_an_authentication_header_is_not) {
  const auto at = ends("192.0.2.1", 4660, "198.51.100.2", 9999);
  const auto esp = ip_frame(at, ip_protocol::esp, Frame(40, 0x55));
  auto packet = packet_of(esp);
  BOOST_TEST(decode(packet, nullptr));
  BOOST_TEST(packet.payload.size() == 40);
  const auto plain = udp_frame(at, bytes_of("hello"));
  Frame authenticated{17, 4, 0, 0, 0, 0, 0x10, 1, 0, 0, 0, 1};  // RFC 4302 section 2.2, 12 bytes of integrity value
  authenticated.resize(24, 0xaa);
  authenticated.insert(authenticated.end(), plain.begin() + ethernet + ipv4, plain.end());
  const auto frame = ip_frame(at, 51, authenticated);
  packet = packet_of(frame);
  BOOST_TEST(decode(packet, nullptr));
  BOOST_TEST(as_text(packet.payload) == "hello");
}

BOOST_AUTO_TEST_SUITE_END()
