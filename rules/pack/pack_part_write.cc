#include "rules/pack/pack_part.hh"
#include "rules/pack_generated.h"

namespace sluice {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

template <typename Number>
flatbuffers::Optional<Number> packed_number(const std::optional<Number>& value) {
  return value ? flatbuffers::Optional<Number>(*value) : flatbuffers::nullopt;
}

auto packed_bytes(Builder& builder, const std::string& bytes) {
  return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

flatbuffers::Offset<packed::Content> packed_content(Builder& builder, const Content& content) {
  const auto bytes = packed_bytes(builder, content.bytes);
  return packed::CreateContent(
      builder, static_cast<std::uint8_t>(content.buffer), bytes, content.negated, content.nocase, content.fast_pattern,
      content.startswith, content.endswith, packed_number(content.offset), packed_number(content.depth),
      packed_number(content.distance), packed_number(content.within), packed_number(content.offset_variable),
      packed_number(content.depth_variable), packed_number(content.distance_variable),
      packed_number(content.within_variable), content.fast_pattern_offset, content.fast_pattern_length);
}

flatbuffers::Offset<packed::Pcre> packed_pcre(Builder& builder, const Pcre& pcre) {
  const auto expression = builder.CreateString(pcre.expression);
  std::vector<flatbuffers::Offset<packed::PcreCapture>> captures;
  for (const auto& capture : pcre.captures)
    captures.push_back(
        packed::CreatePcreCapture(builder, capture.group, capture.of_flow, builder.CreateString(capture.name)));
  const auto list = captures.empty() ? flatbuffers::Offset<flatbuffers::Vector<decltype(captures)::value_type>>{}
                                     : builder.CreateVector(captures);
  return packed::CreatePcre(builder, static_cast<std::uint8_t>(pcre.buffer), expression, pcre.negated, pcre.relative,
                            pcre.nocase, pcre.multiline, pcre.dot_all, pcre.extended, pcre.anchored, pcre.dollar_end,
                            pcre.ungreedy, list);
}

flatbuffers::Offset<packed::ByteOperation> packed_operation(Builder& builder, const ByteOperation& one) {
  return packed::CreateByteOperation(
      builder, static_cast<std::uint8_t>(one.kind), one.bytes, packed_number(one.bytes_variable), one.offset,
      packed_number(one.offset_variable), one.relative, one.little, one.text, one.base, packed_number(one.bitmask),
      static_cast<std::uint8_t>(one.operation), one.negated, one.value, packed_number(one.value_variable),
      one.multiplier, one.align, static_cast<std::uint8_t>(one.from), one.post_offset, one.result);
}

flatbuffers::Offset<packed::Dataset> packed_dataset(Builder& builder, const DatasetCheck& set) {
  const auto name = builder.CreateSharedString(set.name);
  // Rules that load one file name the same values.
  const auto values =
      set.values ? builder.CreateSharedString(joined_values(*set.values)) : flatbuffers::Offset<flatbuffers::String>{};
  return packed::CreateDataset(builder, static_cast<std::uint8_t>(set.command), name,
                               static_cast<std::uint8_t>(set.type), set.subdomains,
                               static_cast<std::uint8_t>(set.comparison), set.reputation, values);
}

flatbuffers::Offset<packed::Check> packed_check(Builder& builder, const PartCheck& check, Buffer buffer) {
  flatbuffers::Offset<packed::DataAt> data_at;
  flatbuffers::Offset<packed::BufferSize> size;
  flatbuffers::Offset<packed::ByteOperation> bytes;
  flatbuffers::Offset<packed::Base64Decode> base64;
  flatbuffers::Offset<packed::Absent> absent;
  flatbuffers::Offset<packed::Dataset> dataset;
  if (const auto* const data = std::get_if<DataAt>(&check))
    data_at =
        packed::CreateDataAt(builder, data->position, packed_number(data->variable), data->relative, data->negated);
  else if (const auto* const bounds = std::get_if<BufferSize>(&check))
    size = packed::CreateBufferSize(builder, bounds->first, bounds->last, bounds->negated);
  else if (const auto* const operation = std::get_if<ByteOperation>(&check))
    bytes = packed_operation(builder, *operation);
  else if (const auto* const decode = std::get_if<Base64Decode>(&check))
    base64 = packed::CreateBase64Decode(builder, decode->bytes, decode->offset, decode->relative);
  else if (const auto* const set = std::get_if<DatasetCheck>(&check))
    dataset = packed_dataset(builder, *set);
  else
    absent = packed::CreateAbsent(builder, std::get<Absent>(check).or_else);
  return packed::CreateCheck(builder, static_cast<std::uint8_t>(buffer), data_at, size, bytes, base64, absent, dataset);
}

flatbuffers::Offset<packed::Transform> packed_transform(Builder& builder, const Transform& one) {
  const auto text = packed_bytes(builder, one.text);
  return packed::CreateTransform(builder, static_cast<std::uint8_t>(one.kind), static_cast<std::uint8_t>(one.mode),
                                 text, one.offset, packed_number(one.bytes), one.key_offset, one.most, one.truncate);
}

}  // namespace

flatbuffers::Offset<packed::Part> packed_part(Builder& builder, const SignaturePart& part) {
  const auto content = part.content ? packed_content(builder, *part.content) : flatbuffers::Offset<packed::Content>{};
  const auto pcre = part.pcre ? packed_pcre(builder, *part.pcre) : flatbuffers::Offset<packed::Pcre>{};
  const auto check =
      part.check ? packed_check(builder, *part.check, part.check_buffer) : flatbuffers::Offset<packed::Check>{};
  std::vector<flatbuffers::Offset<packed::Transform>> transforms;
  for (const auto& transform : part.transforms) transforms.push_back(packed_transform(builder, transform));
  const auto list = transforms.empty()
                        ? flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<packed::Transform>>>{}
                        : builder.CreateVector(transforms);
  return packed::CreatePart(builder, content, pcre, check, list, part.in_base64, part.mention);
}

}  // namespace sluice
