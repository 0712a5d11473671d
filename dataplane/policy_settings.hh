// The policy of the configuration as findings are held against it.
#pragma once

#include "config/configuration.hh"
#include "rules/site_policy.hh"

namespace sluice {

// Groups are replaced by what is in them. `policy` has passed all checks of the configuration.
[[nodiscard]] SitePolicy site_policy(const config::PolicyT& policy);

}  // namespace sluice
