// The configuration file's values as the parts of the data plane take them.
#pragma once

#include <vector>

#include "config/configuration.hh"
#include "dataplane/match/rule_budget.hh"
#include "dataplane/pipeline/pipeline.hh"
#include "dataplane/wire/eal.hh"
#include "dataplane/wire/load_watch.hh"
#include "dataplane/wire/port.hh"

namespace sluice {

[[nodiscard]] EalOptions eal_options(const config::ConfigurationT& configuration);
// Of every worker; `hash_secret` differs from start to start.
[[nodiscard]] PipelineOptions pipeline_options(const config::ConfigurationT& configuration, std::uint64_t hash_secret);
[[nodiscard]] LoadLimits load_limits(const config::ConfigurationT& configuration);
[[nodiscard]] RuleBudgetOptions rule_budget_options(const config::ConfigurationT& configuration);
// Inside and outside of each pair, in that order.
[[nodiscard]] std::vector<PortOptions> port_options(const config::ConfigurationT& configuration);
// Of each port pair, whose flows its packets belong to: its own number, or that of the first pair of its group.
[[nodiscard]] std::vector<std::uint8_t> flow_owners(const config::ConfigurationT& configuration);
// The largest frame that a packet buffer must hold.
[[nodiscard]] std::uint32_t frame_bytes(const config::ConfigurationT& configuration);

}  // namespace sluice
