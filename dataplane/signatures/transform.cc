#include "dataplane/signatures/transform.hh"

#include <libpsl.h>
#include <zlib.h>

#include <algorithm>

#include "dataplane/base/digest.hh"
#include "rules/text/base64.hh"

namespace sluice {
namespace {

using Kind = Transform::Kind;

constexpr std::size_t name_limit = 255;  // bytes of a name of hosts (RFC 1035 section 2.3.4)

// C's isspace() and tolower() in its own locale.
bool is_space(std::uint8_t c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
std::uint8_t lower(std::uint8_t c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + ('a' - 'A')) : c;
}
std::uint8_t upper(std::uint8_t c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<std::uint8_t>(c - ('a' - 'A')) : c;
}

// A room that is filled from its start; what it has no place for is left out.
class Filling {
 public:
  explicit Filling(std::span<std::uint8_t> room) noexcept : room_(room) {}
  void add(std::uint8_t byte) noexcept {
    if (size_ < room_.size()) room_[size_++] = byte;
  }
  void add(Bytes bytes) noexcept {
    for (const auto byte : bytes) add(byte);
  }
  [[nodiscard]] Bytes bytes() const noexcept { return room_.first(size_); }

 private:
  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
};

std::optional<unsigned> hex_digit(std::uint8_t c) noexcept {
  if (c >= '0' && c <= '9') return c - unsigned{'0'};
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - unsigned{'a'} + 10;
  return std::nullopt;
}

void decode_url(Bytes in, Filling& out) noexcept {
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '%' && i + 2 < in.size()) {
      const auto high = hex_digit(in[i + 1]);
      const auto low = hex_digit(in[i + 2]);
      if (high && low) {
        out.add(static_cast<std::uint8_t>(*high << 4U | *low));
        i += 2;
        continue;
      }
    }
    out.add(in[i] == '+' ? std::uint8_t{' '} : in[i]);
  }
}

// Of each line only what stands before the colon.
void lower_header_names(Bytes in, Filling& out) noexcept {
  bool name = true;
  for (const auto byte : in) {
    if (byte == ':') name = false;
    if (byte == '\n') name = true;
    out.add(name ? lower(byte) : byte);
  }
}

void strip_pseudo_headers(Bytes in, Filling& out) noexcept {
  while (!in.empty()) {
    const auto newline = std::find(in.begin(), in.end(), std::uint8_t{'\n'});
    const auto size = static_cast<std::size_t>(newline - in.begin()) + (newline == in.end() ? 0 : 1);
    if (in.front() != ':') out.add(in.first(size));
    in = in.subspan(size);
  }
}

void apply_key(const Transform& transform, Bytes in, Filling& out) noexcept {
  auto key = as_bytes(transform.text);
  if (transform.bytes) {
    const auto size = static_cast<std::size_t>(*transform.bytes);
    if (transform.key_offset > in.size() || size > in.size() - transform.key_offset) return out.add(in);
    key = in.subspan(transform.key_offset, size);
  }
  const auto from = static_cast<std::size_t>(transform.offset);
  if (key.empty() || from > in.size()) return out.add(in);
  out.add(in.first(from));
  for (std::size_t i = from; i < in.size(); ++i)
    out.add(static_cast<std::uint8_t>(in[i] ^ key[(i - from) % key.size()]));
}

// The part of it: negative places count from the end.
Bytes slice(const Transform& transform, Bytes in) noexcept {
  const auto length = static_cast<std::int64_t>(in.size());
  std::int64_t begin = transform.offset < 0 ? length + transform.offset : transform.offset;
  if (begin < 0) {
    if (!transform.truncate) return in.first(0);
    begin = 0;
  }
  auto end = length;
  if (transform.bytes) end = *transform.bytes < 0 ? length + *transform.bytes : begin + *transform.bytes;
  if (end > length) {
    if (!transform.truncate) return in.first(0);
    end = length;
  }
  if (begin >= end) return in.first(0);
  return in.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

// libpsl compares names of ASCII in lower case where they stand, without memory of its own.
Bytes registered(Kind kind, Bytes in, std::span<std::uint8_t> room) noexcept {
  const bool plain = std::all_of(in.begin(), in.end(), [](std::uint8_t c) { return c > ' ' && c < 0x7f; });
  if (!plain || in.size() > name_limit) return in;
  std::transform(in.begin(), in.end(), room.begin(), lower);
  room[in.size()] = 0;
  const auto* const name = reinterpret_cast<const char*>(room.data());
  const auto* const list = psl_builtin();
  const auto* const found =
      kind == Kind::tld ? psl_unregistrable_domain(list, name) : psl_registrable_domain(list, name);
  return found == nullptr ? in : in.subspan(static_cast<std::size_t>(found - name));
}

void* take_memory(void* arena, unsigned items, unsigned size) noexcept {
  return static_cast<Arena*>(arena)->take(std::size_t{items} * size);
}
void give_memory(void* arena, void* memory) noexcept { static_cast<Arena*>(arena)->give(memory); }

}  // namespace

