#include "control/vantage/vantage_text.hh"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

std::uint64_t figure(const VantageJudgement& judgement, std::string_view name) {
  const auto found = std::find_if(judgement.figures.begin(), judgement.figures.end(),
                                  [&](const auto& one) { return one.first == name; });
  return found == judgement.figures.end() ? 0 : found->second;
}

std::string found_text(const VantageJudgement& judgement) {
  switch (judgement.condition) {
    case VantageCondition::ports_swapped:
      return fmt::format(
          "The devices seem to be on the outside port: in a minute {} connections from private to public addresses "
          "began there, and {} inside.",
          figure(judgement, "begun_outside"), figure(judgement, "begun_inside"));
    case VantageCondition::one_direction_only:
      if (const auto asked = figure(judgement, "begun_while_nothing_came_in"); asked != 0)
        return fmt::format("Nothing comes in on the outside port, while {} connections and look-ups began inside.",
                           asked);
      return fmt::format(
          "Of {} connections in a minute only one end was heard: nothing of them comes in on the {} port.",
          figure(judgement, "one_end_heard"), judgement.silent_inside ? "inside" : "outside");
    case VantageCondition::no_dhcp:
      return fmt::format("{} devices are there, and for {} minutes no message of DHCP came by.",
                         figure(judgement, "devices"), figure(judgement, "minutes"));
    case VantageCondition::nat_suspected:
      return fmt::format("{} of {} devices look like several behind one address.", figure(judgement, "devices"),
                         figure(judgement, "of"));
    case VantageCondition::router_between:
      return fmt::format("{} of {} devices forward for others, or speak through a router.",
                         figure(judgement, "devices"), figure(judgement, "of"));
  }
  return {};
}

}  // namespace

std::string vantage_text(const VantageJudgement& judgement) {
  if (judgement.state == VantageState::found) return found_text(judgement);
  return judgement.state == VantageState::not_found ? "Not found." : "Not known: too little has come by to tell.";
}

std::string_view vantage_remedy(VantageCondition condition) noexcept {
  switch (condition) {
    case VantageCondition::ports_swapped:
      return "Exchange the two cables, or `inside` and `outside` of the pair in the configuration, and restart the "
             "data "
             "plane. Until then findings are of the far ends, and policy holds for the wrong side.";
    case VantageCondition::one_direction_only:
      return "See that both directions of the link go through this pair: cable and port of the side that is not heard, "
             "a "
             "second link or route past the tap (put both links into one `group`), a mirror port that copies one "
             "direction.";
    case VantageCondition::no_dhcp:
      return "None may be needed: addresses may be static, or the DHCP server on the devices' side. Otherwise the tap "
             "stands behind a router: move it to the devices' own network, or devices are told apart by address alone.";
    case VantageCondition::nat_suspected:
      return "What is found of them is given to no make. Tap the network behind them, or know that they are shared "
             "(tethering, virtual machines, a router of a user).";
    case VantageCondition::router_between:
      return "Hardware addresses and DHCP of what stands behind it are not seen, and its devices are told apart by "
             "address. Move the tap to the devices' side of the router where they matter.";
  }
  return {};
}

}  // namespace sluice
