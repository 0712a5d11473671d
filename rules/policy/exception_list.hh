// A site's exceptions as a file. The format is described in rules/README.md.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/policy/rule_exception.hh"
#include "rules/text/list_file.hh"

namespace sluice {

constexpr std::size_t exception_limit = 4096;  // rows of a file

struct LoadedExceptions {
  ExceptionList rows;  // those without an error, in the order of the file
  std::vector<ListError> errors;
};

// Whether the text's first row is the header of such a list: it names a column `action`.
[[nodiscard]] bool is_exception_list(std::string_view text);
[[nodiscard]] LoadedExceptions parse_exception_list(std::string_view text, std::string_view file);
[[nodiscard]] LoadedExceptions load_exception_list(const std::filesystem::path& path);

// What a row says, as it is written; for those who make such lists.
struct ExceptionText {
  std::string action;
  std::string rule;
  std::string destination;
  std::string author;
  std::string reason;
  std::string created;
  std::string expires;
};
[[nodiscard]] std::string exception_list_text(const std::vector<ExceptionText>& rows,
                                              const std::vector<std::string>& comments);

}  // namespace sluice
