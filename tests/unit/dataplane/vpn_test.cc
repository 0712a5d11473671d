#include "dataplane/parsers/vpn.hh"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/unit/frames.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

const Tick now = tick_from_nanoseconds(1'700'000'000'000'000'000);  // 0x6553f100 seconds
constexpr std::uint16_t any = 40000;

Frame ike(std::uint8_t version) {
  Frame message(16, 0);  // initiator's and responder's SPI
  message[0] = 0x12;
  put(message, Frame{33, version, 34, 8});
  put32(message, 0);
  put32(message, 28 + 4);
  put32(message, 0x01020304);
  return message;
}

Frame sized(std::vector<std::uint8_t> start, std::size_t size) {
  start.resize(size, 0x5a);
  return start;
}

// A hard reset of OpenVPN's client: operation, session, and what follows.
Frame openvpn(const Frame& rest, std::uint8_t operation = 0x38) {
  Frame packet{operation, 1, 2, 3, 4, 5, 6, 7, 8};
  put(packet, rest);
  return packet;
}

Frame number_and_time(std::uint32_t number, std::uint32_t time) {
  Frame bytes;
  put32(bytes, number);
  put32(bytes, time);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vpn)

BOOST_AUTO_TEST_CASE(ipsec) {
  for (const std::uint8_t version : {std::uint8_t{0x10}, std::uint8_t{0x20}}) {
    BOOST_TEST((recognise_vpn(ike(version), any, 500, now) == Protocol::ipsec));
    Frame marked(4, 0);
    put(marked, ike(version));
    BOOST_TEST((recognise_vpn(marked, 4500, any, now) == Protocol::ipsec));
    BOOST_TEST(!recognise_vpn(marked, any, any, now));
  }
  BOOST_TEST(!recognise_vpn(ike(0x30), any, 500, now));
  auto longer = ike(0x20);
  longer.push_back(0);
  BOOST_TEST(!recognise_vpn(longer, any, 500, now));
  BOOST_TEST((recognise_vpn(Frame{0xff}, any, 4500, now) == Protocol::ipsec));
  BOOST_TEST((recognise_vpn(sized({0, 0, 1, 0, 0, 0, 0, 1}, 60), any, 4500, now) == Protocol::ipsec));
  BOOST_TEST(!recognise_vpn(sized({0, 0, 0, 255, 0, 0, 0, 1}, 60), any, 4500, now));  // a reserved index
  BOOST_TEST(!recognise_vpn(sized({0, 0, 1, 0, 0, 0, 0, 1}, 61), any, 4500, now));
}

BOOST_AUTO_TEST_CASE(wireguard) {
  BOOST_TEST((recognise_vpn(sized({1, 0, 0, 0}, 148), any, 51820, now) == Protocol::wireguard));
  BOOST_TEST((recognise_vpn(sized({2, 0, 0, 0}, 92), 51820, any, now) == Protocol::wireguard));
  BOOST_TEST(!recognise_vpn(sized({1, 0, 0, 0}, 147), any, 51820, now));
  BOOST_TEST(!recognise_vpn(sized({2, 0, 0, 0}, 148), any, 51820, now));
  BOOST_TEST(!recognise_vpn(sized({1, 0, 1, 0}, 148), any, 51820, now));
  BOOST_TEST(!recognise_vpn(sized({4, 0, 0, 0}, 96), any, 51820, now));  // data alone could be anything
}

BOOST_AUTO_TEST_CASE(openvpn_in_its_three_dresses) {
  const Frame reset(5, 0);
  const auto plain = openvpn(reset);
  auto with_digest = [&](std::size_t size, std::uint32_t number, std::uint32_t time) {
    Frame rest(size, 0xd1);
    put(rest, number_and_time(number, time));
    put(rest, reset);
    return openvpn(rest);
  };
  auto crypt = number_and_time(1, 0x6553f100);
  crypt.resize(8 + 32 + 5, 0xc7);

  BOOST_TEST((recognise_vpn(plain, any, 1194, now) == Protocol::openvpn));
  for (const std::size_t digest : {20U, 32U, 64U})
    BOOST_TEST((recognise_vpn(with_digest(digest, 1, 0x6553f000), any, 1194, now) == Protocol::openvpn));
  BOOST_TEST((recognise_vpn(openvpn(crypt), any, 443, now) == Protocol::openvpn));
  BOOST_TEST((recognise_vpn(openvpn(crypt, 0x50), any, 443, now) == Protocol::openvpn));
  Frame answer{1, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0};  // acknowledges packet 0 of the client's session
  BOOST_TEST((recognise_vpn(openvpn(answer, 0x40), 1194, any, now) == Protocol::openvpn));

  BOOST_TEST(!recognise_vpn(openvpn(answer), any, 1194, now));
  BOOST_TEST(!recognise_vpn(openvpn(Frame{0, 0, 0, 0, 1}), any, 1194, now));
  BOOST_TEST(!recognise_vpn(with_digest(20, 2, 0x6553f000), any, 1194, now));
  BOOST_TEST(!recognise_vpn(with_digest(20, 1, 0x10000000), any, 1194, now));
  BOOST_TEST(!recognise_vpn(openvpn(crypt, 0x48), any, 1194, now));

  Frame stream;
  put16(stream, static_cast<unsigned>(plain.size()));
  put(stream, plain);
  BOOST_TEST((probe_openvpn_tcp(stream, now) == Probe::yes));
  for (std::size_t size = 0; size < stream.size(); ++size)
    BOOST_TEST((probe_openvpn_tcp(Bytes{stream}.first(size), now) == Probe::maybe), size);
  stream[2] = 0x39;
  BOOST_TEST((probe_openvpn_tcp(Bytes{stream}.first(3), now) == Probe::no));
}

BOOST_AUTO_TEST_SUITE_END()
