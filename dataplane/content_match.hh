// The parts of one signature (contents and regular expressions) over the buffers of a message.
//
// Each buffer is inspected for itself, with the parts that look there in the order in which they were written. A
// signature matches where for every part a place can be chosen so that all of them hold: where a relative part fails,
// other occurrences of the part before it are tried. What Suricata does is in detect-engine-content-inspection.c
// of 7.0.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/pcre_set.hh"
#include "dataplane/signature_input.hh"
#include "rules/signature.hh"

namespace sluice {

// What one look for a part counts of inspection_limit: 1, 1 more for every so many bytes that were passed ...
constexpr std::size_t bytes_a_comparison = 256;
// ... and for a regular expression so much more, 1 for every so many places tried, and so much for each hard one.
constexpr std::uint32_t pcre_comparisons = 30;
constexpr std::size_t pcre_places_a_comparison = 8;
constexpr std::uint32_t pcre_hard_place_comparisons = 40;

// What is left of inspection_limit. Once it is exceeded the signature does not match, whatever else it says.
class InspectionBudget {
 public:
  void spend(std::uint64_t comparisons) noexcept {
    if (comparisons > left_) exceeded_ = true;
    left_ -= exceeded_ ? left_ : comparisons;
  }
  void exceed() noexcept { exceeded_ = true; }
  [[nodiscard]] bool exceeded() const noexcept { return exceeded_; }

 private:
  std::uint64_t left_ = inspection_limit;
  bool exceeded_ = false;
};

class ContentMatch {
 public:
  // Adds the regular expressions to `expressions`, which find() needs again. The error says which part is wrong and
  // how.
  [[nodiscard]] static tl::expected<ContentMatch, std::string> build(const std::vector<SignaturePart>& parts,
                                                                     PcreSet& expressions);

  // False where a buffer that a part names is absent. `scratch` may be null where there is no regular expression.
  [[nodiscard]] bool matches(const SignatureInput& input, const PcreSet& expressions, PcreScratch* scratch,
                             InspectionBudget& budget) const noexcept;

 private:
  static constexpr std::int64_t no_bound = std::int64_t{1} << 60;

  // Positions are those in the stream of the buffer, which only payload has; of all others the stream is the buffer.
  struct Part {
    bool is_pcre = false;
    bool negated = false;
    bool relative = false;
    bool nocase = false;
    bool endswith = false;
    bool anchored = false;     // a regular expression that only its first place can match
    bool later_fails = false;  // where it fails, it also fails behind every later place of the part before it
    std::uint32_t pcre = 0;    // number in the set
    std::string bytes;         // in lower case where nocase
    std::int64_t first = 0;    // of the content, absolute
    std::int64_t behind = no_bound;
    std::int64_t distance = 0;  // relative
    std::int64_t within = no_bound;
  };
  struct Run {  // the parts of one buffer, or of one mention of it where it may have several values, in parts_
    Buffer buffer{};
    std::uint16_t mention = 0;
    std::uint32_t first = 0;
    std::uint32_t behind = 0;
  };
  class Inspection;

  static Part part_of(const Content& content);
  [[nodiscard]] bool matches(const Run& run, const SignatureInput& input, const PcreSet& expressions,
                             PcreScratch* scratch, InspectionBudget& budget) const noexcept;

  std::vector<Part> parts_;
  std::vector<Run> runs_;
};

}  // namespace sluice
