// One row of an indicator list, read and judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/indicators/indicator.hh"
#include "rules/indicators/list_columns.hh"
#include "rules/text/csv.hh"

namespace sluice {

// No cell is longer, in bytes.
constexpr std::size_t list_cell_size_limit = 4096;

struct ListRow {
  Indicator indicator;
  std::string key;  // indicator_key()
};

// The row, or nothing and at least one more error. All errors of the row are reported, not only the first. The row
// has columns.count() cells; its rule_id is list_name + '/' + id.
[[nodiscard]] std::optional<ListRow> read_list_row(const CsvRow& row, const ListColumns& columns,
                                                   std::string_view list_name, std::vector<CsvError>& errors);

}  // namespace sluice
