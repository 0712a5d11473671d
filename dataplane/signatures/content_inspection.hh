// One look at one buffer with the parts of a signature that are of it, in their order.
//
// It matches where for every part a place can be chosen so that all of them hold: where a part fails that counts from
// the one before, or names what it set, other occurrences of that one are tried. What Suricata does is in
// detect-engine-content-inspection.c of 8.0; of base64_decode its manual says that the first match before it counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dataplane/signatures/byte_operation.hh"
#include "dataplane/signatures/captured_texts.hh"
#include "dataplane/signatures/dataset_table.hh"
#include "dataplane/signatures/inspection_budget.hh"
#include "dataplane/signatures/pcre_set.hh"
#include "dataplane/signatures/transform.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

// A part made ready. Positions are those in the stream of the buffer, which only payload has; of all others the stream
// is the buffer.
struct MatchPart {
  static constexpr std::int64_t no_bound = std::int64_t{1} << 60U;
  enum class Kind : std::uint8_t { content, pcre, check };

  Kind kind = Kind::content;
  bool negated = false;
  bool relative = false;
  bool varies = false;  // it counts from the part before it, or names what that set: another place of it may do
  bool nocase = false;
  bool endswith = false;
  bool anchored = false;     // a regular expression that only its first place can match
  bool later_fails = false;  // where it fails, it also fails behind every later place of the part before it
  PartVariable first_variable;
  PartVariable depth_variable;
  PartVariable distance_variable;
  PartVariable within_variable;
  std::uint32_t number = 0;   // of the regular expression in the set, of the check in the signature's list
  std::uint32_t dataset = 0;  // that the check asks
  std::string bytes;          // in lower case where nocase
  std::int64_t first = 0;     // of the content, absolute
  std::int64_t behind = no_bound;
  std::int64_t distance = 0;  // relative
  std::int64_t within = no_bound;
};

// What is one worker's; each may be null where no signature needs it.
struct InspectionRoom {
  PcreScratch* pcre = nullptr;
  TransformRoom* transforms = nullptr;
  DatasetChanges* datasets = nullptr;
  RuleCaptures* captures = nullptr;
};

// What a signature looks with, of one message.
struct InspectionTools {
  const PcreSet& expressions;
  std::span<const PartCheck> checks;
  InspectionRoom room;
  InspectionBudget& budget;
  PartValues values;
};

class ContentInspection {
 public:
  // `decoded`: the parts that look into what base64_decode makes.
  ContentInspection(PlacedBytes buffer, std::span<const MatchPart> decoded, InspectionTools& tools) noexcept
      : buffer_(buffer), decoded_(decoded), tools_(tools) {}

  [[nodiscard]] bool matches(std::span<const MatchPart> parts) noexcept {
    return from(parts, 0) == Result::match && !tools_.budget.exceeded();
  }

 private:
  enum class Result : std::uint8_t {
    match,
    another,  // another place of the part before may do
    never,    // none does
  };

  [[nodiscard]] Result from(std::span<const MatchPart> parts, std::int64_t previous) noexcept;
  [[nodiscard]] Result from_content(std::span<const MatchPart> parts, std::int64_t previous) noexcept;
  [[nodiscard]] Result from_pcre(std::span<const MatchPart> parts, std::int64_t previous) noexcept;
  void capture(std::uint32_t expression, Bytes subject) noexcept;
  [[nodiscard]] Result from_check(std::span<const MatchPart> parts, std::int64_t previous) noexcept;
  [[nodiscard]] bool has_data_at(const DataAt& check, std::int64_t previous) const noexcept;
  [[nodiscard]] Result from_base64(std::span<const MatchPart> parts, const Base64Decode& decode,
                                   std::int64_t previous) noexcept;
  [[nodiscard]] std::optional<std::int64_t> find(const MatchPart& part, std::int64_t first,
                                                 std::int64_t behind) noexcept;
  [[nodiscard]] std::int64_t value(const PartVariable& variable) const noexcept;

  PlacedBytes buffer_;
  std::span<const MatchPart> decoded_;
  InspectionTools& tools_;
};

// nocase is about ASCII letters alone.
[[nodiscard]] char folded(char byte) noexcept;

}  // namespace sluice
