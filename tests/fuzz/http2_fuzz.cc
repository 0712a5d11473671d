// Any bytes as HTTP/2 frames of one direction: field blocks are decoded as they come, in memory that does not grow.
#include "dataplane/http/http2.hh"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dataplane/http/http2_connection.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  static const auto decoder = std::make_unique<HpackDecoder>();
  static std::array<char, http2_fields_limit> room;
  if (!decoder->reset()) std::abort();
  Bytes rest{data, size};
  static_cast<void>(probe_http2(rest));
  while (!rest.empty()) {
    const auto frame = parse_http2_frame(rest);
    if (!frame) break;
    if (frame->type != Http2FrameType::headers && frame->type != Http2FrameType::push_promise) {
      rest = rest.subspan(std::min<std::size_t>(rest.size(), Http2FrameHeader::size + frame->length));
      continue;
    }
    const auto block = parse_http2_field_block(rest);
    if (!block) break;
    if (block->size > rest.size() || block->piece_count == 0) std::abort();
    const auto fields = decoder->decode({block->pieces.data(), block->piece_count}, room);
    if (!fields) break;
    if (const auto request = http2_request(*fields); request && request->method.empty()) std::abort();
    if (const auto response = http2_response(*fields); response && response->status < 100) std::abort();
    rest = rest.subspan(block->size);
  }
  return 0;
}
