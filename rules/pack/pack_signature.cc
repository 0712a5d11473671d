#include "rules/pack/pack_signature.hh"

#include <algorithm>

#include "rules/facts/classtype.hh"
#include "rules/pack/pack_facts.hh"
#include "rules/pack/pack_part.hh"
#include "rules/pack_generated.h"
#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_parts.hh"

namespace sluice {
namespace {

constexpr std::size_t text_limit = 65'536;  // bytes of a rule
constexpr std::size_t ranges_limit = 4096;  // of one side of the header
constexpr std::size_t file_limit = 255;     // bytes of a file's name

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

PortRange port_range(const packed::PortRange& packed) { return {packed.first(), packed.last()}; }

SignatureAddresses read_addresses(const packed::Addresses& packed, std::string_view field, PackReading& reading) {
  SignatureAddresses out;
  out.place = reading.number(packed.place(), SignatureAddresses::Place::outside, field);
  out.listed = read_list(packed.listed(), field, reading, read_packed_range);
  out.excepted = read_list(packed.excepted(), field, reading, read_packed_range);
  return out;
}

SignaturePorts read_ports(const packed::Ports& packed, std::string_view field, PackReading& reading) {
  SignaturePorts out;
  out.listed = read_list(packed.listed(), field, reading, port_range);
  out.excepted = read_list(packed.excepted(), field, reading, port_range);
  return out;
}

SignatureCondition read_condition(const packed::Condition& packed, PackReading& reading) {
  SignatureCondition out;
  out.kind = reading.number(packed.kind(), static_cast<ConditionKind>(condition_kind_last), "condition");
  out.comparison = reading.number(packed.comparison(), comparison_last, "comparison");
  out.negated = packed.negated();
  out.subject = packed.subject();
  out.track = packed.track();
  out.first = packed.first();
  out.second = packed.second();
  const auto count = packed.names() == nullptr ? 0 : packed.names()->size();
  if (count > condition_names_limit) {
    reading.fail("condition", fmt::format("{} names, {} at most", count, condition_names_limit));
    return out;
  }
  for (flatbuffers::uoffset_t i = 0; i < count; ++i)
    out.names.push_back(reading.text(packed.names()->Get(i), "condition", condition_name_limit));
  if (const auto fault = fault_of(out); !fault.empty()) reading.fail("condition", std::string{fault});
  return out;
}

void read_conditions(const packed::Signature& packed, Signature& out, PackReading& reading) {
  if (packed.conditions() == nullptr || reading.failed()) return;
  if (packed.conditions()->size() > signature_condition_limit)
    reading.fail("conditions", fmt::format("{}, {} at most", packed.conditions()->size(), signature_condition_limit));
  else if (reading.spend(packed.conditions()->size() * sizeof(SignatureCondition)))
    for (const auto* condition : *packed.conditions()) out.conditions.push_back(read_condition(*condition, reading));
}

SignatureThreshold read_threshold(const packed::Threshold& packed, PackReading& reading) {
  SignatureThreshold out;
  out.kind = reading.number(packed.kind(), SignatureThreshold::Kind::filter, "threshold");
  out.track = reading.number(packed.track(), SignatureThreshold::Track::flow, "threshold");
  out.unique = reading.number(packed.unique(), SignatureThreshold::Unique::destination_port, "threshold");
  out.count = packed.count();
  out.seconds = packed.seconds();
  out.multiplier = packed.multiplier();
  if (out.kind == SignatureThreshold::Kind::none || out.count == 0 || out.multiplier == 0)
    reading.fail("threshold", "counts nothing");
  return out;
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

RuleFacts read_packed_signature_facts(const packed::Signature& packed, std::string_view pack_name,
                                      PackReading& reading) {
  auto facts = read_packed_facts({packed.facts(), packed.rule_id(), packed.subject()}, pack_name, reading);
  if (facts.kind != RuleKind::signature) reading.fail("kind", "an indicator among the signatures");
  facts.generator_id = packed.generator_id();
  facts.signature_id = packed.signature_id();
  facts.revision = packed.revision();
  facts.priority = packed.priority();
  facts.classtype = packed.classtype();
  facts.metadata = reading.text(packed.metadata(), "metadata", text_limit);
  if (const auto number = facts.classtype;
      number != no_classtype && number != unknown_classtype && !is_classtype(number))
    reading.fail("classtype", "a number that this version does not know");
  return facts;
}

Signature read_packed_signature(const packed::Signature& packed, std::string_view pack_name, PackReading& reading) {
  Signature out;
  if (!reading.spend(sizeof(Signature))) return out;
  out.facts = read_packed_signature_facts(packed, pack_name, reading);
  out.text = reading.text(packed.text(), "text", text_limit);
  out.file = reading.text(packed.file(), "file", file_limit);
  out.line = packed.line();
  out.action = reading.number(packed.action(), signature_action_last, "action");
  out.protocol = reading.number(packed.protocol(), signature_protocol_last, "protocol");
  out.source = read_addresses(*packed.source(), "source", reading);
  out.source_ports = read_ports(*packed.source_ports(), "source port", reading);
  out.both_ways = packed.both_ways();
  out.destination = read_addresses(*packed.destination(), "destination", reading);
  out.destination_ports = read_ports(*packed.destination_ports(), "destination port", reading);
  out.flow.way = reading.number(packed.flow_way(), SignatureFlow::Way::to_client, "flow");
  out.flow.state = reading.number(packed.flow_state(), SignatureFlow::State::stateless, "flow");
  out.flow.contents = reading.number(packed.flow_contents(), SignatureFlow::Contents::packet, "flow");
  out.flow.fragments = reading.number(packed.flow_fragments(), SignatureFlow::Fragments::whole, "flow");
  out.silent = packed.silent();
  out.speaks = packed.speaks();
  if (packed.threshold() != nullptr) out.threshold = read_threshold(*packed.threshold(), reading);
  read_conditions(packed, out, reading);
  read_numbers(packed, out, reading);
  if (packed.parts() == nullptr || reading.failed()) return out;
  if (packed.parts()->size() > signature_part_limit)
    reading.fail("parts", fmt::format("{}, {} at most", packed.parts()->size(), signature_part_limit));
  else if (reading.spend(packed.parts()->size() * sizeof(SignaturePart)))
    for (const auto* part : *packed.parts()) out.parts.push_back(read_packed_part(*part, reading));
  return out;
}

}  // namespace sluice
