// What one event says of the device that it is about: by what it can be told again, and what it says that it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/devices/device_fact.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Where a device is: the same address in two networks is of two devices.
struct DevicePlace {
  Address address;
  std::uint16_t vlan = 0;  // outermost; 0: none

  auto operator<=>(const DevicePlace&) const noexcept = default;
};

// What lasts longer than an address. All of them are identifiers. Crosses the store by name alone.
enum class LinkKind : std::uint8_t {
  hardware_address,  // six bytes
  client_id,         // DHCP option 61 or DUID: bytes
  push_id,           // of a push protocol
  host_name,         // as DHCP or mDNS has it, without its domain, in lower case
};
constexpr std::size_t link_kinds = 4;
// "client-id"
[[nodiscard]] std::string_view text_of(LinkKind kind) noexcept;
[[nodiscard]] std::optional<LinkKind> link_kind_of(std::string_view text) noexcept;

struct DeviceLink {
  LinkKind kind{};
  std::string value;

  bool operator==(const DeviceLink&) const = default;
};

struct Sighting {
  std::optional<DevicePlace> place;  // nothing where the device has no address yet
  std::vector<DeviceLink> links;     // at most one of each kind
  std::vector<DeviceFact> facts;
  std::uint8_t hop_limit = 0;  // of a packet as it came; 0: not known
  Tick time{};

  // Null where there is none.
  [[nodiscard]] const std::string* link(LinkKind kind) const noexcept;
};

// Nothing where the event says nothing of a device of the inside. Takes sightings, and where all is recorded the
// events themselves.
[[nodiscard]] std::optional<Sighting> read_sighting(const Event& event);

}  // namespace sluice
