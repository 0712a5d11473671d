// JSON of strangers: a bound on depth before anything is read, and look-ups that take nothing for granted.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

constexpr int import_json_depth_limit = 64;  // brackets within brackets

// Comes back instead: why it cannot be read.
[[nodiscard]] tl::expected<nlohmann::json, std::string> read_import_json(std::string_view text);

// The text of a field; empty where there is none, or something else than a text, number or truth.
[[nodiscard]] std::string json_text(const nlohmann::json& object, const char* key);
// The field's array, or an empty one.
[[nodiscard]] const nlohmann::json& json_array(const nlohmann::json& object, const char* key);
[[nodiscard]] bool json_truth(const nlohmann::json& object, const char* key, bool otherwise);
// The texts of an array of texts.
[[nodiscard]] std::vector<std::string> json_texts(const nlohmann::json& object, const char* key);

}  // namespace sluice
