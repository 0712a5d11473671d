// An IP address as EVE has it: joined with lines of Suricata by their texts.
#pragma once

#include <string>
#include <string_view>

#include "rules/address.hh"

namespace sluice {

// Dotted decimal, or all eight groups of four digits: "2001:0db8:0000:0000:0000:0000:0000:0001".
[[nodiscard]] std::string eve_address(const Address& address);
// The same of an address that is a text; any other text as it is.
[[nodiscard]] std::string eve_address(std::string_view text);

}  // namespace sluice
