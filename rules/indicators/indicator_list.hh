// An indicator list: CSV in, rows and ALL errors out. The format is described in rules/README.md.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/indicators/indicator.hh"
#include "rules/text/list_file.hh"

namespace sluice {

constexpr std::size_t list_row_limit = 2'000'000;

struct LoadedList {
  IndicatorList rows;  // those without an error, in the order of the file
  std::vector<ListError> errors;
  std::size_t merged = 0;  // rows that joined one before them that matches the same (indicator_merge.hh)
};

// Reads a file. The list is named by the file's stem ("vendor-telemetry" of vendor-telemetry.csv), errors by its path.
[[nodiscard]] LoadedList load_indicator_list(const std::filesystem::path& path);

// The same from memory; errors are named by the list.
[[nodiscard]] LoadedList parse_indicator_list(std::string_view text, std::string_view list_name);

}  // namespace sluice
