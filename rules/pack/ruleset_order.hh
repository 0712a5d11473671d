// In which order the rules of several packs make one ruleset. Rows of events are positions in that order, and the
// program that writes them is not the one that explains them: this is the one place where it is fixed.
// Of packs in that order, the indicators of all stand before the signatures of all (rule_book.hh).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluice {

// The lists of the site stand before every pack, in the order of the configuration; packs follow by name (bytes).
struct RulesetPlace {
  bool is_site = false;
  std::string_view name;
};
// For std::stable_sort: the site's keep the order in which they came.
[[nodiscard]] bool stands_before(const RulesetPlace& one, const RulesetPlace& other) noexcept;

// What names a ruleset: SHA-256 over a line "NAME DIGEST" for each of its packs in the order of their names, in hex.
struct NamedDigest {
  std::string name;
  std::string digest;  // pack_digest()
};
[[nodiscard]] std::string ruleset_digest(std::span<const NamedDigest> packs);

}  // namespace sluice
