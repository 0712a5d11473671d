// How objects of EVE are filled. Text is made valid UTF-8 (safe_text.hh).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "control/text/safe_text.hh"
#include "dataplane/event/event.hh"

namespace sluice {

using Json = nlohmann::ordered_json;

// The first value stands.
inline void put(Json& object, std::string_view key, Json value) { object.emplace(std::string{key}, std::move(value)); }

inline void put_text(Json& object, std::string_view key, const EventField& field) {
  put(object, key, stored_text(field.text()));
}

// The last record of a list that a name has started, or nothing.
inline Json* last(Json& records) { return records.empty() ? nullptr : &records.back(); }

}  // namespace sluice
