#include "rules/pack_signature.hh"

#include <algorithm>

#include "rules/pack_facts.hh"
#include "rules/pack_generated.h"
#include "rules/signature_content.hh"
#include "rules/signature_parts.hh"

namespace sluice {
namespace {

constexpr std::size_t text_limit = 65'536;        // bytes of a rule
constexpr std::size_t ranges_limit = 4096;        // of one side of the header
constexpr std::size_t expression_limit = 65'536;  // bytes

template <typename Packed, typename Value>
std::vector<Value> read_list(const flatbuffers::Vector<const Packed*>* packed, std::string_view field,
                             PackReading& reading, Value (*read)(const Packed&)) {
  std::vector<Value> list;
  if (packed == nullptr || reading.failed()) return list;
  if (packed->size() > ranges_limit) {
    reading.fail(field, fmt::format("{} ranges, {} at most", packed->size(), ranges_limit));
    return list;
  }
  if (!reading.spend(packed->size() * sizeof(Value))) return list;
  for (const auto* one : *packed) {
    const auto range = read(*one);
    if (range.last < range.first) reading.fail(field, "a range ends before it begins");
    list.push_back(range);
  }
  return list;
}

AddressRange address_range(const packed::AddressRange& packed) {
  AddressRange range;
  std::ranges::copy(*packed.first().bytes(), range.first.bytes.begin());
  std::ranges::copy(*packed.last().bytes(), range.last.bytes.begin());
  return range;
}

PortRange port_range(const packed::PortRange& packed) { return {packed.first(), packed.last()}; }

SignatureAddresses read_addresses(const packed::Addresses& packed, std::string_view field, PackReading& reading) {
  SignatureAddresses out;
  out.place = reading.number(packed.place(), SignatureAddresses::Place::outside, field);
  out.listed = read_list(packed.listed(), field, reading, address_range);
  out.excepted = read_list(packed.excepted(), field, reading, address_range);
  return out;
}

SignaturePorts read_ports(const packed::Ports& packed, std::string_view field, PackReading& reading) {
  SignaturePorts out;
  out.listed = read_list(packed.listed(), field, reading, port_range);
  out.excepted = read_list(packed.excepted(), field, reading, port_range);
  return out;
}

template <typename Number>
std::optional<Number> position(flatbuffers::Optional<Number> packed, Number limit, std::string_view field,
                               PackReading& reading) {
  if (!packed) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*packed);
  if (value < -std::int64_t{limit} || value > std::int64_t{limit})
    reading.fail(field, fmt::format("{} is beyond {} bytes", value, limit));
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
  const auto size = static_cast<std::int64_t>(out.bytes.size());
  if (out.depth && *out.depth < size) reading.fail("depth", "is shorter than the content");
  if (out.within && *out.within < size) reading.fail("within", "is shorter than the content");
  if ((out.offset || out.depth) && (out.distance || out.within))
    reading.fail("content", "counts both from the start and from the match before it");
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
  return out;
}

SignaturePart read_part(const packed::Part& packed, PackReading& reading) {
  SignaturePart part;
  if ((packed.content() == nullptr) == (packed.pcre() == nullptr))
    reading.fail("part", "is not exactly one of content and pcre");
  else if (packed.content() != nullptr)
    part.content = read_content(*packed.content(), reading);
  else
    part.pcre = read_pcre(*packed.pcre(), reading);
  part.mention = packed.mention();
  return part;
}

NumberCondition read_number(const packed::NumberCondition& packed, PackReading& reading) {
  NumberCondition out;
  out.number = reading.number(packed.number(), static_cast<MessageNumber>(number_count - 1), "number");
  const auto count = packed.any_of()->size();
  if (count == 0 || count > number_tests_limit) {
    reading.fail("number", fmt::format("{} tests, 1 to {} may be", count, number_tests_limit));
    return out;
  }
  for (const auto* test : *packed.any_of())
    out.any_of.push_back(
        {reading.number(test->kind(), IntegerTest::Kind::unmasked, "test"), test->first(), test->second()});
  return out;
}

void read_numbers(const packed::Signature& packed, Signature& out, PackReading& reading) {
  if (packed.numbers() == nullptr || reading.failed()) return;
  if (packed.numbers()->size() > number_conditions_limit)
    reading.fail("numbers", fmt::format("{}, {} at most", packed.numbers()->size(), number_conditions_limit));
  else if (reading.spend(packed.numbers()->size() * sizeof(NumberCondition)))
    for (const auto* number : *packed.numbers()) out.numbers.push_back(read_number(*number, reading));
}

}  // namespace

Signature read_packed_signature(const packed::Signature& packed, std::string_view pack_name, PackReading& reading) {
  Signature out;
  if (!reading.spend(sizeof(Signature))) return out;
  out.facts = read_packed_facts(*packed.facts(), pack_name, reading);
  if (out.facts.kind != RuleKind::signature) reading.fail("kind", "an indicator among the signatures");
  out.facts.generator_id = packed.generator_id();
  out.facts.signature_id = packed.signature_id();
  out.facts.revision = packed.revision();
  out.text = reading.text(packed.text(), "text", text_limit);
  out.action = reading.number(packed.action(), SignatureAction::drop, "action");
  out.protocol = reading.number(packed.protocol(), SignatureProtocol::xiaomi_push, "protocol");
  out.source = read_addresses(*packed.source(), "source", reading);
  out.source_ports = read_ports(*packed.source_ports(), "source port", reading);
  out.both_ways = packed.both_ways();
  out.destination = read_addresses(*packed.destination(), "destination", reading);
  out.destination_ports = read_ports(*packed.destination_ports(), "destination port", reading);
  out.flow.way = reading.number(packed.flow_way(), SignatureFlow::Way::to_client, "flow");
  out.flow.state = reading.number(packed.flow_state(), SignatureFlow::State::not_established, "flow");
  read_numbers(packed, out, reading);
  if (packed.parts() == nullptr || reading.failed()) return out;
  if (packed.parts()->size() > signature_part_limit)
    reading.fail("parts", fmt::format("{}, {} at most", packed.parts()->size(), signature_part_limit));
  else if (reading.spend(packed.parts()->size() * sizeof(SignaturePart)))
    for (const auto* part : *packed.parts()) out.parts.push_back(read_part(*part, reading));
  return out;
}

}  // namespace sluice