std::optional<Bytes> TransformRoom::apply(std::span<const TransformStep> steps, Bytes buffer,
                                          const PcreSet& expressions, PcreScratch* scratch) noexcept {
  if (buffer.size() > transformed_limit) return std::nullopt;
  for (const auto& step : steps) {
    if (buffer.empty()) break;  // nothing is made of nothing
    if (step.what.kind == Kind::pcrexform) {
      const auto found = expressions.find(step.pcre, buffer, 0, *scratch);
      if (found.outcome == PcreFound::Outcome::limit) return std::nullopt;
      if (found.outcome == PcreFound::Outcome::found && found.has_group)
        buffer = buffer.subspan(found.group_begin, found.group_end - found.group_begin);
      continue;
    }
    auto& [first, second] = memory_->transformed;
    const bool in_first = buffer.data() >= first.data() && buffer.data() < first.data() + first.size();
    buffer = plain(step.what, buffer, in_first ? second : first);
  }
  return buffer;
}

// `in` never lies in `out`.
Bytes TransformRoom::plain(const Transform& transform, Bytes in, Room& room) noexcept {
  Filling out{room};
  switch (transform.kind) {
    case Kind::to_lowercase:
      for (const auto byte : in) out.add(lower(byte));
      return out.bytes();
    case Kind::to_uppercase:
      for (const auto byte : in) out.add(upper(byte));
      return out.bytes();
    case Kind::strip_whitespace:
      for (const auto byte : in)
        if (!is_space(byte)) out.add(byte);
      return out.bytes();
    case Kind::compress_whitespace:  // the first of them stays
      for (std::size_t i = 0; i < in.size(); ++i)
        if (i == 0 || !is_space(in[i]) || !is_space(in[i - 1])) out.add(in[i]);
      return out.bytes();
    case Kind::url_decode: decode_url(in, out); return out.bytes();
    case Kind::dotprefix:
      out.add('.');
      out.add(in);
      return out.bytes();
    case Kind::header_lowercase: lower_header_names(in, out); return out.bytes();
    case Kind::strip_pseudo_headers: strip_pseudo_headers(in, out); return out.bytes();
    case Kind::from_base64: {
      const auto from = static_cast<std::size_t>(transform.offset);
      if (from >= in.size()) return in;
      auto coded = in.subspan(from);
      if (transform.bytes) coded = coded.first(std::min(coded.size(), static_cast<std::size_t>(*transform.bytes)));
      const auto size = decode_base64(coded, transform.mode, room);
      return size > 0 ? Bytes{room}.first(size) : in;
    }
    case Kind::xor_key: apply_key(transform, in, out); return out.bytes();
    case Kind::to_md5: {
      Md5Sum sum;
      sum.add(in);
      out.add(sum.finish());
      return out.bytes();
    }
    case Kind::to_sha1: out.add(sha1_of(in)); return out.bytes();
    case Kind::to_sha256: out.add(sha256_of(in)); return out.bytes();
    case Kind::gunzip:
    case Kind::zlib_deflate: return inflate(transform, in, room);
    case Kind::subslice: return slice(transform, in);
    case Kind::domain:
    case Kind::tld: return registered(transform.kind, in, room);
    case Kind::pcrexform: break;
  }
  return in;
}

Bytes TransformRoom::inflate(const Transform& transform, Bytes in, Room& room) noexcept {
  constexpr int zlib_format = 15;  // zlib's manual, inflateInit2: the window, 16 more for gzip
  Arena arena;
  arena.reset(memory_->inflate);
  z_stream stream{};
  stream.zalloc = take_memory;
  stream.zfree = give_memory;
  stream.opaque = &arena;
  stream.next_in = const_cast<Bytef*>(in.data());  // zlib only reads there
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = room.data();
  stream.avail_out = static_cast<uInt>(std::min<std::size_t>(transform.most, room.size()));
  if (inflateInit2(&stream, zlib_format + (transform.kind == Kind::gunzip ? 16 : 0)) != Z_OK) return in;
  const auto status = ::inflate(&stream, Z_SYNC_FLUSH);
  const auto size = static_cast<std::size_t>(stream.next_out - room.data());
  static_cast<void>(inflateEnd(&stream));
  const bool read = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
  return read && size > 0 ? Bytes{room}.first(size) : in;
}

}  // namespace sluice
