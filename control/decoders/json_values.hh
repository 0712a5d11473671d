// The values of a JSON text (RFC 8259), flat, as far as it goes: a text that is cut gives what stands before the cut.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

struct JsonValues {
  static constexpr std::size_t value_limit = 256;
  static constexpr std::size_t depth_limit = 16;

  // The path of keys, joined by '.', without the numbers of arrays; numbers and booleans as they stood.
  std::vector<std::pair<std::string, std::string>> values;
  bool is_whole = false;  // the text was complete and within the limits
};

[[nodiscard]] JsonValues json_values(std::string_view text);

}  // namespace sluice
