#include "control/decoders/packed.hh"

#include <sodium.h>
#include <zlib.h>

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t group = 4;            // characters of base64 for 3 bytes
constexpr std::size_t base64_least = 8;     // characters
constexpr int any_header = MAX_WBITS + 32;  // zlib: a zlib or a gzip header

bool is_base64(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::string base64_decoded(std::string_view text) {
  std::string plain;
  for (char c : text) {
    if (c == ' ' || c == '\r' || c == '\n' || c == '\t') continue;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
    if (!is_base64(c)) break;
    plain += c;
  }
  if (plain.size() < base64_least) return "";
  const auto decode = [&plain](std::size_t size) {
    std::string bytes(size / group * 3 + 3, '\0');
    std::size_t length = 0;
    const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), plain.data(),
                                         size, nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    bytes.resize(failed != 0 ? 0 : length);
    return bytes;
  };
  // A text that was cut may end inside a group.
  auto bytes = decode(plain.size());
  return bytes.empty() ? decode(plain.size() / group * group) : bytes;
}

Unpacked unpacked(std::string_view bytes) {
  Unpacked result;
  z_stream stream{};
  if (bytes.empty() || inflateInit2(&stream, any_header) != Z_OK) return result;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  result.bytes.resize(unpacked_limit);
  stream.next_out = reinterpret_cast<Bytef*>(result.bytes.data());
  stream.avail_out = static_cast<uInt>(result.bytes.size());
  result.is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  result.bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return result;
}

}  // namespace sluice
