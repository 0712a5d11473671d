#include "dataplane/http/content_coding.hh"

#include <algorithm>

#include "dataplane/http/content_format.hh"
#include "dataplane/http/http_headers.hh"

namespace sluice {

void ContentCodings::add(std::string_view list) noexcept {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    // Clients read the first word ("gzip x").
    const auto item = trim(list.substr(0, comma));
    const auto name = item.substr(0, item.find_first_of(" \t;"));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (name.empty() || same_token(name, "identity")) continue;
    std::optional<ContentCoding> coding;
    if (same_token(name, "gzip") || same_token(name, "x-gzip")) coding = ContentCoding::gzip;
    if (same_token(name, "deflate")) coding = ContentCoding::deflate;
    if (same_token(name, "br")) coding = ContentCoding::brotli;  // RFC 7932 section 13
    if (!coding) {
      error_ = ContentError::unknown_coding;
    } else if (count_ == limit) {
      error_ = ContentError::too_many_codings;
    } else {
      codings_[count_++] = *coding;
    }
  }
}

DecodedContent ContentDecoder::decode(const ContentCodings& codings, Bytes coded) noexcept {
  if (codings.error()) return {coded, codings.error()};
  auto content = coded;
  std::optional<ContentError> error;
  // The last coding that was applied is the first to be taken off.
  for (auto i = codings.size(); i > 0 && !content.empty(); --i) {
    auto& room = stages_[i % 2];
    const auto stage = decode(codings[i - 1], content, room);
    if (stage.error && !error) error = stage.error;
    const bool bomb = stage.produced == room.size() && stage.produced / content_expansion_limit > stage.used;
    if (bomb && !error) error = ContentError::expansion;
    if (stage.produced == 0 && stage.error) return {coded, error};
    content = Bytes{room}.first(stage.produced);
  }
  return {content, error};
}

ContentDecoder::Stage ContentDecoder::decode(ContentCoding coding, Bytes coded, std::span<std::uint8_t> room) noexcept {
  switch (coding) {
    case ContentCoding::gzip: {
      if (has_zlib_header(coded)) return inflate(zlib_format, coded, room);  // sent under the wrong name
      const auto stage = inflate(gzip_format, coded, room);
      if (stage.error != ContentError::corrupt || stage.produced != 0) return stage;
      // Its header is wrong in a way that clients pass over: a check sum, a reserved flag.
      const auto header = gzip_header_size(coded);
      return header ? inflate(raw_format, coded.subspan(*header), room) : stage;
    }
    case ContentCoding::deflate: {
      if (has_gzip_header(coded)) return inflate(gzip_format, coded, room);  // sent under the wrong name
      // RFC 9110 section 8.4.1.2 means zlib's format; some servers send DEFLATE alone, and browsers take both.
      if (!has_zlib_header(coded)) return inflate(raw_format, coded, room);
      const auto stage = inflate(zlib_format, coded, room);
      return stage.error == ContentError::corrupt && stage.produced == 0 ? inflate(raw_format, coded, room) : stage;
    }
    case ContentCoding::brotli: return decompress_brotli(coded, room);
  }
  return {};
}

ContentDecoder::Stage ContentDecoder::inflate(int window_bits, Bytes coded, std::span<std::uint8_t> room) noexcept {
  arena_.reset(arena_room_->bytes);
  z_stream stream{};
  stream.zalloc = take_for_zlib;
  stream.zfree = give_to_arena;
  stream.opaque = &arena_;
  if (inflateInit2(&stream, window_bits) != Z_OK) return {0, 0, ContentError::memory};
  stream.next_in = const_cast<std::uint8_t*>(coded.data());  // zlib only reads it
  stream.avail_in = static_cast<unsigned>(coded.size());
  stream.next_out = room.data();
  stream.avail_out = static_cast<unsigned>(room.size());
  Stage stage;
  while (stream.avail_in > 0 && stream.avail_out > 0) {
    const auto before = stream.avail_in + stream.avail_out;
    const auto status = ::inflate(&stream, Z_SYNC_FLUSH);
    if (status == Z_STREAM_END) {
      // RFC 1952 section 2.2: a gzip file may have several members. What follows otherwise is passed over.
      if (window_bits != gzip_format || !has_gzip_header(coded.last(stream.avail_in))) break;
      if (inflateReset(&stream) != Z_OK) break;
      continue;
    }
    if (status == Z_DATA_ERROR || status == Z_NEED_DICT) stage.error = ContentError::corrupt;
    if (status == Z_MEM_ERROR) stage.error = ContentError::memory;
    if (status != Z_OK || before == stream.avail_in + stream.avail_out) break;
  }
  stage.used = coded.size() - stream.avail_in;
  stage.produced = room.size() - stream.avail_out;
  return stage;  // what zlib holds lies in the arena: nothing to give back
}

ContentDecoder::Stage ContentDecoder::decompress_brotli(Bytes coded, std::span<std::uint8_t> room) noexcept {
  arena_.reset(arena_room_->bytes);
  auto* state = BrotliDecoderCreateInstance(take_for_brotli, give_to_arena, &arena_);
  if (state == nullptr) return {0, 0, ContentError::memory};
  auto left = coded.size();
  auto space = room.size();
  const auto* next_in = coded.data();
  auto* next_out = room.data();
  const auto result = BrotliDecoderDecompressStream(state, &left, &next_in, &space, &next_out, nullptr);
  Stage stage{coded.size() - left, room.size() - space, std::nullopt};
  if (result == BROTLI_DECODER_RESULT_ERROR) stage.error = error_of(BrotliDecoderGetErrorCode(state));
  return stage;  // as above
}

}  // namespace sluice
