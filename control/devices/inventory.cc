#include "control/devices/inventory.hh"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sluice {
namespace {

std::int64_t nanoseconds(Tick time) { return nanoseconds_since_epoch(time); }

bool is_random_address(std::string_view mac) noexcept {
  std::array<std::uint8_t, 6> bytes{};
  if (mac.size() != bytes.size()) return false;
  std::copy(mac.begin(), mac.end(), bytes.begin());
  return is_random(bytes);
}

bool has(const Device& device, LinkKind kind) {
  return std::any_of(device.links.begin(), device.links.end(), [&](const auto& link) { return link.kind == kind; });
}

// Whether all its hardware addresses are made up.
bool is_random(const Device& device) {
  return std::all_of(device.links.begin(), device.links.end(),
                     [](const auto& link) { return link.kind != LinkKind::hardware_address || link.is_random; });
}

// What systems and makers call any device, or all of a model, tells no two apart: a fleet has many of each. Names that
// end in a number drawn for the device do ("android-1c1335ec95a27318").
bool is_of_one(std::string_view host_name) {
  constexpr std::size_t least = 5, drawn = 8;
  static constexpr auto families = std::to_array<std::string_view>(
      {"android", "asus",   "chromebook", "debian", "desktop", "device",  "galaxy", "honor",   "host",    "htc",
       "huawei",  "imac",   "infinix",    "ipad",   "iphone",  "itel",    "laptop", "lenovo",  "lg",      "linux",
       "local",   "mac",    "mi-",        "moto",   "nokia",   "nothing", "nubia",  "oneplus", "oppo",    "phone",
       "pixel",   "poco",   "raspberry",  "realme", "redmi",   "samsung", "sm-",    "sony",    "surface", "tablet",
       "tecno",   "ubuntu", "unknown",    "vivo",   "watch",   "windows", "xiaomi", "xperia",  "zenfone", "zte"});
  const auto tail = host_name.substr(host_name.find_last_of("-_") + 1);
  if (tail.size() >= drawn && tail.size() < host_name.size() &&
      tail.find_first_not_of("0123456789abcdef") == std::string_view::npos)
    return true;
  return host_name.size() >= least && std::none_of(families.begin(), families.end(), [&](std::string_view family) {
           return host_name.starts_with(family);
         });
}

}  // namespace

void Inventory::touch(Entry& entry, std::int64_t now_ns) noexcept {
  auto& device = entry.device;
  device.last_ns = std::max(device.last_ns, now_ns);
  entry.is_changed = entry.is_changed || now_ns - entry.written_ns > write_ns;
}

Inventory::Entry* Inventory::holder_of(const DevicePlace& place) {
  const auto found = places_.find(place);
  if (found == places_.end()) return nullptr;
  const auto entry = entries_.find(found->second);
  return entry == entries_.end() ? nullptr : &entry->second;
}

Inventory::Names Inventory::names_of(const Sighting& sighting) const {
  Names names;
  for (const auto& link : sighting.links) names.at(static_cast<std::size_t>(link.kind)) = {&link, key_.digest(link)};
  return names;
}

// Looked up anew each time: a device that is joined to another is no more.
Inventory::Entry* Inventory::holder_of(const Named& named) {
  if (named.link == nullptr) return nullptr;
  const auto found = links_.find({named.link->kind, named.digest});
  if (found == links_.end()) return nullptr;
  const auto entry = entries_.find(found->second);
  return entry == entries_.end() ? nullptr : &entry->second;
}

// A phone that has made up another address for itself, and says who it is by its name alone: null where it says no name
// of its own. `subject`: what is known of that address so far; it may have sent something before its name.
Inventory::Entry* Inventory::by_host_name(const Sighting& sighting, const Names& names, const Entry* subject) {
  const auto& name = names[static_cast<std::size_t>(LinkKind::host_name)];
  const auto* const mac = sighting.link(LinkKind::hardware_address);
  auto* const holder = holder_of(name);
  if (holder == nullptr || mac == nullptr || !is_random_address(*mac)) return nullptr;
  const bool is_new = subject == nullptr || (subject->device.name.empty() && is_random(subject->device) &&
                                             !has(subject->device, LinkKind::host_name));
  const auto& device = holder->device;
  if (!is_new || device.forwards || !is_random(device) || !is_of_one(name.link->value)) return nullptr;
  return holder;
}

