// A look ahead into a capture, before its packets are judged: which side of it is inside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/packet/placement.hh"

namespace sluice {

// Which end of a packet is inside, where no port of a tap says so.
struct InsideChoice {
  enum class By : std::uint8_t { automatic, networks, interface };
  By by = By::automatic;
  InsideNetworks networks;
  std::string interface_name;   // as wanted: a name in the capture, or a number from 0
  std::uint32_t interface = 0;  // as found by survey()
};

// Packets that the look ahead reads at most.
constexpr std::uint64_t survey_limit = 100'000;

// Makes an automatic choice definite: the first interface where the capture has two that are the sides of a wire (what
// comes by one is answered by the other), else private addresses where it has any, else the first sender; and finds the
// interface that was named. What cannot be read twice (a pipe) is not looked into: private addresses are its inside. An
// error says why the file cannot be read.
[[nodiscard]] tl::expected<InsideChoice, std::string> survey(const std::string& path, const InsideChoice& wanted);

}  // namespace sluice
