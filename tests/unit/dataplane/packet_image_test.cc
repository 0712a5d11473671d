#include "dataplane/packet/packet_image.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/unit/frames.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Made by scapy 2.5: a datagram, and its two fragments. VLAN 6, an IPv4 option that is copied.
constexpr std::string_view v4_whole =
    "05040302010000010203040581000006080046000038000700004011f972c0000201c6336402940400000001000900207fcd"
    "4142434445464748494a4b4c4d4e4f505152535455565758";
constexpr std::string_view v4_first =
    "05040302010000010203040581000006080046000028000720004011d982c0000201c6336402940400000001000900207fcd"
    "4142434445464748";
constexpr std::string_view v4_second =
    "05040302010000010203040581000006080046000028000700024011f980c0000201c633640294040000494a4b4c4d4e4f50"
    "5152535455565758";
// The same of raw IPv6, with destination options before the fragment header.
constexpr std::string_view v6_whole =
    "6000000000283c4020010db800000000000000000000000120010db800000000000000000000000211000104000000000001"
    "0009002010904142434445464748494a4b4c4d4e4f505152535455565758";
constexpr std::string_view v6_first =
    "6000000000203c4020010db800000000000000000000000120010db80000000000000000000000022c000104000000001100"
    "00010000000900010009002010904142434445464748";
constexpr std::string_view v6_second =
    "6000000000203c4020010db800000000000000000000000120010db80000000000000000000000022c000104000000001100"
    "001000000009494a4b4c4d4e4f505152535455565758";
// VXLAN, and what it holds from byte 50 on.
constexpr std::string_view in_vxlan =
    "ffffffffffff000000000000080045000053000100004011f695c0000201c00002020fa012b5003f4d290800000000000100"
    "05040302010000010203040508004500002100010000401166c90a0000010a00000200050009000da7f168656c6c6f";

struct Decoded {
  InspectionCounters counters;
  std::unique_ptr<FragmentTable> fragments = std::make_unique<FragmentTable>(1, counters);
  Packet packet;

  // The last of them is the one that is looked at.
  Decoded(const std::vector<Frame>& frames, LinkLayer link, std::uint16_t link_type) {
    for (const auto& frame : frames) {
      packet = Packet{};
      packet.frame = frame;
      packet.wire_length = static_cast<std::uint32_t>(frame.size());
      packet.link = link;
      packet.link_type = link_type;
      (void)decode(packet, fragments.get());
    }
  }
};

Frame bytes_of(const PacketImage& image) {
  Frame bytes;
  for (const auto piece : image.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

void check_image(const Decoded& decoded, const Frame& wanted, std::uint16_t link_type) {
  const PacketImage image{decoded.packet};
  const auto bytes = bytes_of(image);
  BOOST_TEST(bytes == wanted, boost::test_tools::per_element());
  BOOST_TEST(image.size() == wanted.size());
  BOOST_TEST(!image.is_cut());
  BOOST_TEST(image.link_type() == link_type);
  const auto payload = inspected_payload(decoded.packet);
  const auto at = image.find(payload);
  BOOST_REQUIRE(at.has_value());
  const auto shown = Bytes{bytes}.subspan(*at, payload.size());
  BOOST_TEST(as_text(shown) == as_text(payload));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packet_image)

BOOST_AUTO_TEST_CASE(a_frame_is_shown_as_it_came) {
  const std::vector<Frame> frames{unhex(v4_whole)};
  const Decoded decoded{frames, LinkLayer::ethernet, 1};
  check_image(decoded, frames[0], 1);
}

BOOST_AUTO_TEST_CASE(a_datagram_in_fragments_is_shown_whole_with_its_link_header) {
  for (const bool reversed : {false, true}) {
    std::vector<Frame> frames{unhex(v4_first), unhex(v4_second)};
    if (reversed) std::swap(frames[0], frames[1]);
    check_image(Decoded{frames, LinkLayer::ethernet, 1}, unhex(v4_whole), 1);
    frames = {unhex(v6_first), unhex(v6_second)};
    if (reversed) std::swap(frames[0], frames[1]);
    check_image(Decoded{frames, LinkLayer::raw_ip, 229}, unhex(v6_whole), 229);
  }
}

BOOST_AUTO_TEST_CASE(a_fragment_that_completes_nothing_is_shown_as_it_came) {
  const std::vector<Frame> frames{unhex(v4_first)};
  const Decoded decoded{frames, LinkLayer::ethernet, 1};
  BOOST_TEST(bytes_of(PacketImage{decoded.packet}) == frames[0], boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_a_tunnel_what_it_holds_is_shown) {
  const std::vector<Frame> frames{unhex(in_vxlan)};
  check_image(Decoded{frames, LinkLayer::ethernet, 1}, unhex(in_vxlan.substr(100)), 12);
}

BOOST_AUTO_TEST_CASE(raw_ip_of_files_has_its_number_in_memory) {
  const std::vector<Frame> frames{unhex(v6_whole)};
  check_image(Decoded{frames, LinkLayer::raw_ip, 101}, frames[0], 12);
}

BOOST_AUTO_TEST_CASE(what_is_beyond_the_limit_is_left_out) {
  const Frame frame(PacketImage::limit + 1, 0x42);
  Packet packet;
  packet.frame = frame;
  const PacketImage image{packet};
  BOOST_TEST(image.is_cut());
  BOOST_TEST(image.size() == PacketImage::limit);
  BOOST_TEST(!image.find(Bytes{frame}.last(1)));
}

BOOST_AUTO_TEST_SUITE_END()
