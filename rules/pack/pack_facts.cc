#include "rules/pack/pack_facts.hh"

#include <algorithm>
#include <array>
#include <vector>

#include "rules/facts/rule_fact_text.hh"
#include "rules/indicators/indicator_row.hh"
#include "rules/indicators/indicator_text.hh"
#include "rules/pack_generated.h"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

// All columns in their own order.
const ListColumns& all_columns() {
  static const auto columns = [] {
    CsvRow header;
    for (const auto name : list_column_names) header.cells.push_back({std::string(name), 0, 0});
    std::vector<CsvError> none;
    return *ListColumns::parse(header, none);
  }();
  return columns;
}

std::string_view id_of(std::string_view rule_id, std::string_view pack_name) {
  return rule_id.substr(pack_name.size() + 1);
}

// The name of the pack, '/', and the id; of an indicator whose id is derived, nothing behind the '/'.
std::string read_rule_id(const flatbuffers::String* packed, RuleKind kind, std::string_view pack_name,
                         PackReading& reading) {
  auto rule_id = reading.text(packed, "rule_id", 2 * list_id_size_limit + 1);
  const auto prefix = std::string(pack_name) + '/';
  if (rule_id.empty() && kind != RuleKind::signature) return prefix;
  if (!reading.failed() && (!rule_id.starts_with(prefix) || !is_list_id(id_of(rule_id, pack_name))))
    reading.fail("rule_id", fmt::format("is not \"{}\" with an id behind it", prefix));
  return rule_id;
}

// As a row of a list. The place of an error is the number of its column.
CsvRow list_row_of(const RuleFacts& facts, std::string_view pack_name) {
  const std::array<std::string_view, list_column_names.size()> texts{id_of(facts.rule_id, pack_name),
                                                                     facts.subject,
                                                                     text_of(facts.kind),
                                                                     text_of(facts.finding_class),
                                                                     facts.recipient,
                                                                     facts.role,
                                                                     facts.purpose,
                                                                     facts.carries,
                                                                     text_of(facts.confidence),
                                                                     facts.breaks,
                                                                     facts.source,
                                                                     facts.licence,
                                                                     facts.tlp,
                                                                     facts.first_seen,
                                                                     facts.last_verified,
                                                                     facts.expires};
  CsvRow row;
  row.cells.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) row.cells.push_back({std::string(texts[i]), 0, i});
  return row;
}

}  // namespace

RuleFacts read_packed_facts(const PackedRule& rule, std::string_view pack_name, PackReading& reading) {
  const auto& packed = *rule.facts;
  RuleFacts facts;
  facts.rule_id = read_rule_id(rule.rule_id, static_cast<RuleKind>(packed.kind()), pack_name, reading);
  const auto text = [&](const flatbuffers::String* value, std::string_view field) {
    return reading.text(value, field, list_cell_size_limit);
  };
  facts.subject = text(rule.subject, "subject");
  facts.kind = reading.number(packed.kind(), RuleKind::url, "kind");
  if (packed.finding_class() == 0) reading.fail("class", "0 is no class");
  facts.finding_class = reading.number(packed.finding_class(), FindingClass::unclassified, "class");
  facts.confidence = reading.number(packed.confidence(), Confidence::defined, "confidence");
  facts.recipient = text(packed.recipient(), "recipient");
  facts.role = text(packed.role(), "role");
  facts.purpose = text(packed.purpose(), "purpose");
  facts.carries = text(packed.carries(), "carries");
  facts.breaks = text(packed.breaks(), "breaks");
  facts.source = text(packed.source(), "source");
  facts.licence = text(packed.licence(), "licence");
  const std::array<std::pair<std::string_view, const flatbuffers::String*>, 4> checked{
      {{"tlp", packed.tlp()},
       {"first_seen", packed.first_seen()},
       {"last_verified", packed.last_verified()},
       {"expires", packed.expires()}}};
  for (const auto& [field, value] : checked) {
    const auto written = text(value, field);
    if (written.empty()) continue;
    if (const auto fault = set_rule_fact(facts, field, written)) reading.fail(field, *fault);
  }
  if (const auto fault = fault_of_dates(facts)) reading.fail("last_verified", *fault);
  return facts;
}

AddressRange read_packed_range(const packed::AddressRange& packed) {
  AddressRange range;
  std::ranges::copy(*packed.first().bytes(), range.first.bytes.begin());
  std::ranges::copy(*packed.last().bytes(), range.last.bytes.begin());
  return range;
}

PackedIndicatorReader::PackedIndicatorReader(std::string_view pack_name) : pack_name_(pack_name) {}

struct PackedIndicatorReader::Row {
  const RuleFacts* facts = nullptr;
  std::string subject;
  IndicatorMeaning meaning;
  Identity identity;
};

// Facts that were not seen before go through the list's reader, with the row whose they are. Null after a fault.
const RuleFacts* PackedIndicatorReader::facts_of(const packed::Indicator& packed, PackReading& reading) {
  if (const auto known = known_.find(packed.facts()); known != known_.end()) return &known->second;
  const auto facts = read_packed_facts({packed.facts(), packed.rule_id(), packed.subject()}, pack_name_, reading);
  if (!reading.failed() && facts.kind == RuleKind::signature) reading.fail("kind", "a signature among the indicators");
  if (reading.failed()) return nullptr;
  std::vector<CsvError> errors;
  auto row = read_list_row(list_row_of(facts, pack_name_), all_columns(), pack_name_, errors);
  if (!row) {
    reading.fail(list_column_names[errors.front().column], errors.front().message);
    return nullptr;
  }
  if (known_.size() == known_limit) known_.clear();
  return &known_.emplace(packed.facts(), std::move(row->indicator.facts)).first->second;
}

PackedIndicatorReader::Row PackedIndicatorReader::read_row(const packed::Indicator& packed, PackReading& reading) {
  Row row;
  row.facts = facts_of(packed, reading);
  if (row.facts == nullptr) return {};
  const auto kind = row.facts->kind;
  row.identity.rule_id = read_rule_id(packed.rule_id(), kind, pack_name_, reading);
  row.subject = trimmed(reading.text(packed.subject(), "subject", list_cell_size_limit));
  const auto name = reading.text(packed.name(), "name", list_cell_size_limit);
  if (reading.failed() || !reading.spend(sizeof(Indicator))) return {};
  auto meaning = read_indicator_text(kind, row.subject);
  if (!meaning) {
    reading.fail("indicator", meaning.error());
    return {};
  }
  const auto range = packed.range() == nullptr ? AddressRange{} : read_packed_range(*packed.range());
  if (meaning->name != name || meaning->range != range) {
    reading.fail("indicator", "what is matched is not what the indicator says: write the pack again from its sources");
    return {};
  }
  row.meaning = std::move(*meaning);
  row.identity.key = indicator_key(kind, row.meaning);
  if (row.identity.rule_id.ends_with('/')) row.identity.rule_id += derived_id(row.identity.key);
  return row;
}

PackedIndicatorReader::Identity PackedIndicatorReader::judge(const packed::Indicator& packed, PackReading& reading) {
  return read_row(packed, reading).identity;
}

Indicator PackedIndicatorReader::read(const packed::Indicator& packed, PackReading& reading) {
  auto row = read_row(packed, reading);
  if (reading.failed()) return {};
  Indicator indicator{*row.facts, std::move(row.meaning.name), row.meaning.range};
  indicator.facts.rule_id = std::move(row.identity.rule_id);
  indicator.facts.subject = std::move(row.subject);
  return indicator;
}

}  // namespace sluice
