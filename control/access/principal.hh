// Who asks the API for something: the account, or the user of this machine, and what follows from that.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/access/role.hh"

namespace sluice {

// How it is known.
enum class Proof : std::uint8_t { socket, token, certificate };

[[nodiscard]] constexpr std::string_view name_of(Proof proof) noexcept {
  switch (proof) {
    case Proof::socket: return "socket";
    case Proof::token: return "token";
    case Proof::certificate: return "certificate";
  }
  return "unknown";
}

struct Principal {
  std::string name;  // of the account; of a user of this machine "uid:0"
  Proof proof = Proof::socket;
  RoleSet roles;
  std::vector<std::string> groups;  // of devices that the account sees; empty: all
  std::string from;                 // address, or "process 4711"

  [[nodiscard]] bool sees_all() const noexcept { return groups.empty(); }
  [[nodiscard]] bool sees(std::string_view group) const noexcept {
    return sees_all() || std::find(groups.begin(), groups.end(), group) != groups.end();
  }
};

}  // namespace sluice
