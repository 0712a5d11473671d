// The policy of the configuration as findings are held against it.
#pragma once

#include "config/configuration.hh"
#include "dataplane/base/mode.hh"
#include "rules/policy/site_policy.hh"

namespace sluice {

// The mode, and whether addresses alone block.
[[nodiscard]] Policy policy_of(const config::ConfigurationT& configuration);

// Groups are replaced by what is in them. `policy` has passed all checks of the configuration.
[[nodiscard]] SitePolicy site_policy(const config::PolicyT& policy);

}  // namespace sluice
