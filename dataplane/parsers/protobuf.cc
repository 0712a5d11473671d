#include "dataplane/parsers/protobuf.hh"

namespace sluice {

void ProtobufReader::fail(ProtobufError error) noexcept {
  if (!error_) error_ = error;  // the first is the cause
}

// Base 128, lowest seven bits first; the tenth byte has room for one bit.
std::uint64_t ProtobufReader::varint() noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < protobuf_varint_limit; ++i) {
    const std::uint64_t byte = rest_.u8();
    if (!rest_.ok()) {
      fail(ProtobufError::cut);
      return 0;
    }
    if (i + 1 == protobuf_varint_limit && byte > 1) break;
    value |= (byte & 0x7fU) << (7U * i);
    if (byte < 0x80U) return value;
  }
  fail(ProtobufError::varint);
  return 0;
}

std::uint64_t ProtobufReader::fixed(std::size_t count) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{rest_.u8()} << (8U * i);
  return value;
}

std::optional<ProtobufField> ProtobufReader::next() noexcept {
  if (error_ || rest_.left() == 0) return std::nullopt;
  if (++count_ > protobuf_field_limit) {
    fail(ProtobufError::too_many_fields);
    return std::nullopt;
  }
  // Tag: the field's number, and its type in the lowest three bits.
  const auto tag = varint();
  const auto number = tag >> 3U;
  if (number == 0 || number > protobuf_field_number_limit) fail(ProtobufError::field_number);
  ProtobufField field{static_cast<std::uint32_t>(number), static_cast<ProtobufType>(tag & 7U), 0, {}};
  switch (field.type) {
    case ProtobufType::varint: field.integer = varint(); break;
    case ProtobufType::fixed64: field.integer = fixed(8); break;
    case ProtobufType::fixed32: field.integer = fixed(4); break;
    case ProtobufType::bytes: field.bytes = rest_.take(static_cast<std::size_t>(varint())); break;
    default: fail(ProtobufError::wire_type);
  }
  if (!rest_.ok()) fail(ProtobufError::cut);
  if (error_) return std::nullopt;
  return field;
}

}  // namespace sluice
