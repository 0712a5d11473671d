// Trails of Maltrail (trails/static/*.txt): names, addresses with ports and URLs below the references that name them.
#include <string>

#include "rules/imports/import.hh"
#include "rules/imports/import_line.hh"
#include "rules/imports/import_value.hh"

namespace sluice {
namespace {

constexpr std::string_view reference = "# Reference:";
constexpr std::string_view aliases = "# Aliases:";

}  // namespace

void import_maltrail(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  auto row = origin;
  std::string references;
  bool more_of_them = false;
  ImportLines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.starts_with(reference)) {
      // Those that follow each other name the same block; one below entries begins the next.
      if (!more_of_them) references.clear();
      more_of_them = true;
      const auto named = import_text(line.substr(reference.size()), import_text_limit);
      if (references.size() + named.size() <= import_text_limit)
        references.append(references.empty() ? "" : "; ").append(named);
      row[ListColumn::source] = origin[ListColumn::source] + (references.empty() ? "" : "; ") + references;
      continue;
    }
    if (line.starts_with(aliases))
      row[ListColumn::purpose] = import_text(line.substr(aliases.size()), import_text_limit);
    if (line.empty() || line.front() == '#') continue;
    more_of_them = false;
    // A comment behind a trail is of that trail.
    const auto comment = line.find(" #");
    take_import_value(trimmed(line.substr(0, comment)), lines.number(), into, row);
  }
}

}  // namespace sluice
