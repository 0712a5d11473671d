// write_pack of rules/pack/pack.hh. Values go in by the order of the rules and equal texts are stored once, so that the
// bytes depend on the rules alone.
#include <flatbuffers/flatbuffers.h>

#include <map>

#include "rules/indicators/indicator_text.hh"
#include "rules/pack/pack.hh"
#include "rules/pack/pack_part.hh"
#include "rules/pack_generated.h"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;

// Nothing for an empty text.
Text shared(Builder& builder, const std::string& value) {
  return value.empty() ? Text{} : builder.CreateSharedString(value);
}

packed::Address packed_address(const Address& address) {
  return packed::Address{flatbuffers::make_span(address.bytes)};
}
packed::AddressRange packed_range(const AddressRange& range) {
  return {packed_address(range.first), packed_address(range.last)};
}
packed::PortRange packed_range(const PortRange& range) { return {range.first, range.last}; }

// An id that the reader derives from the row itself is not stored: it is a quarter of a large pack.
bool is_derived(const Indicator& indicator) {
  const auto& facts = indicator.facts;
  return facts.rule_id.ends_with('/' + derived_id(indicator_key(facts.kind, {indicator.name, indicator.range})));
}

// A list says the same of thousands of names.
using FactsKey = std::tuple<std::array<flatbuffers::uoffset_t, 11>, RuleKind, FindingClass, Confidence>;
using FactsSeen = std::map<FactsKey, flatbuffers::Offset<packed::Facts>>;

flatbuffers::Offset<packed::Facts> packed_facts(Builder& builder, const RuleFacts& facts, FactsSeen& seen) {
  const auto recipient = shared(builder, facts.recipient);
  const auto role = shared(builder, facts.role);
  const auto purpose = shared(builder, facts.purpose);
  const auto carries = shared(builder, facts.carries);
  const auto breaks = shared(builder, facts.breaks);
  const auto source = shared(builder, facts.source);
  const auto licence = shared(builder, facts.licence);
  const auto tlp = shared(builder, facts.tlp);
  const auto first_seen = shared(builder, facts.first_seen);
  const auto last_verified = shared(builder, facts.last_verified);
  const auto expires = shared(builder, facts.expires);
  const FactsKey key{{recipient.o, role.o, purpose.o, carries.o, breaks.o, source.o, licence.o, tlp.o, first_seen.o,
                      last_verified.o, expires.o},
                     facts.kind,
                     facts.finding_class,
                     facts.confidence};
  auto& there = seen[key];
  if (there.IsNull())
    there = packed::CreateFacts(builder, static_cast<std::uint8_t>(facts.kind),
                                static_cast<std::uint8_t>(facts.finding_class),
                                static_cast<std::uint8_t>(facts.confidence), recipient, role, purpose, carries, breaks,
                                source, licence, tlp, first_seen, last_verified, expires);
  return there;
}

flatbuffers::Offset<packed::Indicator> packed_indicator(Builder& builder, const Indicator& indicator, FactsSeen& seen) {
  // The one is most often the other; no other row has either, so that looking for an equal text is in vain.
  const auto subject = builder.CreateString(indicator.facts.subject);
  const auto name = indicator.name.empty()                      ? Text{}
                    : indicator.name == indicator.facts.subject ? subject
                                                                : builder.CreateString(indicator.name);
  const auto rule_id = is_derived(indicator) ? Text{} : builder.CreateString(indicator.facts.rule_id);
  const auto facts = packed_facts(builder, indicator.facts, seen);
  const auto range = packed_range(indicator.range);
  const bool of_addresses = indicator.facts.kind == RuleKind::ip || indicator.facts.kind == RuleKind::cidr;
  return packed::CreateIndicator(builder, facts, rule_id, subject, name, of_addresses ? &range : nullptr);
}

template <typename Range>
auto packed_ranges(Builder& builder, const std::vector<Range>& ranges) {
  using Packed = decltype(packed_range(ranges.front()));
  std::vector<Packed> out;
  for (const auto& range : ranges) out.push_back(packed_range(range));
  return out.empty() ? flatbuffers::Offset<flatbuffers::Vector<const Packed*>>{} : builder.CreateVectorOfStructs(out);
}

flatbuffers::Offset<packed::Addresses> packed_addresses(Builder& builder, const SignatureAddresses& addresses) {
  const auto listed = packed_ranges(builder, addresses.listed);
  const auto excepted = packed_ranges(builder, addresses.excepted);
  return packed::CreateAddresses(builder, static_cast<std::uint8_t>(addresses.place), listed, excepted);
}

flatbuffers::Offset<packed::Ports> packed_ports(Builder& builder, const SignaturePorts& ports) {
  const auto listed = packed_ranges(builder, ports.listed);
  const auto excepted = packed_ranges(builder, ports.excepted);
  return packed::CreatePorts(builder, listed, excepted);
}

flatbuffers::Offset<packed::Condition> packed_condition(Builder& builder, const SignatureCondition& condition) {
  std::vector<Text> names;
  for (const auto& name : condition.names) names.push_back(builder.CreateSharedString(name));
  const auto list = names.empty() ? flatbuffers::Offset<flatbuffers::Vector<Text>>{} : builder.CreateVector(names);
  return packed::CreateCondition(builder, static_cast<std::uint8_t>(condition.kind),
                                 static_cast<std::uint8_t>(condition.comparison), condition.negated, condition.subject,
                                 condition.track, condition.first, condition.second, list);
}

