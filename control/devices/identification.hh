// What the votes about one device come to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "control/devices/vote.hh"

namespace sluice {

enum class Certainty : std::uint8_t { none, low, medium, high };
// "medium"
[[nodiscard]] std::string_view text_of(Certainty certainty) noexcept;

// Empty: nobody said. "OPPO or OnePlus": one of these.
struct Identification {
  std::string vendor;
  std::string model;
  std::string os;
  std::string build;
  Certainty certainty{};  // of the vendor; where there is none, of the operating system
  Certainty model_certainty{};
  Certainty os_certainty{};
  // Two facts that no single device states in earnest: two models, two makers, two systems. The sign of a NAT, or of an
  // address that went to another device.
  bool contradicts = false;

  bool operator==(const Identification&) const = default;
};

// Pure; neither the order of the votes nor how often one was cast matters. A vote of a higher rung is never outvoted by
// any number of lower ones.
[[nodiscard]] Identification identify(std::span<const Vote> votes);

}  // namespace sluice
