// The facts of a packed rule, and of an indicator all of it, read as strictly as a source file is.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "rules/facts/rule_facts.hh"
#include "rules/indicators/indicator.hh"
#include "rules/pack/pack_reading.hh"

namespace sluice {

namespace packed {
struct AddressRange;
struct Facts;
struct Indicator;
}  // namespace packed

// What a packed rule says beside what it matches; null texts are empty.
struct PackedRule {
  const packed::Facts* facts;
  const flatbuffers::String* rule_id;
  const flatbuffers::String* subject;
};

// All but generator_id, signature_id and revision.
[[nodiscard]] RuleFacts read_packed_facts(const PackedRule& rule, std::string_view pack_name, PackReading& reading);

[[nodiscard]] AddressRange read_packed_range(const packed::AddressRange& packed);

// Reads packed indicators as strictly as the reader of indicator lists, so that a pack can hold nothing that a list
// could not. Facts that many rows have in common are handed to that reader with the first of them and judged once.
class PackedIndicatorReader {
 public:
  // What of a row tells it from others.
  struct Identity {
    std::string rule_id;
    std::string key;  // indicator_key()
  };

  explicit PackedIndicatorReader(std::string_view pack_name);
  // Judges a row without making it. Empty after a fault.
  [[nodiscard]] Identity judge(const packed::Indicator& packed, PackReading& reading);
  [[nodiscard]] Indicator read(const packed::Indicator& packed, PackReading& reading);

 private:
  // With more, what is known is learned anew: some MiB. Lists of a few dozen makers have some thousands.
  static constexpr std::size_t known_limit = 16384;

  struct Row;  // what a row says beside the facts in common

  [[nodiscard]] const RuleFacts* facts_of(const packed::Indicator& packed, PackReading& reading);
  [[nodiscard]] Row read_row(const packed::Indicator& packed, PackReading& reading);

  std::string pack_name_;
  std::unordered_map<const packed::Facts*, RuleFacts> known_;  // what good ones say
};

}  // namespace sluice
