// Holds a JSON tree against the schema, option by option.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "config/json_tree.hh"
#include "config/schema.hh"

namespace sluice::config {

// Every fault goes to `faults`. What comes back has every option of the table: as written, its default where it is not
// written, and null where what is written is wrong (or where a required one is missing).
[[nodiscard]] nlohmann::json check(const JsonNode& node, const Option& table, Faults& faults);

}  // namespace sluice::config
