// What a site has decided that whoever reads its findings has to know: what is not looked at, what may stop working,
// and what leaves the tap that does not leave it by default.
#pragma once

#include <string>
#include <vector>

#include "config/sluice_generated.h"

namespace sluice::config {

// A sentence each, with the option that decides; in the order of the schema, at most `notices_limit` of them, where the
// last says how many more there are.
constexpr std::size_t notices_limit = 32;
[[nodiscard]] std::vector<std::string> notices(const ConfigurationT& configuration);

}  // namespace sluice::config
