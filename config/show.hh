// Prints a configuration with all that the schema knows about it.
#pragma once

#include <string>

#include "config/sluice_generated.h"

namespace sluice::config {

// The configuration as commented JSON that load() reads back to the same value: every option with its documentation,
// range, unit, default and how a change takes effect. `configuration` must come from load(), parse() or defaults().
[[nodiscard]] std::string show(const ConfigurationT& configuration);

// The option table of README.md: Markdown, one row an option.
[[nodiscard]] std::string option_table();

}  // namespace sluice::config
