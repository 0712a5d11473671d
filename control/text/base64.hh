// Base64 (RFC 4648, section 4, padded): how a signature travels in a header of HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

[[nodiscard]] std::string base64_text(std::string_view bytes);
// Nothing for a text that is no base64.
[[nodiscard]] std::optional<std::string> base64_bytes(std::string_view text);

}  // namespace sluice
