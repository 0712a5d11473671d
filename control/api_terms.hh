// What both sides of the API agree on beside its paths.
#pragma once

#include <chrono>

namespace sluice {

// Carries the text of a pack's .minisig file in base64.
constexpr const char* signature_header = "X-Sluice-Signature";
// A follower of events hears an empty line after this time without any: a connection that is dead is found by it.
constexpr auto stream_keepalive = std::chrono::seconds{5};

}  // namespace sluice
