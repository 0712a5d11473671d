#include "config/policy_relations.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "config/error.hh"
#include "config/format.hh"
#include "config/hours.hh"

namespace sluice::config {
namespace {

using Conditions = std::span<const char* const>;
constexpr std::array line_conditions{"devices", "classes", "recipients", "rules", "destinations", "hours"};
constexpr std::array traffic_conditions{"devices", "vlans", "prefixes", "hours"};

// Lines about findings, and lines about all traffic of devices.
struct LineKind {
  const char* list;
  std::string_view what;
  Conditions conditions;
};
constexpr std::array line_kinds{LineKind{"lines", "line of the policy", line_conditions},
                                LineKind{"traffic", "line of the policy's traffic", traffic_conditions}};

// The names of all, each once.
std::set<std::string> names_of(const std::vector<Place>& all, std::string_view what, Faults& faults) {
  std::set<std::string> names;
  for (const auto& one : all) {
    const auto name = one.at("name");
    if (name.known() && !names.insert(name.text()).second)
      faults.push_back({name.offset(one), fmt::format("a second {} is called {}", what, in_quotes(name.text()))});
  }
  return names;
}

void check_groups(const Place& line, const std::set<std::string>& groups, Faults& faults) {
  const auto devices = line.at("devices");
  for (const auto& device : devices.items()) {
    if (!device.known() || !complaint(Format::cidr, device.text()) || groups.contains(device.text())) continue;
    faults.push_back(
        {device.offset(devices), fmt::format("{} is neither an address or network nor a group: add it to policy.groups",
                                             in_quotes(device.text()))});
  }
}

// Empty: all. Nothing where an item is wrong by itself.
std::optional<std::set<std::string>> texts_of(const Place& list) {
  if (!list.known()) return std::nullopt;
  std::set<std::string> texts;
  for (const auto& item : list.items()) {
    if (!item.known()) return std::nullopt;
    texts.insert(item.value->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return texts;
}

// Whether the earlier line holds wherever the later one does, as far as their texts tell.
bool takes_all_of(const Place& earlier, const Place& later, Conditions conditions) {
  return std::ranges::all_of(conditions, [&](const char* condition) {
    const auto wide = texts_of(earlier.at(condition));
    const auto narrow = texts_of(later.at(condition));
    if (!wide || !narrow) return false;
    return wide->empty() || (!narrow->empty() && std::ranges::includes(*wide, *narrow));
  });
}

void check_order(const std::vector<Place>& lines, Conditions conditions, Faults& faults) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto before = std::find_if(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const Place& earlier) { return takes_all_of(earlier, lines[i], conditions); });
    const auto name = lines[i].at("name");
    if (before == lines.begin() + static_cast<std::ptrdiff_t>(i) || !name.known()) continue;
    const auto first = before->at("name");
    if (!first.known()) continue;
    faults.push_back({name.offset(lines[i]),
                      fmt::format("the line {} is never reached: {} before it holds wherever this one does; put this "
                                  "one first, or remove it",
                                  in_quotes(name.text()), in_quotes(first.text()))});
  }
}

// One of each family, and one at all where a line leads there.
void check_sinkhole(const Place& policy, Faults& faults) {
  const auto sinkhole = policy.at("sinkhole");
  if (!sinkhole.known()) return;
  const auto addresses = sinkhole.items();
  const auto is_v6 = [](const Place& address) { return address.text().find(':') != std::string::npos; };
  if (addresses.size() == 2 && addresses[0].known() && addresses[1].known() &&
      is_v6(addresses[0]) == is_v6(addresses[1]))
    faults.push_back({addresses[1].offset(sinkhole), "two addresses of one family: name one of IPv4 and one of IPv6"});
  if (!addresses.empty()) return;
  for (const auto& line : policy.at("lines").items())
    if (const auto action = line.at("action");
        action.known() && action.value->is_string() && action.text() == "sinkhole")
      faults.push_back({action.offset(line), "where to? Name an address in policy.sinkhole"});
}

void check_consent(const Place& line, Faults& faults) {
  const auto consent = line.at("although_breaks");
  const auto action = line.at("action");
  if (!consent.known() || !consent.value->is_boolean() || !consent.value->get<bool>()) return;
  if (!action.known() || action.text() != "observe") return;
  faults.push_back({consent.offset(line), "although_breaks goes with the actions that block: this line observes"});
}

// Times that stand twice are a mistake in one of them.
void check_hours(const Place& line, Faults& faults) {
  const auto hours = line.at("hours");
  const auto items = hours.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto spans = items[i].known() ? parse_hours(items[i].text()) : std::nullopt;
    if (!spans) continue;
    const auto before =
        std::find_if(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i), [&](const Place& one) {
          const auto others = one.known() ? parse_hours(one.text()) : std::nullopt;
          return others && overlap(*others, *spans);
        });
    if (before == items.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    faults.push_back({items[i].offset(hours), fmt::format("{} and {} overlap: write each time once",
                                                          in_quotes(before->text()), in_quotes(items[i].text()))});
  }
}

// A limit has a rate, and a rate is a limit's.
void check_limit(const Place& line, Faults& faults) {
  const auto action = line.at("action");
  const auto rate = line.at("limit_kbit_per_s");
  const bool limits = action.known() && action.value->is_string() && action.text() == "limit";
  const bool has_rate = rate.known() && rate.value->is_number() && rate.value->get<double>() != 0;
  if (limits && rate.known() && rate.value->is_number() && !has_rate)
    faults.push_back({action.offset(line), "to which rate? Name it in limit_kbit_per_s"});
  if (has_rate && action.known() && action.value->is_string() && !limits)
    faults.push_back({rate.offset(line), "limit_kbit_per_s goes with the action limit: this line has another"});
}

}  // namespace

void check_policy(const Place& policy, Faults& faults) {
  const auto all_groups = policy.at("groups").items();
  const auto groups = names_of(all_groups, "group", faults);
  for (const auto& group : all_groups) {
    const auto name = group.at("name");
    if (name.known() && !complaint(Format::cidr, name.text()))
      faults.push_back(
          {name.offset(group), fmt::format("{} is an address: call the group something else", in_quotes(name.text()))});
    const auto devices = group.at("devices");
    if (devices.known() && devices.items().empty())
      faults.push_back({devices.offset(group), "a group without devices: name some, or remove it"});
  }
  check_sinkhole(policy, faults);
  for (const auto& kind : line_kinds) {
    const auto lines = policy.at(kind.list).items();
    names_of(lines, kind.what, faults);
    for (const auto& line : lines) {
      check_groups(line, groups, faults);
      check_consent(line, faults);
      check_hours(line, faults);
      check_limit(line, faults);
    }
    check_order(lines, kind.conditions, faults);
  }
}

// What is kept is sealed to somebody.
void check_keeping(const Place& policy, const Place& evidence, Faults& faults) {
  const auto key = evidence.at("authority_key");
  if (!key.known() || !key.value->is_string() || !key.text().empty()) return;
  for (const auto& line : policy.at("lines").items()) {
    const auto keeps = line.at("keep_flow");
    if (keeps.known() && keeps.value->is_boolean() && keeps.value->get<bool>())
      faults.push_back({keeps.offset(line), "sealed to whom? Name the authority's key in evidence.authority_key"});
  }
}

}  // namespace sluice::config
