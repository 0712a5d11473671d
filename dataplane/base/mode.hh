// What the tap as a whole does with what is found.
#pragma once

#include <cstdint>

namespace sluice {

enum class Mode : std::uint8_t { monitor, enforce };

struct Policy {
  Mode mode = Mode::monitor;
  // A hit on an address alone is weak evidence (addresses change hands), so it blocks only where the operator
  // says so.
  bool block_addresses = false;

  bool operator==(const Policy&) const = default;
};

}  // namespace sluice
