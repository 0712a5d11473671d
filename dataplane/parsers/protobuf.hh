// One level of a protocol buffers message (protobuf.dev/programming-guides/encoding): a checked walk over its fields.
// A message inside a message is bytes here; who wants it walks it by itself. Groups, which the format has given up, are
// refused, since their end can only be found by nesting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

enum class ProtobufError : std::uint8_t {
  cut,              // a field goes beyond the end of the message
  varint,           // a varint of more than 10 bytes, or of more than 64 bits
  field_number,     // 0, or above 2^29 - 1
  wire_type,        // a group, or one of the two types that are not defined
  too_many_fields,  // more than protobuf_field_limit
};

constexpr std::size_t protobuf_varint_limit = 10;  // bytes: 64 bits, seven in each
constexpr std::uint64_t protobuf_field_number_limit = (1U << 29U) - 1U;
// Fields that are read of one message; what we know has fewer than 20.
constexpr std::size_t protobuf_field_limit = 256;

enum class ProtobufType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct ProtobufField {
  std::uint32_t number = 0;
  ProtobufType type{};
  std::uint64_t integer = 0;  // of all types but bytes
  Bytes bytes;                // ProtobufType::bytes: a string, a message, packed numbers

  [[nodiscard]] bool is_bytes(std::uint32_t of) const noexcept { return number == of && type == ProtobufType::bytes; }
};

// for (ProtobufReader fields{message}; const auto field = fields.next();) ... ; then ask error().
class ProtobufReader {
 public:
  explicit ProtobufReader(Bytes message) noexcept : rest_(message) {}

  // The next field; nothing at the end of the message, and from the first error on.
  [[nodiscard]] std::optional<ProtobufField> next() noexcept;
  [[nodiscard]] std::optional<ProtobufError> error() const noexcept { return error_; }

 private:
  std::uint64_t varint() noexcept;
  // Little-endian, `count` bytes.
  std::uint64_t fixed(std::size_t count) noexcept;
  void fail(ProtobufError error) noexcept;

  Reader rest_;
  std::size_t count_ = 0;
  std::optional<ProtobufError> error_;
};

}  // namespace sluice
