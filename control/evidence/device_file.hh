// The key of a device as a file: the public half in clear, the secret half sealed to the authority. Without this file
// nobody opens the device's records.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "control/evidence/evidence_key.hh"

namespace sluice {

struct DeviceFile {
  std::string id;   // a random UUID that stands for the device
  std::string tag;  // HMAC-SHA-256 of its address under the folder's own key, hex: by which a tap finds it again
  EvidencePublicKey public_key{};
  std::string sealed_secret;  // bytes
};

// JSON.
[[nodiscard]] std::string text_of(const DeviceFile& file);
[[nodiscard]] tl::expected<DeviceFile, std::string> load_device_file(const std::string& path);

}  // namespace sluice
