#include "dataplane/content_coding.hh"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>

#include "dataplane/http_headers.hh"

namespace sluice {
namespace {

// zlib's window_bits (its manual, inflateInit2): 15 = zlib's format, 16 more = gzip's, negative = DEFLATE alone.
constexpr int zlib_format = 15;
constexpr int gzip_format = 15 + 16;
constexpr int raw_format = -15;

void* take_for_zlib(void* arena, unsigned items, unsigned size) noexcept {
  return static_cast<Arena*>(arena)->take(std::size_t{items} * size);
}
void* take_for_brotli(void* arena, std::size_t size) noexcept { return static_cast<Arena*>(arena)->take(size); }
void give(void* arena, void* memory) noexcept { static_cast<Arena*>(arena)->give(memory); }

// RFC 1950 section 2.2: method 8, and a check that makes the first two bytes a multiple of 31.
bool has_zlib_header(Bytes bytes) noexcept {
  Reader reader{bytes};
  const auto header = reader.be16();
  return reader.ok() && (header >> 8 & 0x0f) == Z_DEFLATED && header % 31 == 0;
}

// RFC 1952 section 2.3.1
bool has_gzip_header(Bytes bytes) noexcept {
  Reader reader{bytes};
  return reader.be16() == 0x1f8b && reader.ok();
}

// The header of a gzip member (RFC 1952 section 2.3), as far as it is there; nothing where it is none.
std::optional<std::size_t> gzip_header_size(Bytes bytes) noexcept {
  constexpr std::uint8_t has_crc = 0x02;
  constexpr std::uint8_t has_extra = 0x04;
  constexpr std::uint8_t has_name = 0x08;
  constexpr std::uint8_t has_comment = 0x10;
  Reader reader{bytes};
  if (reader.be16() != 0x1f8b || reader.u8() != Z_DEFLATED) return std::nullopt;
  const auto flags = reader.u8();
  reader.skip(6);  // time, extra flags, system
  if ((flags & has_extra) != 0) {
    const std::size_t low = reader.u8();
    reader.skip(low | std::size_t{reader.u8()} << 8);
  }
  const auto skip_text = [&] {
    while (reader.ok() && reader.left() > 0 && reader.u8() != 0) continue;
  };
  if ((flags & has_name) != 0) skip_text();
  if ((flags & has_comment) != 0) skip_text();
  if ((flags & has_crc) != 0) reader.skip(2);
  if (!reader.ok()) return std::nullopt;
  return bytes.size() - reader.left();
}

}  // namespace

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
  stream.zfree = give;
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
  auto* state = BrotliDecoderCreateInstance(take_for_brotli, give, &arena_);
  if (state == nullptr) return {0, 0, ContentError::memory};
  auto left = coded.size();
  auto space = room.size();
  const auto* next_in = coded.data();
  auto* next_out = room.data();
  const auto result = BrotliDecoderDecompressStream(state, &left, &next_in, &space, &next_out, nullptr);
  Stage stage{coded.size() - left, room.size() - space, std::nullopt};
  if (result == BROTLI_DECODER_RESULT_ERROR) {
    const auto code = BrotliDecoderGetErrorCode(state);
    const bool no_memory =
        code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    stage.error = no_memory ? ContentError::memory : ContentError::corrupt;
  }
  return stage;  // as above
}

}  // namespace sluice
