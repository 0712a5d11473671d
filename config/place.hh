// A value of a checked configuration and where it stands in the text, for what is judged across options.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/json_tree.hh"

namespace sluice::config {

// A value of the checked configuration together with its node of the text (nullptr where it is a default).
struct Place {
  const nlohmann::json* value = nullptr;
  const JsonNode* node = nullptr;

  [[nodiscard]] bool known() const { return value != nullptr && !value->is_null(); }
  [[nodiscard]] std::uint64_t number() const { return value->get<std::uint64_t>(); }
  [[nodiscard]] const std::string& text() const { return value->get_ref<const std::string&>(); }
  // Where to point: at what is written, or else at the object that it is missing from.
  [[nodiscard]] std::size_t offset(const Place& around) const {
    return node != nullptr ? node->offset : (around.node != nullptr ? around.node->offset : 0);
  }

  [[nodiscard]] Place at(const std::string& name) const {
    Place inner;
    if (!known() || !value->is_object() || !value->contains(name)) return inner;
    inner.value = &value->at(name);
    if (node == nullptr) return inner;
    for (const auto& member : node->members) {
      if (member.name == name) {
        inner.node = &member.value;
        break;  // of duplicates the first counts, as in check()
      }
    }
    return inner;
  }

  [[nodiscard]] std::vector<Place> items() const {
    std::vector<Place> all;
    if (!known() || !value->is_array()) return all;
    for (std::size_t i = 0; i < value->size(); ++i) {
      all.push_back({&value->at(i), node != nullptr && i < node->items.size() ? &node->items[i] : nullptr});
    }
    return all;
  }
};

}  // namespace sluice::config
