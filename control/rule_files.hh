// The rules that a command works with: the lists that were named, or those that ship.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/rule_list.hh"

namespace sluice {

struct RuleFiles {
  RuleList rules;
  RuleBook book;                   // of `rules`
  std::string digest;              // SHA-256 over all rows, in hex: the same rows give the same digest
  std::vector<std::string> lists;  // paths that were read
};

// All errors of all files, one a line, where there is any: a list with errors is not used in part.
[[nodiscard]] tl::expected<RuleFiles, std::string> load_rule_files(const std::vector<std::string>& paths);

// The lists that ship with this program: in the source tree that it was built in, or where it is installed.
[[nodiscard]] std::vector<std::string> shipped_lists();

}  // namespace sluice
