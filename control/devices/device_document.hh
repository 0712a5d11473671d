// A device as the API shows it: its identifiers as digests alone.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "control/devices/device.hh"

namespace sluice {

// control/README.md lists the keys.
[[nodiscard]] nlohmann::ordered_json device_summary(const Device& device);
// The same with what it stands on.
[[nodiscard]] nlohmann::ordered_json device_document(const Device& device);

// "hardware-address:0123456789abcdef": by what an identifier is named where it may not be seen.
[[nodiscard]] std::string identifier_text(const SeenLink& link);

}  // namespace sluice
