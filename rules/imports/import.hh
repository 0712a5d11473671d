// Other people's lists, read into rows of an indicator list: `sluice rules import`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/imports/import_rows.hh"

namespace sluice {

// Closed list; the text form is the enumerator with '-' for '_'.
enum class ImportFormat : std::uint8_t {
  hosts,        // "0.0.0.0 name", as in /etc/hosts
  domains,      // a name, an address or a URL a line
  wildcard,     // the same, with "*." in front of names
  adblock,      // "||name^" and "@@||name^"
  stix2,        // a bundle of STIX 2.0 or 2.1
  misp,         // an event, or the answer of a search
  abusech_csv,  // URLhaus, ThreatFox, Feodo Tracker, SSLBL
  dataset,      // of Suricata: base64, or addresses
  maltrail,     // trails with "# Reference:" above them
  tinycheck,    // {"iocs": [...]} of TinyCheck and SpyGuard, and their {"elements": [...]} of what is allowed
};
[[nodiscard]] std::string_view text_of(ImportFormat format) noexcept;
[[nodiscard]] std::optional<ImportFormat> import_format_from(std::string_view text) noexcept;
[[nodiscard]] std::span<const std::string_view> import_format_texts() noexcept;

// Reads one file's text. `file` names it, in the report and where the list does not say who it is. Comes back: why
// nothing of it can be read (no such format, too large or too deep), or nothing.
[[nodiscard]] std::optional<std::string> import_list(ImportFormat format, std::string_view text, std::string_view file,
                                                     ImportedRows& into);

// One reader a format. `origin`: the cells that all rows of the file share. The text's first line counts as `first`.
void import_lines(ImportFormat format, std::string_view text, const ImportedRow& origin, ImportedRows& into,
                  std::size_t first = 1);
void import_adblock(std::string_view text, const ImportedRow& origin, ImportedRows& into);
void import_maltrail(std::string_view text, const ImportedRow& origin, ImportedRows& into);
[[nodiscard]] std::optional<std::string> import_abusech(std::string_view text, const ImportedRow& origin,
                                                        ImportedRows& into);
[[nodiscard]] std::optional<std::string> import_stix(std::string_view text, const ImportedRow& origin,
                                                     ImportedRows& into);
[[nodiscard]] std::optional<std::string> import_misp(std::string_view text, const ImportedRow& origin,
                                                     ImportedRows& into);
[[nodiscard]] std::optional<std::string> import_tinycheck(std::string_view text, const ImportedRow& origin,
                                                          ImportedRows& into);

}  // namespace sluice
