// Rules against their own examples: every one that must match does, every other one does not.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rules/facts/rule_list.hh"

namespace sluice {

// Where the examples of the rules of one list stand.
struct ExampleFile {
  std::string list;  // what the ids of the rules begin with
  std::string path;  // empty: there is none, and the examples of rows are derived
};

struct RuleTrial {
  std::size_t rules = 0;  // that examples were tried on
  std::size_t examples = 0;
  std::vector<std::string> failures;  // "FILE:LINE: RULE ...", all of them
};

// NAME.examples beside NAME.csv, NAME.rules or NAME.slpk; nothing where there is no such file.
[[nodiscard]] std::optional<std::string> examples_beside(const std::string& path);

// `must_have`: a rule without an example of either kind, one to match and one not to, is a failure too.
[[nodiscard]] RuleTrial try_rules(const RuleList& rules, const std::vector<ExampleFile>& files, bool must_have);

}  // namespace sluice
