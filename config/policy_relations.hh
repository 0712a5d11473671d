// What lines of the policy must hold between each other.
#pragma once

#include "config/place.hh"

namespace sluice::config {

// Names that stand twice, groups that are not there, limits without a rate, lines that no traffic reaches because one
// before them takes it all.
void check_policy(const Place& policy, Faults& faults);
// On a wire: what lines of the policy keep wants a key. (A replay has its own.)
void check_keeping(const Place& policy, const Place& evidence, Faults& faults);

}  // namespace sluice::config
