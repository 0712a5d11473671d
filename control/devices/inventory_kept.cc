// What is kept of the inventory, and what people ask of it and say.
#include <algorithm>
#include <utility>

#include "control/devices/device_document.hh"
#include "control/devices/inventory.hh"

namespace sluice {

// What came before the store could be read is of those that stand in it, by their identifiers.
void Inventory::restore(std::vector<Device> devices) {
  const std::lock_guard lock{mutex_};
  std::sort(devices.begin(), devices.end(), [](const auto& a, const auto& b) { return a.last_ns < b.last_ns; });
  for (auto& device : devices) {
    if (entries_.size() >= limit) break;
    const auto id = device.id;
    device.judge();
    const auto written_ns = device.last_ns;
    auto* entry = &(entries_[id] = {std::move(device), {}, written_ns, false});
    for (const auto& link : std::vector{entry->device.links}) {
      auto& holder = links_.try_emplace({link.kind, link.digest}, id).first->second;
      const auto other = entries_.find(holder);
      const bool is_same = link.kind != LinkKind::host_name && holder != id && other != entries_.end();
      if (is_same) entry = &merge(other->second, *entry);
      holder = entry->device.id;
    }
    if (entry->device.place) places_.try_emplace(*entry->device.place, entry->device.id);
  }
}

void Inventory::retire(std::int64_t before_ns) {
  const std::lock_guard lock{mutex_};
  std::vector<Uuid> over;
  for (const auto& [id, entry] : entries_)
    if (entry.device.name.empty() && entry.device.last_ns < before_ns) over.push_back(id);
  for (const auto& id : over) forget(id);
}

void Inventory::write_all() {
  const std::lock_guard lock{mutex_};
  for (auto& [id, entry] : entries_) entry.is_changed = true;
}

Inventory::Changes Inventory::take_changes() {
  const std::lock_guard lock{mutex_};
  Changes changes;
  for (auto& [id, entry] : entries_) {
    if (!std::exchange(entry.is_changed, false)) continue;
    entry.written_ns = entry.device.last_ns;
    changes.devices.push_back(entry.device);
  }
  changes.joined = std::exchange(joined_, {});
  return changes;
}

void Inventory::put_back(const Changes& changes) {
  const std::lock_guard lock{mutex_};
  for (const auto& device : changes.devices) {
    const auto found = entries_.find(device.id);
    if (found != entries_.end()) found->second.is_changed = true;
  }
  joined_.insert(joined_.begin(), changes.joined.begin(), changes.joined.end());
}

void Inventory::for_each(const std::function<bool(const Device&)>& show) const {
  const std::lock_guard lock{mutex_};
  std::vector<const Device*> order;
  order.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) order.push_back(&entry.device);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair{a->last_ns, a->id} > std::pair{b->last_ns, b->id};
  });
  for (const auto* device : order)
    if (!show(*device)) return;
}

std::optional<Device> Inventory::find(const Uuid& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  return found == entries_.end() ? std::nullopt : std::optional{found->second.device};
}

bool Inventory::rename(const Uuid& id, const std::optional<std::string>& name,
                       const std::optional<std::string>& group) {
  const std::lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  if (name) found->second.device.name = *name;
  if (group) found->second.device.group = *group;
  found->second.is_changed = true;
  return true;
}

bool Inventory::join(const Uuid& id, const Uuid& into) {
  const std::lock_guard lock{mutex_};
  const auto from = entries_.find(id);
  const auto to = entries_.find(into);
  if (from == entries_.end() || to == entries_.end() || from == to) return false;
  // As it was said: whichever is the older.
  to->second.device.first_ns = std::min(to->second.device.first_ns, from->second.device.first_ns);
  merge(from->second, to->second);
  return true;
}

std::optional<Uuid> Inventory::split(const Uuid& id, const std::string& identifier) {
  const std::lock_guard lock{mutex_};
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  auto& links = found->second.device.links;
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const auto& one) { return identifier_text(one) == identifier; });
  if (link == links.end() || links.size() < 2) return std::nullopt;
  auto taken = std::move(*link);
  links.erase(link);
  found->second.is_changed = true;
  auto& other = create(taken.first_ns);
  other.device.last_ns = taken.last_ns;
  links_[{taken.kind, taken.digest}] = other.device.id;
  other.device.links.push_back(std::move(taken));
  return other.device.id;
}

InventoryCounts Inventory::counts() const {
  const std::lock_guard lock{mutex_};
  auto counts = counts_;
  counts.devices = entries_.size();
  counts.named = static_cast<std::uint64_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& entry) {
    return !entry.second.device.identification.vendor.empty();
  }));
  return counts;
}

}  // namespace sluice
