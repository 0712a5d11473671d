#include "dataplane/http/websocket.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/quic_samples.hh"

using namespace sluice;
using quic_samples::from_hex;

namespace {

WebSocketFrame frame_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  const auto frame = parse_websocket_frame(bytes);
  BOOST_REQUIRE(frame.has_value());
  return *frame;
}

WebSocketError error_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  const auto frame = parse_websocket_frame(bytes);
  BOOST_REQUIRE(!frame.has_value());
  return frame.error();
}

std::string payload_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  const auto frame = frame_of(hex);
  std::array<std::uint8_t, 64> room{};
  return std::string{as_text(unmask(frame, Bytes{bytes}.subspan(frame.header_size), room))};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(websocket)

// RFC 6455 section 5.7
BOOST_AUTO_TEST_CASE(the_examples_of_the_rfc) {
  BOOST_TEST(payload_of("810548656c6c6f") == "Hello");
  BOOST_TEST(payload_of("818537fa213d7f9f4d5158") == "Hello");
  BOOST_TEST(frame_of("818537fa213d7f9f4d5158").masked);
  BOOST_TEST(!frame_of("010348656c").final);
  BOOST_TEST((frame_of("80026c6f").opcode == WebSocketOpcode::continuation));
  BOOST_TEST((frame_of("890548656c6c6f").opcode == WebSocketOpcode::ping));
  BOOST_TEST(frame_of("827e0100").length == 256U);
  BOOST_TEST(frame_of("827f0000000000010000").length == 65536U);
  BOOST_TEST(frame_of("827f0000000000010000").header_size == 10U);
}

BOOST_AUTO_TEST_CASE(a_compressed_message) {
  BOOST_TEST(frame_of("c107f248cdc9c90700").compressed);
}  // RFC 7692, 7.2.3.1

BOOST_AUTO_TEST_CASE(what_is_cut_or_reserved) {
  for (const auto* cut : {"", "81", "827e01", "827f00000000000100", "818537fa21"})
    BOOST_TEST((error_of(cut) == WebSocketError::need_more));
  BOOST_TEST((error_of("8300") == WebSocketError::opcode));
  BOOST_TEST((error_of("8b00") == WebSocketError::opcode));
  BOOST_TEST((error_of("a100") == WebSocketError::reserved));
  BOOST_TEST((error_of("897e0100") == WebSocketError::length));
  BOOST_TEST((error_of("827f8000000000000000") == WebSocketError::length));
}

BOOST_AUTO_TEST_SUITE_END()
