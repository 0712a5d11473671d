// What lines of the policy must hold between each other.
#pragma once

#include "config/place.hh"

namespace sluice::config {

// Names that stand twice, groups that are not there, limits without a rate, lines that no traffic reaches because one
// before them takes it all.
void check_policy(const Place& policy, Faults& faults);

}  // namespace sluice::config
