#include "config/error.hh"

#include <fmt/format.h>

namespace sluice::config {

std::string text(const ConfigError& error) {
  if (error.line == 0) return fmt::format("{}: {}", error.file, error.message);
  return fmt::format("{}:{}:{}: {}", error.file, error.line, error.column, error.message);
}

std::string in_quotes(std::string_view text) {
  std::size_t size = text.size();
  if (size > quote_size_limit) {
    size = quote_size_limit;
    // Never cut inside a character: step back over continuation bytes (RFC 3629 section 3).
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
  }
  std::string out = "\"";
  for (const char c : text.substr(0, size)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  out += size < text.size() ? "...\"" : "\"";
  return out;
}

}  // namespace sluice::config
