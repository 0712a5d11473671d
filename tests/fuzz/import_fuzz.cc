// Lists of every foreign format made of any bytes: what comes out is a list that reads without an error, and every
// entry is taken, merged or left out. The first byte chooses the format.
#include <cstdlib>

#include "rules/imports/import.hh"
#include "rules/imports/import_write.hh"
#include "rules/imports/stix_pattern.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/policy/exception_list.hh"

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto pattern = sluice::parse_stix_pattern(text))
    require(pattern->alternatives.size() <= sluice::stix_pattern_part_limit);
  for (const auto& row : sluice::parse_exception_list(text, "fuzz").rows)
    require(row.expires == "never" || row.expires_ns != 0);

  sluice::ImportDefaults defaults;
  defaults.date = "2026-09-01";
  sluice::ImportedRows rows(defaults);
  const auto format = static_cast<sluice::ImportFormat>(data[0] % sluice::import_format_texts().size());
  const auto refused = import_list(format, text, "fuzz", rows);
  require(!refused || rows.entries() == 0 || format == sluice::ImportFormat::abusech_csv);
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < sluice::left_out_count; ++i)
    left_out += rows.left_out(static_cast<sluice::LeftOut>(i)).count;
  require(rows.rows().size() + rows.allowed().size() + rows.merged() + left_out == rows.entries());
  const auto list = indicator_list_text(rows.rows(), {});
  if (list.size() > sluice::list_size_limit) return 0;
  const auto again = sluice::parse_indicator_list(list, "fuzz");
  require(again.errors.empty());
  require(again.rows.size() == rows.rows().size());
  return 0;
}