// Null: nobody known. What names a device for longest decides; devices that turn out to be one become one.
Inventory::Entry* Inventory::subject_of(const Sighting& sighting, Names& names) {
  auto& mac = names[static_cast<std::size_t>(LinkKind::hardware_address)];
  // A router's frames say nothing of whose packets they carry.
  if (const auto* const sender = holder_of(mac); sender != nullptr && sender->device.forwards) mac = {};
  auto* subject = by_place(sighting, mac);
  // All interfaces of a device have one client id (RFC 4361 section 6.1).
  if (auto* const by_client = holder_of(names[static_cast<std::size_t>(LinkKind::client_id)]); by_client != nullptr)
    subject = subject == nullptr || subject == by_client ? by_client : &merge(*subject, *by_client);
  if (auto* const by_push = holder_of(names[static_cast<std::size_t>(LinkKind::push_id)]); by_push != nullptr) {
    if (subject == nullptr) return by_push;
    const bool apart = !is_random(subject->device) && !is_random(by_push->device) &&
                       std::abs(subject->device.last_ns - by_push->device.last_ns) < together_ns;
    if (subject != by_push && !subject->device.forwards && !apart) subject = &merge(*subject, *by_push);
  }
  auto* const by_name = by_host_name(sighting, names, subject);
  if (by_name == nullptr || by_name == subject) return subject;
  if (subject != nullptr) return &merge(*subject, *by_name);
  ++counts_.joined;
  return by_name;
}

// By its hardware address, or its place where no frame says more.
Inventory::Entry* Inventory::by_place(const Sighting& sighting, const Named& mac) {
  auto* const sender = holder_of(mac);
  auto* const holder = sighting.place ? holder_of(*sighting.place) : nullptr;
  if (holder == nullptr || holder == sender) return sender;
  // Who has the address by now has it by another hardware address, or is known by it for the first time.
  const bool by_place_alone = !has(holder->device, LinkKind::hardware_address);
  if (sender == nullptr) return mac.link == nullptr || by_place_alone ? holder : nullptr;
  // A finding may be read before the sighting that says whose it is.
  const bool is_newborn = by_place_alone && nanoseconds(sighting.time) - holder->device.first_ns < together_ns;
  return is_newborn ? &merge(*holder, *sender) : sender;
}

void Inventory::take(const Sighting& sighting) {
  const std::lock_guard lock{mutex_};
  ++counts_.sightings;
  if (!sighting.place && sighting.links.empty()) return;
  const auto now = nanoseconds(sighting.time);
  auto names = names_of(sighting);
  auto* const known = subject_of(sighting, names);
  auto& entry = known != nullptr ? *known : create(now);
  touch(entry, now);
  for (const auto& named : names)
    if (named.link != nullptr) attach(entry, named, now);
  const bool by_frame = names[static_cast<std::size_t>(LinkKind::hardware_address)].link != nullptr;
  if (sighting.place) move_to(entry, *sighting.place, by_frame, now);
  if (sighting.hop_limit != 0 && entry.device.note_hop_limit(sighting.hop_limit)) entry.is_changed = true;
  for (const auto& fact : sighting.facts) {
    if (fact.kind == FactKind::hardware_address && (entry.device.forwards || !by_frame)) continue;
    note(entry, fact, now);
  }
}

Uuid Inventory::device_at(const DevicePlace& place, Tick now) {
  const std::lock_guard lock{mutex_};
  auto* const holder = holder_of(place);
  auto& entry = holder != nullptr ? *holder : create(nanoseconds(now));
  touch(entry, nanoseconds(now));
  if (holder == nullptr) move_to(entry, place, false, nanoseconds(now));
  return entry.device.id;
}

void Inventory::add(const DevicePlace& place, const DeviceFact& fact, Tick now) {
  const std::lock_guard lock{mutex_};
  if (auto* const holder = holder_of(place); holder != nullptr) note(*holder, fact, nanoseconds(now));
}

