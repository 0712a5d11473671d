// What both sides of the API agree on beside its paths.
#pragma once

#include <chrono>

namespace sluice {

// Carries the text of a pack's .minisig file in base64.
constexpr const char* signature_header = "X-Sluice-Signature";
// Parts of a ruleset (multipart/form-data): the manifest, what signed it, and each pack with what signed it behind it.
constexpr const char* manifest_part = "manifest";
constexpr const char* manifest_signature_part = "manifest_signature";
constexpr const char* pack_part = "pack";
constexpr const char* pack_signature_part = "pack_signature";
// A follower of events hears an empty line after this time without any: a connection that is dead is found by it.
constexpr auto stream_keepalive = std::chrono::seconds{5};

}  // namespace sluice
