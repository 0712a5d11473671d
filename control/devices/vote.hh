// What one fact says of a device. Pure: the same fact gives the same votes.
#pragma once

#include <string>
#include <vector>

#include "control/devices/device_fact.hh"
#include "control/devices/oui_table.hh"
#include "control/devices/vendor_table.hh"
#include "control/devices/vote_text.hh"

namespace sluice {

// The rungs of the ladder, by what it takes to make a device say something false: README.md has the reasons.
namespace rung {
constexpr int dhcp = 100;
constexpr int push = 90;
constexpr int user_agent = 60;
constexpr int connectivity_check = 50;
constexpr int local_service = 40;  // mDNS, SSDP
constexpr int host_name = 30;
constexpr int browser = 25;
constexpr int ja4 = 20;
constexpr int name = 15;
constexpr int hardware_address = 5;
}  // namespace rung

// Texts are printable ASCII of at most 64 characters: what is not, or is longer, is left out.
struct Vote {
  FactKind from{};
  // Empty: says nothing of it. "OPPO or OnePlus": one of these.
  std::string vendor;
  std::string model;
  std::string os;  // with its version where that is said: "Android 12"
  std::string build;
  int weight = 0;      // the rung it stands on
  std::string source;  // id of the row of the vendor table, else the name of the format

  bool operator==(const Vote&) const = default;
};

// None where the fact says nothing. `oui` may be null.
[[nodiscard]] std::vector<Vote> votes_of(const DeviceFact& fact, const VendorTable& vendors, const OuiTable* oui);

}  // namespace sluice
