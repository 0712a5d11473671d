// A name and an address that only this process knows. Every generation holds them as two rows of its own, so that a
// worker can ask for them and prove that rules are found (known_answer_probe.hh).
#pragma once

#include <cstdint>
#include <string>

#include "rules/names/address.hh"

namespace sluice {

// Drawn from what the kernel gave the process at its start (getauxval(3), AT_RANDOM): whoever sends traffic cannot
// guess it, so that no packet of a wire ever hits these rows.
struct KnownAnswer {
  std::string name;  // 32 random letters and digits under `probe.sluice.invalid`, which nobody can own (RFC 6761)
  Address address;   // within 100::/64, where nothing is ever sent (RFC 6666), 64 bits of it random

  [[nodiscard]] static KnownAnswer of_generation(std::uint32_t generation);
};

}  // namespace sluice
