#include "dataplane/http/http2.hh"

#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/http/http2_connection.hh"
#include "tests/unit/quic_samples.hh"

using namespace sluice;
using quic_samples::from_hex;

namespace {

struct Decoder {
  std::unique_ptr<HpackDecoder> decoder = std::make_unique<HpackDecoder>();
  std::array<char, http2_fields_limit> room{};
  Decoder() { BOOST_REQUIRE(decoder->reset()); }

  tl::expected<std::string_view, HpackError> decode(std::string_view hex, std::size_t split = 0) {
    const auto block = from_hex(hex);
    const std::array<Bytes, 2> pieces{Bytes{block}.first(split), Bytes{block}.subspan(split)};
    return decoder->decode(pieces, room);
  }
};

Http2Error error_of(std::string_view hex) {
  const auto block = parse_http2_field_block(from_hex(hex));
  BOOST_REQUIRE(!block.has_value());
  return block.error();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http2, Decoder)

// RFC 7541 appendix C.4: three requests, which fill the dynamic table.
BOOST_AUTO_TEST_CASE(requests_of_the_rfc_in_any_pieces) {
  for (std::size_t split = 0; split <= 17; ++split) {
    BOOST_REQUIRE(decoder->reset());
    BOOST_TEST(decode("828684418cf1e3c2e5f23a6ba0ab90f4ff", split).value() ==
               ":method: GET\r\n:scheme: http\r\n:path: /\r\n:authority: www.example.com\r\n");
    BOOST_TEST(decode("828684be5886a8eb10649cbf").value() ==
               ":method: GET\r\n:scheme: http\r\n:path: /\r\n:authority: www.example.com\r\ncache-control: "
               "no-cache\r\n");
    BOOST_TEST(decode("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf").value() ==
               ":method: GET\r\n:scheme: https\r\n:path: /index.html\r\n:authority: www.example.com\r\n"
               "custom-key: custom-value\r\n");
  }
}

// Appendix C.6.1
BOOST_AUTO_TEST_CASE(a_response_of_the_rfc) {
  const auto fields = decode(
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3");
  const auto response = http2_response(fields.value());
  BOOST_REQUIRE(response.has_value());
  BOOST_TEST(response->status == 302U);
  BOOST_TEST(response->location == "https://www.example.com");
  BOOST_TEST(response->headers.find("date").value() == "Mon, 21 Oct 2013 20:13:21 GMT");
  BOOST_TEST(!http2_request(fields.value()).has_value());
}

BOOST_AUTO_TEST_CASE(a_request_reads_like_one_of_http_1) {
  const auto request = http2_request(decode("828684418cf1e3c2e5f23a6ba0ab90f4ff").value());
  BOOST_REQUIRE(request.has_value());
  BOOST_TEST(request->method == "GET");
  BOOST_TEST(request->target == "/");
  BOOST_TEST(request->host == "www.example.com");
  BOOST_TEST(request->protocol == "HTTP/2");
  BOOST_TEST(!http2_request("grpc-status: 0\r\n").has_value());
  BOOST_TEST(!http2_response(":status: 2x0\r\n").has_value());
}

BOOST_AUTO_TEST_CASE(a_field_without_a_line_end_is_none) {
  BOOST_TEST(!http2_request(":method: GET").has_value());
  const auto request = http2_request(":method: GET\r\n:path: /cut");
  BOOST_REQUIRE(request.has_value());
  BOOST_TEST(request->method == "GET");
  BOOST_TEST(request->target.empty());
}

BOOST_AUTO_TEST_CASE(no_field_breaks_out_of_its_line) {
  // A literal without indexing (RFC 7541 section 6.2.2): a = "b", CR, LF, "x: y"
  BOOST_TEST(decode("0001610762"
                    "0d0a783a2079")
                 .value() == "a: b  x: y\r\n");
}

BOOST_AUTO_TEST_CASE(bombs_and_broken_blocks_end_the_decoding) {
  BOOST_TEST((decode("ff").error() == HpackError::corrupt));
  BOOST_REQUIRE(decoder->reset());
  BOOST_TEST((decode("be").error() == HpackError::corrupt));  // an entry that is not there
  BOOST_REQUIRE(decoder->reset());
  // One field of 4,000 bytes enters the table (section 6.2.1), and one byte each repeats it.
  std::string bomb =
      "400161"
      "7fa11e";
  for (int i = 0; i < 4000; ++i) bomb += "78";
  BOOST_TEST(decode(bomb).has_value());
  BOOST_TEST((decode("bebebebebe").error() == HpackError::list));
  BOOST_REQUIRE(decoder->reset());
  // A dynamic table of 64 KiB, filled: there is no room for it.
  bomb = "3fe1ff03";
  for (int entry = 0; entry < 16; ++entry) {
    bomb +=
        "400161"
        "7fa11e";
    for (int i = 0; i < 4000; ++i) bomb += "78";
    const auto fields = decode(bomb);
    if (entry == 15) BOOST_TEST((!fields && fields.error() == HpackError::memory));
    if (!fields) break;
    bomb.clear();
  }
}

BOOST_AUTO_TEST_CASE(frames) {
  const auto settings = from_hex("000006040000000000000300000064");
  const auto frame = parse_http2_frame(settings);
  BOOST_REQUIRE(frame.has_value());
  BOOST_TEST(frame->length == 6U);
  BOOST_TEST((frame->type == Http2FrameType::settings));
  BOOST_TEST((probe_http2(settings) == Probe::yes));
  BOOST_TEST((probe_http2(Bytes{settings}.first(2)) == Probe::maybe));
  BOOST_TEST((probe_http2(as_bytes(http2_preface)) == Probe::yes));
  BOOST_TEST((probe_http2(as_bytes("PRI * HT")) == Probe::maybe));
  BOOST_TEST((probe_http2(as_bytes("PRINT / HTTP/1.1\r\n")) == Probe::no));
  BOOST_TEST((parse_http2_frame(as_bytes("12345678")).error() == Http2Error::need_more));
}

BOOST_AUTO_TEST_CASE(a_field_block_with_padding_priority_and_continuations) {
  // HEADERS: padded by 2, priority, two bytes of block; CONTINUATION: one byte, the end
  const auto bytes = from_hex(
      "00000a012900000003"
      "02"
      "8000000010"
      "8286"
      "0000"
      "000001090400000003"
      "84"
      "ff");
  const auto block = parse_http2_field_block(bytes);
  BOOST_REQUIRE(block.has_value());
  BOOST_TEST(block->size == bytes.size() - 1);
  BOOST_TEST(block->stream == 3U);
  BOOST_TEST(block->ends_stream);
  BOOST_TEST(block->piece_count == 2U);
  BOOST_TEST(block->pieces[0].size() == 2U);
}

BOOST_AUTO_TEST_CASE(broken_field_blocks) {
  BOOST_TEST((error_of("000002010400000001"
                       "82") == Http2Error::need_more));
  BOOST_TEST((error_of("000001010000000001"
                       "82") == Http2Error::need_more));
  BOOST_TEST((error_of("000002010c00000001"
                       "0582") == Http2Error::frame));
  BOOST_TEST((error_of("000001010000000001"
                       "82"
                       "000001090400000003"
                       "84") == Http2Error::continuation));
  std::string flood =
      "000001010000000001"
      "82";
  for (std::size_t i = 0; i <= http2_continuation_limit; ++i) flood += "000000090000000001";
  BOOST_TEST((error_of(flood) == Http2Error::continuations));
}

BOOST_AUTO_TEST_SUITE_END()
