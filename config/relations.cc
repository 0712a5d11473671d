#include "config/relations.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "config/device.hh"
#include "config/error.hh"
#include "config/place.hh"
#include "config/policy_relations.hh"

namespace sluice::config {
namespace {

using nlohmann::json;

void check_cpus(const Place& root, Faults& faults) {
  const auto eal = root.at("eal");
  const auto cpus = eal.at("cpus");
  const auto workers = root.at("workers");
  const auto all = cpus.items();
  if (all.empty()) return;
  if (workers.known() && all.size() != workers.number() + 1) {
    faults.push_back({cpus.offset(eal), fmt::format("{} CPUs, but workers = {} needs {}: the main core's comes first",
                                                    all.size(), workers.number(), workers.number() + 1)});
  }
  // The main core idles and may share; two workers on one CPU would take turns at polling.
  std::set<std::uint64_t> taken;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!all[i].known()) continue;
    const auto cpu = all[i].number();
    if (!taken.emplace(cpu).second) {
      faults.push_back({all[i].offset(cpus), fmt::format("CPU {} has two workers", cpu)});
    }
  }
}

void check_queues(const Place& root, const Place& pair, Faults& faults) {
  const auto queues = pair.at("queues");
  const auto workers = root.at("workers");
  if (!queues.known() || !workers.known()) return;
  if (queues.number() <= workers.number()) return;
  faults.push_back({queues.offset(pair), fmt::format("{} queues, but workers = {}: each queue needs a worker",
                                                     queues.number(), workers.number())});
}

// Both directions of a flow meet in one worker where each worker serves all pairs of the group.
void check_group(const Place& pair, std::map<std::uint64_t, std::uint64_t>& queues_of_group, Faults& faults) {
  const auto group = pair.at("group");
  const auto queues = pair.at("queues");
  if (!group.known() || !queues.known() || group.number() == 0) return;
  const auto expected = queues_of_group.emplace(group.number(), queues.number()).first->second;
  if (queues.number() == expected) return;
  faults.push_back({queues.offset(pair), fmt::format("{} queues, but the first pair of group {} has {}",
                                                     queues.number(), group.number(), expected)});
}

void check_driver(const Place& port, Faults& faults) {
  const auto device = port.at("device");
  const auto driver = port.at("driver");
  if (!device.known() || !driver.known()) return;
  for (const auto candidate : EnumValuesDriver()) {
    if (driver.text() != EnumNameDriver(candidate)) continue;
    if (auto wrong = driver_complaint(candidate, device.text())) {
      faults.push_back({device.offset(port), std::move(*wrong)});
    }
  }
}

void check_keys(const Place& root, Faults& faults) {
  const auto rules = root.at("rules");
  const auto threshold = rules.at("key_threshold");
  const auto keys = rules.at("trusted_keys");
  if (!threshold.known() || !keys.known() || threshold.node == nullptr) return;
  if (threshold.number() <= std::max(keys.value->size(), std::size_t{1})) return;
  faults.push_back({threshold.offset(rules),
                    fmt::format("{} keys must have signed, and {} are trusted: name more in trusted_keys, or lower it",
                                threshold.number(), keys.value->size())});
}

void check_port_pairs(const Place& root, Faults& faults) {
  std::set<std::string> names;
  std::set<std::string> devices;
  std::map<std::uint64_t, std::uint64_t> queues_of_group;
  for (const auto& pair : root.at("port_pairs").items()) {
    const auto name = pair.at("name");
    if (name.known() && !names.emplace(name.text()).second) {
      faults.push_back({name.offset(pair), fmt::format("a second port pair is called {}", in_quotes(name.text()))});
    }
    for (const auto* side : {"inside", "outside"}) {
      const auto port = pair.at(side);
      const auto device = port.at("device");
      if (device.known()) {
        const auto& text = device.text();
        if (!devices.emplace(device_identity(text)).second) {
          faults.push_back({device.offset(port), fmt::format("the device {} is used twice", in_quotes(text))});
        }
      }
      check_driver(port, faults);
    }
    check_queues(root, pair, faults);
    check_group(pair, queues_of_group, faults);
  }
}

}  // namespace

void check_relations(const json& values, const JsonNode& root, Use use, Faults& faults) {
  const Place all{&values, &root};
  check_cpus(all, faults);
  check_port_pairs(all, faults);
  check_keys(all, faults);
  check_policy(all.at("policy"), faults);
  if (use == Use::wire) check_keeping(all.at("policy"), all.at("evidence"), faults);
  const auto pairs = all.at("port_pairs");
  if (use == Use::wire && root.complete && pairs.known() && pairs.value->empty()) {
    faults.push_back({pairs.offset(all), "no port pair: the tap sits on no wire"});
  }
}

}  // namespace sluice::config
