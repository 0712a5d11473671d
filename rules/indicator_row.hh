// One row of an indicator list, read and judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/csv.hh"
#include "rules/indicator.hh"
#include "rules/list_columns.hh"

namespace sluice {

// No cell is longer, in bytes.
constexpr std::size_t list_cell_size_limit = 4096;

// A prefix shorter than this covers a large part of the internet, which is more often a typing error than a wish.
constexpr unsigned shortest_ipv4_prefix = 8;
constexpr unsigned shortest_ipv6_prefix = 16;

struct ListRow {
  Indicator indicator;
  std::string key;  // kind ':' normalised indicator: equal for two rows that match the same
};

// The row, or nothing and at least one more error. All errors of the row are reported, not only the first. The row
// has columns.count() cells; its rule_id is list_name + '/' + id.
[[nodiscard]] std::optional<ListRow> read_list_row(const CsvRow& row, const ListColumns& columns,
                                                   std::string_view list_name, std::vector<CsvError>& errors);

}  // namespace sluice
