// What is wrong with a configuration, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

struct ConfigError {
  std::string file;
  std::size_t line = 0;    // from 1; 0 = the file as a whole
  std::size_t column = 0;  // from 1, in characters
  std::string message;

  auto operator<=>(const ConfigError&) const = default;
};

using ConfigErrors = std::vector<ConfigError>;

// "FILE:LINE:COLUMN: MESSAGE", as compilers write it, so that editors jump to it.
[[nodiscard]] std::string text(const ConfigError& error);

// The text for a message: in quotation marks, control characters as '?', and cut with "..." after
// quote_size_limit bytes.
[[nodiscard]] std::string in_quotes(std::string_view text);
constexpr std::size_t quote_size_limit = 64;

}  // namespace sluice::config
