// What a part of a signature asks of a buffer beside bytes and expressions that stand there, and what is done to a
// buffer before anything looks at it. The keywords are Suricata's; rules/README.md says what each means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "rules/signatures/dataset.hh"

namespace sluice {

constexpr std::size_t signature_variable_limit = 32;  // results of byte_extract and byte_math in a rule
constexpr std::size_t transforms_limit = 8;           // over each other, of one buffer
constexpr std::uint32_t decompressed_limit = 8192;    // bytes that gunzip and zlib_deflate may give

// The result of an earlier part, by its place among those of the rule; nothing where a number is written.
using PartVariable = std::optional<std::uint8_t>;

// isdataat: whether so many bytes follow.
struct DataAt {
  std::uint32_t position = 0;
  PartVariable variable;  // in place of position
  bool relative = false;
  bool negated = false;
};

// bsize, urilen: how long the buffer is.
struct BufferSize {
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  bool negated = false;
};

// byte_test, byte_jump, byte_extract, byte_math: a number that stands in the buffer, and what becomes of it.
struct ByteOperation {
  enum class Kind : std::uint8_t { test = 0, jump = 1, extract = 2, math = 3 };
  enum class Operator : std::uint8_t {
    less = 0,
    less_equal = 1,
    greater = 2,
    greater_equal = 3,
    equal = 4,
    bits_and = 5,  // a bit of both is set
    bits_xor = 6,  // a bit differs: what Suricata does for ^
    add = 7,
    subtract = 8,
    divide = 9,
    multiply = 10,
    shift_left = 11,
    shift_right = 12,
  };
  enum class From : std::uint8_t { number = 0, beginning = 1, end = 2 };  // of a jump: behind what was read, ...

  Kind kind{};
  std::uint8_t bytes = 0;  // at most 8, of text 23
  PartVariable bytes_variable;
  std::int32_t offset = 0;
  PartVariable offset_variable;
  bool relative = false;
  bool little = false;
  bool text = false;      // digits, not binary
  std::uint8_t base = 0;  // of text: 8, 10, 16; 0 as C reads a number
  std::optional<std::uint32_t> bitmask;
  Operator operation{};     // test, math
  bool negated = false;     // test
  std::uint64_t value = 0;  // test, math: the other side
  PartVariable value_variable;
  std::uint32_t multiplier = 1;  // jump, extract
  std::uint8_t align = 0;        // jump, extract: up to a multiple of so many; 0 = not
  From from{};                   // jump
  std::int32_t post_offset = 0;  // jump
  std::uint8_t result = 0;       // extract, math: the variable that is set
};

// base64_decode: what base64_data looks at.
struct Base64Decode {
  std::uint32_t bytes = 0;  // that are read; 0 = all
  std::uint32_t offset = 0;
  bool relative = false;
};

// absent: the message lacks the buffer; or_else: or the parts behind it hold.
struct Absent {
  bool or_else = false;
};

using PartCheck = std::variant<DataAt, BufferSize, ByteOperation, Base64Decode, Absent, DatasetCheck>;

// What is done to a buffer before its parts look there, one after the other.
struct Transform {
  enum class Kind : std::uint8_t {
    to_lowercase = 0,
    to_uppercase = 1,
    strip_whitespace = 2,
    compress_whitespace = 3,
    url_decode = 4,
    dotprefix = 5,
    header_lowercase = 6,
    strip_pseudo_headers = 7,
    from_base64 = 8,
    xor_key = 9,
    to_md5 = 10,
    to_sha1 = 11,
    to_sha256 = 12,
    pcrexform = 13,
    gunzip = 14,
    zlib_deflate = 15,
    subslice = 16,
    domain = 17,  // the name that somebody registered, by the public suffix list
    tld = 18,     // the public suffix
  };
  enum class Mode : std::uint8_t { rfc4648 = 0, rfc2045 = 1, strict = 2 };  // from_base64

  Kind kind{};
  Mode mode{};
  std::string text;                   // the bytes of a key, an expression
  std::int32_t offset = 0;            // from_base64, xor_key, subslice (there: from the end where negative)
  std::optional<std::int32_t> bytes;  // from_base64, subslice; of the key that xor_key takes from the buffer
  std::uint32_t key_offset = 0;       // where that key stands
  std::uint32_t most = 0;             // gunzip, zlib_deflate: bytes that come out
  bool truncate = false;              // subslice

  bool operator==(const Transform&) const = default;
};

}  // namespace sluice
