// What is right in its form and may still do what its author did not want: rows that match far more than one party's
// hosts, or that nobody has seen for long.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/indicators/indicator.hh"
#include "rules/lint/lint_reference.hh"

namespace sluice {

enum class LintConcern : std::uint8_t {
  shared_hosting,  // an address of a range where many parties' hosts lie
  public_suffix,   // a name under which anybody registers names
  shared_parent,   // a name under which many parties have theirs: dynamic DNS, hosting
  popular,         // a name that everybody visits, or one above it
  unseen,          // last verified too long ago
};

// Longer than this nobody has seen it (about 18 months).
constexpr std::chrono::days unseen_limit{548};

struct LintWarning {
  LintConcern concern{};
  std::string list;  // what the rule's id begins with
  std::string text;  // "LIST/ID: 192.0.2.1 lies in ..."
};

// In the order of the rows. Suffixes and parents: the Public Suffix List (https://publicsuffix.org), the newest that
// this machine has.
[[nodiscard]] std::vector<LintWarning> lint_warnings(const IndicatorList& rows, const LintReference& reference,
                                                     std::chrono::sys_days today);

}  // namespace sluice
