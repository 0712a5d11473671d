// The facts of a packed rule, and of an indicator all of it, read as strictly as a source file is.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "rules/indicator.hh"
#include "rules/pack_reading.hh"
#include "rules/rule_facts.hh"

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

// Reads packed indicators by handing what they say to the reader of indicator lists, so that a pack can hold nothing
// that a list could not. Facts that many rows have in common are judged once.
class PackedIndicatorReader {
 public:
  explicit PackedIndicatorReader(std::string_view pack_name);
  // `key` becomes ListRow's: equal for two rows that match the same.
  [[nodiscard]] Indicator read(const packed::Indicator& packed, PackReading& reading, std::string& key);

 private:
  static constexpr std::size_t known_limit = 1024;  // with more, what is known is learned anew

  std::string pack_name_;
  std::unordered_map<const packed::Facts*, RuleFacts> known_;  // what good ones say
};

}  // namespace sluice
