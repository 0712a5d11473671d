#include "rules/pack/ruleset_order.hh"

#include <algorithm>
#include <vector>

#include "rules/text/sha256.hh"

namespace sluice {

bool stands_before(const RulesetPlace& one, const RulesetPlace& other) noexcept {
  if (one.is_site || other.is_site) return one.is_site && !other.is_site;
  return one.name < other.name;
}

std::string ruleset_digest(std::span<const NamedDigest> packs) {
  std::vector<NamedDigest> sorted(packs.begin(), packs.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const NamedDigest& one, const NamedDigest& other) { return one.name < other.name; });
  Sha256 digest;
  for (const auto& pack : sorted) digest.add(std::string_view{pack.name + " " + pack.digest + "\n"});
  return digest.hex();
}

}  // namespace sluice
