#include "dataplane/packet/checksum.hh"

#include <boost/test/unit_test.hpp>
#include <string_view>
#include <vector>

#include "tests/unit/quic_samples.hh"

using namespace sluice;
using quic_samples::from_hex;

namespace {

struct Sample {
  std::string_view name;
  std::string_view packet;
  std::size_t checksum;  // where it stands
};

// IP packets made and summed by scapy 2.5; tshark 4.0 calls each checksum good.
constexpr Sample samples[] = {
    {"udp over IPv4", "4500001f0001000040118e96c0000201c633640213880035000b3b81616263", 26},
    {"tcp over IPv4", "4500002a0001000040068e96c0000201c6336402c35001bb000003e80000000050102000794500006162", 36},
    {"icmp over IPv4", "4500001f0001000040018ea6c0000201c63364020800339600070000616263", 22},
    {"udp over IPv6",
     "60000000000b114020010db800000000000000000000000120010db800000000000000000000000213880035000bcc436162"
     "63",
     46},
    {"tcp over IPv6",
     "600000000016064020010db800000000000000000000000120010db8000000000000000000000002c35001bb000003e80000"
     "0000501020000a0800006162",
     56},
    {"icmp over IPv6",
     "60000000000b3a4020010db800000000000000000000000120010db800000000000000000000000280005fdb000700006162"
     "63",
     42},
};

Packet decoded(const std::vector<std::uint8_t>& bytes) {
  Packet packet;
  packet.frame = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  packet.link = LinkLayer::raw_ip;
  BOOST_REQUIRE(decode(packet, nullptr));
  return packet;
}

bool valid(const std::vector<std::uint8_t>& bytes) {
  auto packet = decoded(bytes);
  const bool is_valid = has_valid_checksum(packet);
  BOOST_TEST(is_valid == !packet.uninspected.has_value());
  if (!is_valid) BOOST_TEST((packet.uninspected == UninspectedReason::checksum));
  return is_valid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checksum)

BOOST_AUTO_TEST_CASE(right_ones_are_valid_and_any_flipped_bit_is_not) {
  for (const auto& sample : samples) {
    const auto bytes = from_hex(sample.packet);
    BOOST_TEST(valid(bytes), sample.name);
    for (unsigned bit = 0; bit < 8; ++bit) {
      for (const auto at : {sample.checksum, sample.checksum + 1, bytes.size() - 3, bytes.size() - 1}) {
        auto bad = bytes;
        bad[at] ^= static_cast<std::uint8_t>(1U << bit);
        BOOST_TEST(!valid(bad), sample.name << ", byte " << at << ", bit " << bit);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_addresses_count_too_but_for_icmp_of_the_first_version) {
  for (const auto& sample : samples) {
    auto bytes = from_hex(sample.packet);
    bytes[15] ^= 1;  // in the source address
    BOOST_TEST(valid(bytes) == (sample.name == "icmp over IPv4"), sample.name);
  }
}

BOOST_AUTO_TEST_CASE(udp_without_a_checksum_is_valid_over_the_fourth_version_alone) {  // RFC 768, RFC 8200 section 8.1
  for (const auto& sample : {samples[0], samples[3]}) {
    auto bytes = from_hex(sample.packet);
    bytes[sample.checksum] = bytes[sample.checksum + 1] = 0;
    BOOST_TEST(valid(bytes) == (sample.name == "udp over IPv4"), sample.name);
  }
}

BOOST_AUTO_TEST_CASE(of_a_packet_that_was_cut_nothing_is_said) {
  auto bytes = from_hex(samples[1].packet);
  bytes.pop_back();
  auto packet = decoded(bytes);
  ++packet.wire_length;
  BOOST_TEST(has_valid_checksum(packet));
  BOOST_TEST(!packet.uninspected.has_value());
}

BOOST_AUTO_TEST_CASE(padding_of_the_link_layer_is_not_summed) {
  auto bytes = from_hex(samples[0].packet);
  bytes.resize(60, 0xee);
  BOOST_TEST(valid(bytes));
}

BOOST_AUTO_TEST_SUITE_END()