void Inventory::note(Entry& entry, const DeviceFact& fact, std::int64_t now_ns) {
  for (const auto& vote : votes_of(fact, *vendors_, oui_)) {
    if (entry.device.add(vote, now_ns)) entry.is_changed = true;
  }
}

Inventory::Entry& Inventory::create(std::int64_t now_ns) {
  if (entries_.size() >= limit) make_room();
  const auto id = Uuid::random();
  auto& entry = entries_[id];
  entry.device.id = id;
  entry.device.first_ns = entry.device.last_ns = now_ns;
  entry.is_changed = true;
  return entry;
}

void Inventory::make_room() {
  std::vector<std::pair<std::int64_t, Uuid>> oldest;
  for (const auto& [id, entry] : entries_)
    if (entry.device.name.empty() && !entry.is_changed) oldest.emplace_back(entry.device.last_ns, id);
  // Under a flood all of them are changed: then the newest of the flood give way.
  if (oldest.empty())
    for (const auto& [id, entry] : entries_) oldest.emplace_back(-entry.device.first_ns, id);
  const auto count = std::min(oldest.size(), limit / 16);
  std::nth_element(oldest.begin(), oldest.begin() + static_cast<std::ptrdiff_t>(count - 1), oldest.end());
  for (std::size_t i = 0; i < count; ++i) forget(oldest[i].second);
  counts_.forgotten += count;
}

void Inventory::forget(const Uuid& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  const auto& device = found->second.device;
  for (const auto& link : device.links)
    if (const auto at = links_.find({link.kind, link.digest}); at != links_.end() && at->second == id) links_.erase(at);
  std::erase_if(places_, [&](const auto& place) { return place.second == id; });
  entries_.erase(found);
}

void Inventory::attach(Entry& entry, const Named& named, std::int64_t now_ns) {
  auto& device = entry.device;
  const auto kind = named.link->kind;
  links_[{kind, named.digest}] = device.id;
  if (auto* const known = device.find(kind, named.digest); known != nullptr) {
    known->last_ns = std::max(known->last_ns, now_ns);
    return;
  }
  entry.is_changed = true;
  if (device.links.size() >= Device::link_limit) {
    const auto oldest = std::min_element(device.links.begin(), device.links.end(),
                                         [](const auto& a, const auto& b) { return a.last_ns < b.last_ns; });
    links_.erase({oldest->kind, oldest->digest});
    device.links.erase(oldest);
  }
  const auto& value = named.link->value;
  device.links.push_back({kind, named.digest, kind == LinkKind::hardware_address && is_random_address(value), now_ns,
                          now_ns, key_.seal(value)});
}

// `by_frame`: a frame with its hardware address came from there.
void Inventory::move_to(Entry& entry, const DevicePlace& place, bool by_frame, std::int64_t now_ns) {
  auto& device = entry.device;
  auto& recent = entry.recent;
  if (by_frame && place.address.is_v4() && !device.forwards) {
    std::erase_if(recent, [&](const auto& one) { return one.first == place || now_ns - one.second > together_ns; });
    recent.emplace_back(place, now_ns);
    if (recent.size() >= router_addresses) {
      device.forwards = true;
      std::erase_if(places_, [&](const auto& one) { return one.second == device.id; });
      device.place.reset();
      recent.clear();
      return;
    }
  }
  places_[place] = device.id;
  if (device.place != place) entry.is_changed = true;
  device.place = place;
}

// The one that was known for longer stays.
Inventory::Entry& Inventory::merge(Entry& from, Entry& into) {
  if (into.device.first_ns > from.device.first_ns && into.device.name.empty()) return merge(into, from);
  const auto gone = from.device.id;
  const auto id = into.device.id;
  for (const auto& link : from.device.links) links_[{link.kind, link.digest}] = id;
  for (auto& [place, holder] : places_)
    if (holder == gone) holder = id;
  into.device.take(std::move(from.device));
  into.is_changed = true;
  entries_.erase(gone);
  joined_.emplace_back(gone, id);
  ++counts_.joined;
  return entries_.at(id);
}

}  // namespace sluice
