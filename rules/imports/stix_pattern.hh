// The patterns of STIX indicators (STIX 2.1, section 9), as far as one comparison alone decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

constexpr std::size_t stix_pattern_size_limit = 65'536;  // bytes
constexpr std::size_t stix_pattern_depth_limit = 32;     // brackets within brackets
constexpr std::size_t stix_pattern_part_limit = 4'096;   // comparisons of one pattern

enum class StixPatternError : std::uint8_t {
  too_long,   // more than stix_pattern_size_limit
  too_deep,   // more than stix_pattern_depth_limit
  too_many,   // more than stix_pattern_part_limit
  character,  // one that begins no word of the language
  text,       // a text without its closing quote
  form,       // words in an order that is no pattern
};
[[nodiscard]] std::string_view explain(StixPatternError error) noexcept;

// One comparison for which the pattern holds by itself.
struct StixComparison {
  std::string path;   // "domain-name:value", quotes of steps left out: "x509-certificate:hashes.SHA-1"
  std::string value;  // of "=", "IN" and "ISSUBSET"
};

struct StixPattern {
  std::vector<StixComparison> alternatives;
  std::size_t conjunctions = 0;  // parts that hold only together with others
  std::size_t others = 0;        // comparisons that name no value (NOT, LIKE, MATCHES, <, EXISTS ...)
};

[[nodiscard]] tl::expected<StixPattern, StixPatternError> parse_stix_pattern(std::string_view text);

}  // namespace sluice