flatbuffers::Offset<packed::Threshold> packed_threshold(Builder& builder, const SignatureThreshold& threshold) {
  if (threshold.kind == SignatureThreshold::Kind::none) return {};
  return packed::CreateThreshold(
      builder, static_cast<std::uint8_t>(threshold.kind), static_cast<std::uint8_t>(threshold.track),
      static_cast<std::uint8_t>(threshold.unique), threshold.count, threshold.seconds, threshold.multiplier);
}

flatbuffers::Offset<packed::NumberCondition> packed_number(Builder& builder, const NumberCondition& condition) {
  std::vector<packed::IntegerTest> tests;
  for (const auto& test : condition.any_of)
    tests.emplace_back(static_cast<std::uint8_t>(test.kind), test.first, test.second);
  return packed::CreateNumberCondition(builder, static_cast<std::uint8_t>(condition.number),
                                       builder.CreateVectorOfStructs(tests));
}

flatbuffers::Offset<packed::Signature> packed_signature(Builder& builder, const Signature& signature, FactsSeen& seen) {
  const auto facts = packed_facts(builder, signature.facts, seen);
  const auto rule_id = builder.CreateString(signature.facts.rule_id);
  const auto subject = shared(builder, signature.facts.subject);
  const auto file = shared(builder, signature.file);
  const auto rule = builder.CreateString(signature.text);
  const auto metadata = shared(builder, signature.facts.metadata);
  const auto source = packed_addresses(builder, signature.source);
  const auto source_ports = packed_ports(builder, signature.source_ports);
  const auto destination = packed_addresses(builder, signature.destination);
  const auto destination_ports = packed_ports(builder, signature.destination_ports);
  std::vector<flatbuffers::Offset<packed::Part>> parts;
  for (const auto& part : signature.parts) parts.push_back(packed_part(builder, part));
  const auto parts_list = builder.CreateVector(parts);
  std::vector<flatbuffers::Offset<packed::Condition>> conditions;
  for (const auto& condition : signature.conditions) conditions.push_back(packed_condition(builder, condition));
  const auto condition_list = conditions.empty()
                                  ? flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<packed::Condition>>>{}
                                  : builder.CreateVector(conditions);
  const auto threshold = packed_threshold(builder, signature.threshold);
  std::vector<flatbuffers::Offset<packed::NumberCondition>> numbers;
  for (const auto& condition : signature.numbers) numbers.push_back(packed_number(builder, condition));
  const auto numbers_list =
      numbers.empty() ? flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<packed::NumberCondition>>>{}
                      : builder.CreateVector(numbers);
  return packed::CreateSignature(
      builder, facts, rule_id, subject, signature.facts.generator_id, signature.facts.signature_id,
      signature.facts.revision, rule, static_cast<std::uint8_t>(signature.action),
      static_cast<std::uint8_t>(signature.protocol), source, source_ports, signature.both_ways, destination,
      destination_ports, static_cast<std::uint8_t>(signature.flow.way), static_cast<std::uint8_t>(signature.flow.state),
      parts_list, static_cast<std::uint8_t>(signature.flow.contents),
      static_cast<std::uint8_t>(signature.flow.fragments), condition_list, threshold, signature.silent,
      signature.speaks, signature.facts.priority, numbers_list, signature.facts.classtype, metadata, file,
      static_cast<std::uint32_t>(signature.line));
}

flatbuffers::Offset<packed::Info> packed_info(Builder& builder, const PackInfo& info) {
  std::vector<flatbuffers::Offset<packed::Source>> sources;
  for (const auto& source : info.sources) {
    const auto name = builder.CreateString(source.name);
    sources.push_back(packed::CreateSource(builder, name, builder.CreateString(source.sha256)));
  }
  const auto name = builder.CreateString(info.name);
  const auto channel = builder.CreateString(info.channel);
  return packed::CreateInfo(builder, name, channel, info.sequence, info.created_ns, info.expires_ns,
                            builder.CreateVector(sources));
}

}  // namespace

std::vector<std::uint8_t> write_pack(const Pack& pack) {
  Builder builder;
  FactsSeen seen;
  const auto info = packed_info(builder, pack.info);
  std::vector<flatbuffers::Offset<packed::Indicator>> indicators;
  indicators.reserve(pack.rules.indicators.size());
  for (const auto& indicator : pack.rules.indicators) indicators.push_back(packed_indicator(builder, indicator, seen));
  std::vector<flatbuffers::Offset<packed::Signature>> signatures;
  signatures.reserve(pack.rules.signatures.size());
  for (const auto& signature : pack.rules.signatures) signatures.push_back(packed_signature(builder, signature, seen));
  const auto indicator_list = builder.CreateVector(indicators);
  const auto signature_list = builder.CreateVector(signatures);
  packed::FinishRootBuffer(builder, packed::CreateRoot(builder, pack_format, info, indicator_list, signature_list));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace sluice
