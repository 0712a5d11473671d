// The header of an indicator list: which cell of a row holds what. rules/README.md describes the columns.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rules/text/csv.hh"

namespace sluice {

enum class ListColumn : std::uint8_t {
  id,
  indicator,
  kind,
  finding_class,
  recipient,
  role,
  purpose,
  carries,
  confidence,
  breaks,
  source,
  licence,
  tlp,
  first_seen,
  last_verified,
  expires,
};
constexpr std::array<std::string_view, 16> list_column_names{
    "id",         "indicator", "kind",   "class",   "recipient", "role",       "purpose",       "carries",
    "confidence", "breaks",    "source", "licence", "tlp",       "first_seen", "last_verified", "expires"};

[[nodiscard]] constexpr std::string_view text_of(ListColumn column) noexcept {
  return list_column_names[static_cast<std::size_t>(column)];
}

// Where each column stands, read from the header row.
class ListColumns {
 public:
  // Everything that is wrong is added to `errors`. With unknown or doubled columns the rest is still usable; without
  // `indicator` and `kind` there is nothing to read, and no value comes back.
  [[nodiscard]] static std::optional<ListColumns> parse(const CsvRow& header, std::vector<CsvError>& errors);

  // How many cells a row must have.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  // The cell of that column; nothing where the list has no such column. The row must have count() cells.
  [[nodiscard]] const CsvCell* cell(const CsvRow& row, ListColumn column) const noexcept;

 private:
  static constexpr std::size_t absent = SIZE_MAX;

  ListColumns() noexcept { index_.fill(absent); }

  std::array<std::size_t, list_column_names.size()> index_{};
  std::size_t count_ = 0;
};

}  // namespace sluice
