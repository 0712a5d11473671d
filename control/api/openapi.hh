// The API described for programs, made of the list that it is served from: OpenAPI 3.0.3.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "control/api/api_router.hh"

namespace sluice {

// Each operation has the roles that it takes as `x-roles`, and `x-changes` where it stands in the audit.
[[nodiscard]] nlohmann::ordered_json openapi_document(const std::vector<ApiRoute>& routes, const std::string& version);

}  // namespace sluice
