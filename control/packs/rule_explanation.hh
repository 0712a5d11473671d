// What a signature is made into, in plain words: `sluice rules explain`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/signatures/signature.hh"

namespace sluice {

struct RuleExplanation {
  struct Line {
    std::string_view title;  // empty: goes on with the one before
    std::string text;        // of rules: any bytes
  };
  std::vector<Line> lines;
  std::vector<std::string> costs;  // why it may be slow; none where nothing is known
};

[[nodiscard]] RuleExplanation explain(const Signature& signature);

}  // namespace sluice
