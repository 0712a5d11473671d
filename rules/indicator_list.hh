// An indicator list: CSV in, rows and ALL errors out. The format is described in rules/README.md.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/indicator.hh"

namespace sluice {

constexpr std::size_t list_size_limit = 64 * 1024 * 1024;  // bytes of a file
constexpr std::size_t list_row_limit = 2'000'000;
// Errors kept of one file; a last one then says how many more there were.
constexpr std::size_t list_error_limit = 10'000;

// Lines and columns count from 1, columns in characters; 0 where the error is of the whole file.
struct ListError {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;  // what is wrong and the remedy

  // "FILE:LINE:COLUMN: MESSAGE", as compilers write it
  [[nodiscard]] std::string text() const;
};

struct LoadedList {
  IndicatorList rows;  // those without an error, in the order of the file
  std::vector<ListError> errors;
};

// Reads a file. The list is named by the file's stem ("vendor-telemetry" of vendor-telemetry.csv), errors by its path.
[[nodiscard]] LoadedList load_indicator_list(const std::filesystem::path& path);

// The same from memory; errors are named by the list.
[[nodiscard]] LoadedList parse_indicator_list(std::string_view text, std::string_view list_name);

}  // namespace sluice
