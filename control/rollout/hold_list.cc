#include "control/rollout/hold_list.hh"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "control/text/text_file.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, hold_causes> causes{"fuse", "trial"};
constexpr std::size_t file_limit = std::size_t{4} << 20;

Json to_json(const HeldRule& rule) {
  return {{"rule", rule.rule},          {"cause", text_of(rule.cause)},
          {"since_ns", rule.since_ns},  {"blocks", rule.counts.blocks},
          {"flows", rule.counts.flows}, {"devices", rule.counts.devices}};
}

// Throws nlohmann's errors where a value is missing or of another type.
HeldRule from_json(const Json& json) {
  const std::string cause = json.at("cause");
  const auto known = std::ranges::find(causes, cause);
  HeldRule rule{json.at("rule"),
                static_cast<HoldCause>(known - causes.begin()),
                json.at("since_ns"),
                {json.at("blocks"), json.at("flows"), json.at("devices")}};
  if (known == causes.end() || !is_held_rule(rule.rule)) throw std::runtime_error{"a rule or cause that is none"};
  return rule;
}

}  // namespace

std::string_view text_of(HoldCause cause) noexcept { return causes[static_cast<std::size_t>(cause)]; }

HoldList::HoldList(std::string path) : path_(std::move(path)) {
  const auto loaded = load();
  if (loaded) return;
  rules_.clear();
  std::error_code ignored;
  std::filesystem::rename(path_, path_ + ".damaged", ignored);
  complaint_ = path_ + ": " + loaded.error() + "; put aside as " + path_ + ".damaged, no rule is held";
}

tl::expected<void, std::string> HoldList::load() {
  const auto text = read_text_file(path_, file_limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return {};
  try {
    const auto json = Json::parse(**text);
    for (const auto& rule : json.at("held"))
      if (!add(from_json(rule))) return tl::unexpected(std::string{"more rules than can be held"});
  } catch (const std::exception& error) {
    return tl::unexpected(error.what());
  }
  return {};
}

void HoldList::save() {
  Json json = {{"held", Json::array()}};
  for (const auto& rule : rules_) json["held"].push_back(to_json(rule));
  const auto written = replace_text_file(path_, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  complaint_ = written ? "" : "held rules would be forgotten by a restart: " + written.error();
}

RuleIds HoldList::ids() const {
  std::vector<std::string> ids;
  ids.reserve(rules_.size());
  for (const auto& rule : rules_) ids.push_back(rule.rule);
  return RuleIds{std::move(ids)};
}

std::size_t HoldList::count(HoldCause cause) const noexcept {
  return static_cast<std::size_t>(std::ranges::count(rules_, cause, &HeldRule::cause));
}

bool HoldList::add(HeldRule rule) {
  const auto is_same = [&](const HeldRule& held) { return held.rule == rule.rule && held.cause == rule.cause; };
  if (std::ranges::any_of(rules_, is_same)) return true;
  if (rules_.size() == limit) return false;
  rules_.push_back(std::move(rule));
  return true;
}

std::size_t HoldList::remove(std::string_view rule, HoldCause cause) {
  return std::erase_if(rules_, [&](const HeldRule& held) { return held.rule == rule && held.cause == cause; });
}

std::size_t HoldList::remove_all(HoldCause cause) {
  return std::erase_if(rules_, [&](const HeldRule& held) { return held.cause == cause; });
}

}  // namespace sluice
