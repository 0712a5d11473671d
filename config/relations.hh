// What options must hold between each other.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "config/json_tree.hh"

namespace sluice::config {

// What the configuration is for: a capture needs no wire.
enum class Use : std::uint8_t { replay, wire };

// `values`: what check() made of `root`. Options that are wrong by themselves (null) are left out of every comparison.
void check_relations(const nlohmann::json& values, const JsonNode& root, Use use, Faults& faults);

}  // namespace sluice::config
