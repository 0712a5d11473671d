#include "config/plan.hh"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "config/schema.hh"
#include "config/typed_value.hh"

namespace sluice::config {
namespace {

using nlohmann::json;

// Whether a change somewhere below takes a restart.
bool takes_restart(const Option& option) {
  if (option.kind != OptionKind::table) return option.apply == "restart";
  return std::ranges::any_of(option.options, takes_restart);
}

// FlatBuffers leaves empty texts and lists out.
json member(const json& table, const Option& option) {
  if (table.contains(option.name)) return table.at(option.name);
  if (option.list) return json::array();
  return option.kind == OptionKind::table ? json::object() : json("");
}

class Comparison {
 public:
  Plan plan;

  void tables(const json& before, const json& after, const Option& table, const std::string& path) {
    for (const auto& option : table.options) {
      const auto one = member(before, option);
      const auto other = member(after, option);
      if (one == other) continue;
      const auto name = path + option.name;
      if (option.kind != OptionKind::table)
        add(name, one.dump(), other.dump(), option);
      else if (!option.list)
        tables(one, other, option, name + '.');
      else
        lists(one, other, option, name);
    }
  }

 private:
  void add(std::string option, std::string before, std::string after, const Option& what) {
    plan.push_back({std::move(option), std::move(before), std::move(after), takes_restart(what)});
  }

  // By the items' names, where all have one.
  void lists(const json& before, const json& after, const Option& option, const std::string& path) {
    const auto old_names = names_of(before);
    const auto new_names = names_of(after);
    if (!old_names || !new_names) return add(path, before.dump(), after.dump(), option);
    for (std::size_t i = 0; i < old_names->size(); ++i)
      if (position(*new_names, (*old_names)[i]) == new_names->size())
        add(item(path, (*old_names)[i]), before.at(i).dump(), {}, option);
    json old_order = json::array();
    json new_order = json::array();
    for (std::size_t i = 0; i < new_names->size(); ++i) {
      const auto& name = (*new_names)[i];
      const auto was = position(*old_names, name);
      if (was == old_names->size())
        add(item(path, name), {}, after.at(i).dump(), option);
      else if (before.at(was) != after.at(i))
        tables(before.at(was), after.at(i), option, item(path, name) + '.');
      if (was != old_names->size()) new_order.push_back(name);
    }
    for (const auto& name : *old_names)
      if (position(*new_names, name) != new_names->size()) old_order.push_back(name);
    if (old_order != new_order) add(path + " (order)", old_order.dump(), new_order.dump(), option);
  }

  static std::optional<std::vector<std::string>> names_of(const json& list) {
    std::vector<std::string> names;
    for (const auto& item : list) {
      if (!item.contains("name")) return std::nullopt;
      names.push_back(item.at("name").get<std::string>());
    }
    return names;
  }
  static std::size_t position(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  }
  static std::string item(const std::string& path, const std::string& name) {
    return fmt::format("{}[{}]", path, name);
  }
};

}  // namespace

Plan plan(const ConfigurationT& running, const ConfigurationT& next) {
  Comparison comparison;
  comparison.tables(to_json(running), to_json(next), schema(), {});
  return std::move(comparison.plan);
}

std::string text(const Change& change) {
  const auto shown = [](const std::string& value) { return value.empty() ? std::string_view{"nothing"} : value; };
  return fmt::format("{}: {} -> {}{}", change.option, shown(change.before), shown(change.after),
                     change.takes_restart ? " (takes a restart)" : "");
}

}  // namespace sluice::config
