// How much work one signature may cause with one message.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/signatures/signature_input.hh"

namespace sluice {

// What one look for a part counts of inspection_limit: 1, 1 more for every so many bytes that were passed ...
constexpr std::size_t bytes_a_comparison = 256;
// ... and for a regular expression so much more, 1 for every so many places tried, and so much for each hard one.
constexpr std::uint32_t pcre_comparisons = 30;
constexpr std::size_t pcre_places_a_comparison = 8;
constexpr std::uint32_t pcre_hard_place_comparisons = 40;
// Bytes that go through a transform, or through base64_decode.
constexpr std::size_t transformed_bytes_a_comparison = 32;
// A look into a dataset, which may be one for each label of a name.
constexpr std::uint32_t dataset_comparisons = 10;

// What is left of inspection_limit. Once it is exceeded the signature does not match, whatever else it says.
class InspectionBudget {
 public:
  void spend(std::uint64_t comparisons) noexcept {
    if (comparisons > left_) exceeded_ = true;
    left_ -= exceeded_ ? left_ : comparisons;
  }
  void exceed() noexcept { exceeded_ = true; }
  // A regular expression ran out of steps, hard places or memory.
  void exceed_expression() noexcept { exceeded_ = expression_exceeded_ = true; }
  [[nodiscard]] bool exceeded() const noexcept { return exceeded_; }
  [[nodiscard]] bool expression_exceeded() const noexcept { return expression_exceeded_; }

 private:
  std::uint64_t left_ = inspection_limit;
  bool exceeded_ = false;
  bool expression_exceeded_ = false;
};

}  // namespace sluice
