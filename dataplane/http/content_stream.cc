#include "dataplane/http/content_stream.hh"

#include <algorithm>

#include "dataplane/http/content_format.hh"

namespace sluice {
namespace {

constexpr std::size_t magic_size = 2;          // of gzip's and of zlib's header: enough to tell them
constexpr std::uint8_t gzip_trailer_size = 8;  // RFC 1952 section 2.3: CRC32, ISIZE

}  // namespace

void ContentStream::begin(const ContentCodings& codings) noexcept {
  has_error_ = false;
  arena_.reset(room_.bytes);
  // A body with a coding that is not known goes through whole.
  count_ = codings.error() ? 0 : codings.size();
  if (codings.error()) note(*codings.error());
  for (std::size_t i = 0; i < count_; ++i) {
    auto& layer = layers_[i];
    layer.coding = codings[count_ - 1 - i];  // the last coding that was applied is the first to be taken off
    layer.state = State::opening;
    layer.form = Form::raw;
    layer.kept_all = true;
    layer.has_failed = false;
    layer.prefix_size = 0;
    layer.trailer_left = 0;
    layer.used = 0;
    layer.produced = 0;
    layer.brotli = nullptr;
  }
}

void ContentStream::note(ContentError error) noexcept {
  if (has_error_) return;
  has_error_ = true;
  error_ = error;
}

void ContentStream::add(Bytes coded, Scratch& scratch, ContentSink sink) noexcept { give(0, coded, {scratch, sink}); }

void ContentStream::end(Scratch& scratch, ContentSink sink) noexcept {
  for (std::size_t i = 0; i < count_; ++i)
    if (layers_[i].state == State::opening && layers_[i].prefix_size != 0)
      fail(i, ContentError::corrupt, {scratch, sink});
}

// Keeps what comes while it may have to be read again; returns what did not fit.
Bytes ContentStream::keep(Layer& layer, Bytes coded) noexcept {
  const auto fitting = std::min(coded.size(), prefix_limit - layer.prefix_size);
  std::copy_n(coded.begin(), fitting, layer.prefix.begin() + layer.prefix_size);
  layer.prefix_size = static_cast<std::uint16_t>(layer.prefix_size + fitting);
  return coded.subspan(fitting);
}

void ContentStream::give(std::size_t number, Bytes coded, Way way) noexcept {
  if (coded.empty()) return;
  if (number == count_) return way.sink.take(way.sink.context, coded);
  auto& layer = layers_[number];
  switch (layer.state) {
    case State::opening:
    case State::between: {
      const auto rest = keep(layer, coded);
      open(number, way);
      return give(number, rest, way);
    }
    case State::inflating: return inflate(number, coded, way);
    case State::trailer: {
      const auto count = std::min<std::size_t>(coded.size(), layer.trailer_left);
      layer.trailer_left = static_cast<std::uint8_t>(layer.trailer_left - count);
      if (layer.trailer_left == 0) {
        layer.state = State::between;
        layer.prefix_size = 0;
      }
      return give(number, coded.subspan(count), way);
    }
    case State::brotli: return decompress_brotli(number, coded, way);
    case State::plain: return give(number + 1, coded, way);
    case State::over: return;
  }
}

// Looks at the first bytes of a layer, or of what follows a gzip member (RFC 1952 section 2.2).
void ContentStream::open(std::size_t number, Way way) noexcept {
  auto& layer = layers_[number];
  const auto first = Bytes{layer.prefix}.first(layer.prefix_size);
  if (layer.coding == ContentCoding::brotli) {
    layer.brotli = BrotliDecoderCreateInstance(take_for_brotli, give_to_arena, &arena_);
    if (layer.brotli == nullptr) return fail(number, ContentError::memory, way);
    layer.state = State::brotli;
    return decompress_brotli(number, first, way);
  }
  if (first.size() < magic_size) return;
  if (has_gzip_header(first)) {
    const auto header = gzip_header_size(first);
    if (!header && first.size() < prefix_limit && !is_other_gzip_method(first)) return;  // more of it is to come
    if (!header) return fail(number, ContentError::corrupt, way);
    return inflate_as(number, Form::gzip, first.subspan(*header), way);
  }
  if (layer.state == State::between) {  // what follows otherwise is passed over
    layer.state = State::over;
    return;
  }
  // Sent under the wrong name, or as RFC 9110 section 8.4.1.2 has it.
  if (has_zlib_header(first)) return inflate_as(number, Form::zlib, first, way);
  if (layer.coding == ContentCoding::gzip) return fail(number, ContentError::corrupt, way);
  return inflate_as(number, Form::raw, first, way);  // DEFLATE alone, as some servers send it
}

// The header of a gzip member is taken off here, so that what clients pass over in it is passed over.
void ContentStream::inflate_as(std::size_t number, Form form, Bytes coded, Way way) noexcept {
  auto& layer = layers_[number];
  const bool again = layer.state == State::between;
  layer.form = form;
  layer.state = State::inflating;
  if (again) {
    if (inflateReset(&layer.zlib) != Z_OK) return fail(number, ContentError::corrupt, way);
  } else {
    layer.zlib = z_stream{};
    layer.zlib.zalloc = take_for_zlib;
    layer.zlib.zfree = give_to_arena;
    layer.zlib.opaque = &arena_;
    if (inflateInit2(&layer.zlib, form == Form::zlib ? zlib_format : raw_format) != Z_OK)
      return fail(number, ContentError::memory, way);
  }
  inflate(number, coded, way);
}

void ContentStream::inflate(std::size_t number, Bytes coded, Way way) noexcept {
  auto& layer = layers_[number];
  auto& room = way.scratch[number];
  // What did not come from the prefix: until content comes of it, it may have to be read in another form.
  const bool is_kept = coded.data() >= layer.prefix.data() && coded.data() <= layer.prefix.data() + prefix_limit;
  if (!is_kept && layer.produced == 0 && layer.kept_all) layer.kept_all = keep(layer, coded).empty();
  auto& zlib = layer.zlib;
  zlib.next_in = const_cast<std::uint8_t*>(coded.data());  // zlib only reads it
  zlib.avail_in = static_cast<unsigned>(coded.size());
  for (;;) {
    const auto before = zlib.avail_in;
    zlib.next_out = room.data();
    zlib.avail_out = static_cast<unsigned>(room.size());
    const auto status = ::inflate(&zlib, Z_SYNC_FLUSH);
    const auto count = room.size() - zlib.avail_out;
    layer.used += before - zlib.avail_in;
    layer.produced += count;
    const auto left = coded.last(zlib.avail_in);
    if (count != 0) give(number + 1, Bytes{room}.first(count), way);
    if (status == Z_STREAM_END) {
      layer.state = layer.form == Form::gzip ? State::trailer : State::over;
      layer.trailer_left = gzip_trailer_size;
      return give(number, left, way);
    }
    if (status == Z_MEM_ERROR) return fail(number, ContentError::memory, way);
    if (status == Z_DATA_ERROR || status == Z_NEED_DICT) return fail(number, ContentError::corrupt, way);
    if (is_bomb(layer)) return fail(number, ContentError::expansion, way);
    if (status != Z_OK || (zlib.avail_out != 0 && left.empty())) return;
  }
}

void ContentStream::decompress_brotli(std::size_t number, Bytes coded, Way way) noexcept {
  auto& layer = layers_[number];
  auto& room = way.scratch[number];
  const bool is_kept = coded.data() == layer.prefix.data();
  if (!is_kept && layer.produced == 0 && layer.kept_all) layer.kept_all = keep(layer, coded).empty();
  auto left = coded.size();
  const auto* next = coded.data();
  for (;;) {
    const auto before = left;
    auto space = room.size();
    auto* out = room.data();
    const auto result = BrotliDecoderDecompressStream(layer.brotli, &left, &next, &space, &out, nullptr);
    const auto count = room.size() - space;
    layer.used += before - left;
    layer.produced += count;
    if (count != 0) give(number + 1, Bytes{room}.first(count), way);
    if (result == BROTLI_DECODER_RESULT_ERROR)
      return fail(number, error_of(BrotliDecoderGetErrorCode(layer.brotli)), way);
    if (result == BROTLI_DECODER_RESULT_SUCCESS) {
      layer.state = State::over;
      return;
    }
    if (is_bomb(layer)) return fail(number, ContentError::expansion, way);
    // Having asked for more it may still hold what did not fit into the room.
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && (count == 0 || !BrotliDecoderHasMoreOutput(layer.brotli)))
      return;
  }
}

bool ContentStream::is_broken() const noexcept {
  return std::any_of(layers_.begin(), layers_.begin() + static_cast<std::ptrdiff_t>(count_),
                     [](const Layer& layer) { return layer.has_failed; });
}

bool ContentStream::is_bomb(const Layer& layer) const noexcept {
  return layer.produced > expansion_free && layer.produced / content_expansion_limit > layer.used;
}

// Before the first byte of content a coding may be another one, or none.
void ContentStream::fail(std::size_t number, ContentError error, Way way) noexcept {
  auto& layer = layers_[number];
  const bool from_start = layer.produced == 0 && error != ContentError::expansion;
  if (from_start && layer.kept_all && layer.state == State::inflating && layer.form == Form::zlib &&
      layer.coding == ContentCoding::deflate) {
    inflateEnd(&layer.zlib);
    return inflate_as(number, Form::raw, Bytes{layer.prefix}.first(layer.prefix_size), way);
  }
  note(error);
  layer.state = State::over;
  layer.has_failed = !from_start || !layer.kept_all;
  if (layer.has_failed) return;
  layer.state = State::plain;
  give(number + 1, Bytes{layer.prefix}.first(layer.prefix_size), way);
}

}  // namespace sluice
