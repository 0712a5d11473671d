// What a user agent says of the device that sends it (RFC 9110 section 10.1.5; the forms that systems give it).
#pragma once

#include <string_view>
#include <vector>

#include "control/devices/vendor_table.hh"
#include "control/devices/vote.hh"

namespace sluice {

[[nodiscard]] std::vector<Vote> user_agent_votes(std::string_view text, const VendorTable& vendors);

}  // namespace sluice
