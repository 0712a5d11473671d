// The site's own lists as packs: one for each list, named like it, so that rule ids stay what they are. Nobody signs
// them and no push changes them; the channel says what they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/generations/sealed_pack.hh"

namespace sluice {

struct SiteRules {
  std::vector<SealedPack> packs;    // in the order in which the lists are first named
  std::vector<std::string> errors;  // all of all files: nothing is used where there is one
};

// Paths of indicator lists and of signature files. One of each may share a name: they become one pack.
[[nodiscard]] SiteRules load_site_rules(const std::vector<std::string>& indicators,
                                        const std::vector<std::string>& signatures);

}  // namespace sluice
