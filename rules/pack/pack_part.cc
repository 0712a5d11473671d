#include "rules/pack/pack_part.hh"

#include <algorithm>

#include "rules/pack_generated.h"
#include "rules/signatures/signature_content.hh"
#include "rules/signatures/signature_parts.hh"

namespace sluice {
namespace {

constexpr std::size_t expression_limit = 65'536;  // bytes
constexpr std::int32_t check_limit = 65'535;      // bytes: positions of checks and transforms, either way

template <typename Number>
std::optional<Number> position(flatbuffers::Optional<Number> packed, Number limit, std::string_view field,
                               PackReading& reading) {
  if (!packed) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*packed);
  if (value < -std::int64_t{limit} || value > std::int64_t{limit})
    reading.fail(field, fmt::format("{} is beyond {} bytes", value, limit));
  return *packed;
}

PartVariable variable(flatbuffers::Optional<std::uint8_t> packed, PackReading& reading) {
  if (!packed) return std::nullopt;
  if (*packed >= signature_variable_limit)
    reading.fail("variable", fmt::format("{} is beyond those of a rule", *packed));
  return *packed;
}

Content read_content(const packed::Content& packed, PackReading& reading) {
  Content out;
  out.buffer = reading.number(packed.buffer(), static_cast<Buffer>(buffer_count - 1), "buffer");
  const auto& bytes = *packed.bytes();
  if (bytes.size() < 1 || bytes.size() > content_size_limit)
    reading.fail("content", fmt::format("{} bytes: 1 to {} may be", bytes.size(), content_size_limit));
  else if (reading.spend(bytes.size()))
    out.bytes.assign(bytes.begin(), bytes.end());
  out.negated = packed.negated();
  out.nocase = packed.nocase();
  out.fast_pattern = packed.fast_pattern();
  out.startswith = packed.startswith();
  out.endswith = packed.endswith();
  out.offset = position(packed.offset(), content_position_limit, "offset", reading);
  out.depth = position(packed.depth(), content_position_limit, "depth", reading);
  out.distance = position(packed.distance(), content_distance_limit, "distance", reading);
  out.within = position(packed.within(), content_distance_limit, "within", reading);
  out.offset_variable = variable(packed.offset_variable(), reading);
  out.depth_variable = variable(packed.depth_variable(), reading);
  out.distance_variable = variable(packed.distance_variable(), reading);
  out.within_variable = variable(packed.within_variable(), reading);
  out.fast_pattern_offset = packed.fast_pattern_offset();
  out.fast_pattern_length = packed.fast_pattern_length();
  if (std::size_t{out.fast_pattern_offset} + out.fast_pattern_length > out.bytes.size())
    reading.fail("fast_pattern", "is no part of the content");
  const auto size = static_cast<std::int64_t>(out.bytes.size());
  if (out.depth && *out.depth < size) reading.fail("depth", "is shorter than the content");
  if (out.within && *out.within < size) reading.fail("within", "is shorter than the content");
  if (out.is_absolute() && out.is_relative())
    reading.fail("content", "counts both from the start and from the match before it");
  return out;
}

PcreCapture read_capture(const packed::PcreCapture& packed, PackReading& reading) {
  PcreCapture out;
  out.group = packed.group();
  out.of_flow = packed.of_flow();
  out.name = reading.text(packed.name(), "capture", capture_name_limit);
  if (out.group == 0 || out.group > pcre_capture_group_last) reading.fail("capture", "is of no group that is kept");
  if (!is_capture_name(out.name)) reading.fail("capture", "has no name");
  return out;
}

Pcre read_pcre(const packed::Pcre& packed, PackReading& reading) {
  Pcre out;
  out.buffer = reading.number(packed.buffer(), static_cast<Buffer>(buffer_count - 1), "buffer");
  out.expression = reading.text(packed.expression(), "pcre", expression_limit);
  out.negated = packed.negated();
  out.relative = packed.relative();
  out.nocase = packed.nocase();
  out.multiline = packed.multiline();
  out.dot_all = packed.dot_all();
  out.extended = packed.extended();
  out.anchored = packed.anchored();
  out.dollar_end = packed.dollar_end();
  out.ungreedy = packed.ungreedy();
  if (packed.captures() == nullptr) return out;
  if (packed.captures()->size() > pcre_captures_limit || out.negated)
    reading.fail("capture", "is one too many, or of what must not match");
  else
    for (const auto* const capture : *packed.captures()) out.captures.push_back(read_capture(*capture, reading));
  return out;
}

// A number of a list whose values are none of an enumeration.
void one_of(std::uint32_t value, std::initializer_list<std::uint32_t> values, std::string_view field,
            PackReading& reading) {
  if (std::find(values.begin(), values.end(), value) == values.end())
    reading.fail(field, fmt::format("{} is no value of this list", value));
}

void at_most(std::uint64_t value, std::uint64_t limit, std::string_view field, PackReading& reading) {
  if (value > limit) reading.fail(field, fmt::format("{}, {} at most", value, limit));
}

void within_reach(std::int32_t value, std::string_view field, PackReading& reading) {
  if (value < -check_limit || value > check_limit)
    reading.fail(field, fmt::format("{} is beyond {} bytes", value, check_limit));
}

ByteOperation read_operation(const packed::ByteOperation& packed, PackReading& reading) {
  ByteOperation out;
  out.kind = reading.number(packed.kind(), ByteOperation::Kind::math, "byte operation");
  out.bytes = packed.bytes();
  out.bytes_variable = variable(packed.bytes_variable(), reading);
  out.offset = packed.offset();
  out.offset_variable = variable(packed.offset_variable(), reading);
  out.relative = packed.relative();
  out.little = packed.little();
  out.text = packed.text();
  out.base = packed.base();
  if (packed.bitmask()) out.bitmask = *packed.bitmask();
  out.operation = reading.number(packed.operation(), ByteOperation::Operator::shift_right, "operator");
  out.negated = packed.negated();
  out.value = packed.value();
  out.value_variable = variable(packed.value_variable(), reading);
  out.multiplier = packed.multiplier();
  out.align = packed.align();
  out.from = reading.number(packed.from(), ByteOperation::From::end, "jump");
  out.post_offset = packed.post_offset();
  out.result = packed.result();
  at_most(out.bytes, out.text ? 23 : 8, "bytes", reading);
  one_of(out.base, {0, 8, 10, 16}, "base", reading);
  one_of(out.align, {0, 2, 4}, "align", reading);
  at_most(out.multiplier, 65'535, "multiplier", reading);
  at_most(out.result, signature_variable_limit - 1, "variable", reading);
  within_reach(out.offset, "offset", reading);
  within_reach(out.post_offset, "post_offset", reading);
  const bool is_math = out.kind == ByteOperation::Kind::math;
  if (out.kind == ByteOperation::Kind::test || is_math) {
    const bool calculates = out.operation >= ByteOperation::Operator::add;
    if (calculates != is_math) reading.fail("operator", "is not one of this operation");
  }
  if (out.bitmask == 0U) reading.fail("bitmask", "is 0");
  return out;
}

DatasetCheck read_set(const packed::Dataset& packed, PackReading& reading) {
  DatasetCheck out;
  out.command = reading.number(packed.command(), DatasetCheck::Command::reputation, "dataset");
  out.name = reading.text(packed.name(), "dataset", list_id_size_limit);
  out.type = reading.number(packed.type(), DatasetType::ip, "dataset type");
  out.subdomains = packed.subdomains();
  out.comparison = reading.number(packed.comparison(), DatasetCheck::Comparison::equal, "reputation");
  out.reputation = packed.reputation();
  if (packed.values() != nullptr) out.values = reading.values(*packed.values());
  return out;
}

PartCheck read_check(const packed::Check& packed, PackReading& reading) {
  const int count = (packed.data_at() != nullptr ? 1 : 0) + (packed.size() != nullptr ? 1 : 0) +
                    (packed.bytes() != nullptr ? 1 : 0) + (packed.base64() != nullptr ? 1 : 0) +
                    (packed.absent() != nullptr ? 1 : 0) + (packed.dataset() != nullptr ? 1 : 0);
  if (count != 1) {
    reading.fail("check", "is not exactly one");
    return Absent{};
  }
  if (const auto* const data = packed.data_at()) {
    at_most(data->position(), check_limit, "isdataat", reading);
    return DataAt{data->position(), variable(data->variable(), reading), data->relative(), data->negated()};
  }
  if (const auto* const size = packed.size()) return BufferSize{size->first(), size->last(), size->negated()};
  if (const auto* const bytes = packed.bytes()) return read_operation(*bytes, reading);
  if (const auto* const base64 = packed.base64()) {
    at_most(base64->bytes(), check_limit, "base64_decode", reading);
    at_most(base64->offset(), check_limit, "base64_decode", reading);
    return Base64Decode{base64->bytes(), base64->offset(), base64->relative()};
  }
  if (const auto* const set = packed.dataset()) return read_set(*set, reading);
  return Absent{packed.absent()->or_else()};
}

Transform read_transform(const packed::Transform& packed, PackReading& reading) {
  Transform out;
  out.kind = reading.number(packed.kind(), Transform::Kind::tld, "transform");
  out.mode = reading.number(packed.mode(), Transform::Mode::strict, "mode");
  if (packed.text() != nullptr) {
    at_most(packed.text()->size(), expression_limit, "transform", reading);
    if (!reading.failed() && reading.spend(packed.text()->size()))
      out.text.assign(packed.text()->begin(), packed.text()->end());
  }
  out.offset = packed.offset();
  if (packed.bytes()) out.bytes = *packed.bytes();
  out.key_offset = packed.key_offset();
  out.most = packed.most();
  out.truncate = packed.truncate();
  within_reach(out.offset, "offset", reading);
  within_reach(out.bytes.value_or(0), "bytes", reading);
  at_most(out.key_offset, check_limit, "key", reading);
  at_most(out.most, decompressed_limit, "max-size", reading);
  const bool slices = out.kind == Transform::Kind::subslice;
  if (!slices && (out.offset < 0 || out.bytes.value_or(1) < 1)) reading.fail("transform", "counts backwards");
  if (out.kind == Transform::Kind::xor_key && out.text.empty() == !out.bytes) reading.fail("xor", "has not one key");
  if (out.kind == Transform::Kind::xor_key) at_most(out.bytes.value_or(0), content_size_limit, "xor", reading);
  return out;
}

}  // namespace

SignaturePart read_packed_part(const packed::Part& packed, PackReading& reading) {
  SignaturePart part;
  const int count =
      (packed.content() != nullptr ? 1 : 0) + (packed.pcre() != nullptr ? 1 : 0) + (packed.check() != nullptr ? 1 : 0);
  if (count != 1) {
    reading.fail("part", "is not exactly one of content, pcre and check");
  } else if (packed.content() != nullptr) {
    part.content = read_content(*packed.content(), reading);
  } else if (packed.pcre() != nullptr) {
    part.pcre = read_pcre(*packed.pcre(), reading);
  } else {
    part.check = read_check(*packed.check(), reading);
    part.check_buffer = reading.number(packed.check()->buffer(), static_cast<Buffer>(buffer_count - 1), "buffer");
  }
  part.in_base64 = packed.in_base64();
  part.mention = packed.mention();
  if (packed.transforms() == nullptr || reading.failed()) return part;
  at_most(packed.transforms()->size(), transforms_limit, "transforms", reading);
  if (!reading.failed() && reading.spend(packed.transforms()->size() * sizeof(Transform)))
    for (const auto* transform : *packed.transforms()) part.transforms.push_back(read_transform(*transform, reading));
  return part;
}

}  // namespace sluice
