// The rules that a command works with: the files that were named, or those that ship.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/packs/pack_file.hh"
#include "rules/facts/rule_list.hh"
#include "rules/pack/rule_book.hh"

namespace sluice {

// Paths of files.
struct RuleSources {
  std::vector<std::string> indicators{};  // lists of one's own (CSV)
  std::vector<std::string> signatures{};  // of one's own, in Suricata's language
  std::vector<std::string> packs{};
  std::string exceptions{};       // of one's own (CSV); empty: none
  std::string policy{};           // a configuration whose policy holds; empty: none
  bool skip_unsupported = false;  // leave signatures out that cannot be read, and say so
  KeyringSources keys{};          // where one is trusted, every pack must verify

  [[nodiscard]] bool empty() const noexcept { return indicators.empty() && signatures.empty() && packs.empty(); }
};

struct RuleFiles {
  RuleList rules;
  RuleBook book;                     // of `rules`
  std::string digest;                // SHA-256 over all rows, in hex: the same rows give the same digest
  std::size_t left_out = 0;          // signatures, each with a notice that says why
  std::vector<std::string> notices;  // what the person who named the files should know; for standard error
};

// Rows: one's own lists first, in the order in which they were named, then the packs by name. All errors of all files,
// one a line, where there is any: rules with errors are not used in part. Two packs of one name are an error, and so is
// a pack with the name of one's own list: ids of rules begin with that name.
[[nodiscard]] tl::expected<RuleFiles, std::string> load_rule_files(const RuleSources& sources);

// The lists and signatures that ship with this program: in the source tree that it was built in, or where it is
// installed.
[[nodiscard]] RuleSources shipped_rules();

}  // namespace sluice
