// Between checked JSON and the types that flatc makes of the schema.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "config/sluice_generated.h"

namespace sluice::config {

// `values`: from check(), without faults. Throws std::runtime_error where FlatBuffers refuses it all the same.
[[nodiscard]] ConfigurationT to_typed(const nlohmann::json& values);

// Every table of the configuration must be there, as in all that load() returns. Throws std::runtime_error for texts
// that are not UTF-8.
[[nodiscard]] nlohmann::json to_json(const ConfigurationT& configuration);

}  // namespace sluice::config
