// Who is on the inside: takes sightings, tells devices apart and again, and says what each is. A device is not an
// address, nor a hardware address, which phones make up anew.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "control/devices/device.hh"

namespace sluice {

struct InventoryCounts {
  std::uint64_t devices = 0;
  std::uint64_t named = 0;      // those whose make is known
  std::uint64_t sightings = 0;  // since the program was started, as are the others
  std::uint64_t joined = 0;     // devices that turned out to be one that was known
  std::uint64_t forgotten = 0;  // for want of room
};

class Inventory {
 public:
  // Where there are more, a sixteenth of them is forgotten: those that were not seen for longest and have no name.
  static constexpr std::size_t limit = 65'536;
  // When a device was seen last is written so often.
  static constexpr std::int64_t write_ns = std::int64_t{60} * 1'000'000'000;
  // A sender of frames with packets of so many IPv4 addresses within ten minutes is a router.
  static constexpr std::size_t router_addresses = 4;
  static constexpr std::int64_t together_ns = std::int64_t{600} * 1'000'000'000;

  // `oui`: null without a list of makers. All outlive the inventory.
  Inventory(const IdentifierKey& key, const VendorTable& vendors, const OuiTable* oui)
      : key_(key), vendors_(&vendors), oui_(oui) {}

  void take(const Sighting& sighting);
  // Of the device at that place, which is made where none is known: what a finding is of.
  [[nodiscard]] Uuid device_at(const DevicePlace& place, Tick now);
  void add(const DevicePlace& place, const DeviceFact& fact, Tick now);

  // What stands in the store, before anything else.
  void restore(std::vector<Device> devices);
  // Those without a name that were not seen since.
  void retire(std::int64_t before_ns);
  // The store has lost all of them.
  void write_all();
  // What has changed since it was asked last. `joined`: one that is no more, and what it is now.
  struct Changes {
    std::vector<Device> devices;
    std::vector<std::pair<Uuid, Uuid>> joined;
    [[nodiscard]] bool empty() const noexcept { return devices.empty() && joined.empty(); }
  };
  [[nodiscard]] Changes take_changes();
  // They could not be written.
  void put_back(const Changes& changes);

  // The one seen last first, while the function says true.
  void for_each(const std::function<bool(const Device&)>& show) const;
  [[nodiscard]] std::optional<Device> find(const Uuid& id) const;
  // False: there is none.
  bool rename(const Uuid& id, const std::optional<std::string>& name, const std::optional<std::string>& group);
  // By hand: they are one, which is `into` from here on; false where one is not there, or both are the same.
  bool join(const Uuid& id, const Uuid& into);
  // By hand: what has that identifier is another device, which gets this id; nothing where it is not there.
  // `identifier`: as identifier_text() has it.
  [[nodiscard]] std::optional<Uuid> split(const Uuid& id, const std::string& identifier);
  [[nodiscard]] InventoryCounts counts() const;

 private:
  struct Entry {
    Device device;
    std::vector<std::pair<DevicePlace, std::int64_t>> recent;  // IPv4, of its frames
    std::int64_t written_ns = 0;                               // its last sight in the store
    bool is_changed = false;
  };
  using LinkId = std::pair<LinkKind, IdentifierDigest>;
  struct Named {  // an identifier of the sighting at hand
    const DeviceLink* link = nullptr;
    IdentifierDigest digest{};
  };
  using Names = std::array<Named, link_kinds>;

  [[nodiscard]] Names names_of(const Sighting& sighting) const;
  [[nodiscard]] Entry* holder_of(const Named& named);
  [[nodiscard]] Entry* by_place(const Sighting& sighting, const Named& mac);
  [[nodiscard]] Entry* subject_of(const Sighting& sighting, Names& names);
  [[nodiscard]] Entry* by_host_name(const Sighting& sighting, const Names& names, const Entry* subject);
  [[nodiscard]] Entry* holder_of(const DevicePlace& place);
  Entry& create(std::int64_t now_ns);
  void make_room();
  void forget(const Uuid& id);
  void attach(Entry& entry, const Named& named, std::int64_t now_ns);
  void move_to(Entry& entry, const DevicePlace& place, bool by_frame, std::int64_t now_ns);
  Entry& merge(Entry& from, Entry& into);
  void note(Entry& entry, const DeviceFact& fact, std::int64_t now_ns);
  static void touch(Entry& entry, std::int64_t now_ns) noexcept;

  const IdentifierKey key_;
  const VendorTable* vendors_;
  const OuiTable* oui_;

  mutable std::mutex mutex_;  // of what follows
  std::map<Uuid, Entry> entries_;
  std::map<DevicePlace, Uuid> places_;
  std::map<LinkId, Uuid> links_;  // of host names the last device that had it
  std::vector<std::pair<Uuid, Uuid>> joined_;
  InventoryCounts counts_;
};

}  // namespace sluice
