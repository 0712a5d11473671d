// What an import made, as a file: an indicator list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/imports/import_rows.hh"

namespace sluice {

// An indicator list with a header row and the comments above it. The same rows give the same bytes.
[[nodiscard]] std::string indicator_list_text(const std::vector<ImportedRow>& rows,
                                              const std::vector<std::string>& comments);

}  // namespace sluice
