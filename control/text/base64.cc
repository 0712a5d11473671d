#include "control/text/base64.hh"

#include <cstdint>
#include <span>

#include "rules/signing/minisign_text.hh"

namespace sluice {

std::string base64_text(std::string_view bytes) {
  return to_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::optional<std::string> base64_bytes(std::string_view text) {
  constexpr std::size_t group = 4;  // characters for three bytes
  if (text.empty()) return "";
  if (text.size() % group != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes(text.size() / group * 3 - padding, '\0');
  if (!from_base64(text, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()})) return std::nullopt;
  return bytes;
}

}  // namespace sluice
