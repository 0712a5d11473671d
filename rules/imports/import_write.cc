#include "rules/imports/import_write.hh"

#include "rules/text/csv_cell.hh"

namespace sluice {

std::string indicator_list_text(const std::vector<ImportedRow>& rows, const std::vector<std::string>& comments) {
  std::string out;
  for (const auto& comment : comments) out.append("# ").append(comment).append("\n");
  for (std::size_t i = 0; i < list_column_names.size(); ++i) out.append(i == 0 ? "" : ",").append(list_column_names[i]);
  out += '\n';
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < list_column_names.size(); ++i) {
      if (i != 0) out += ',';
      append_csv_cell(out, row[static_cast<ListColumn>(i)]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace sluice
