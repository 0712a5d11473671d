// What a word of other people's lists is: a name, an address, an address with a port, a prefix, a URL, a digest.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rules/imports/import_rows.hh"

namespace sluice {

// Fills kind and indicator of a row from the word. Undone are the ways in which lists make names unclickable
// ("example[.]com", "hxxp://"). What a list row cannot say is left out with its reason (false).
[[nodiscard]] bool read_import_value(std::string_view word, std::size_t place, ImportedRows& into, ImportedRow& row);

// The same, taken at once with the row's other cells as they are.
void take_import_value(std::string_view word, std::size_t place, ImportedRows& into, ImportedRow row);

// STIX 2.1, appendix A ("None / Low / Med / High"): 0 to 29 low, to 69 medium, to 100 high.
[[nodiscard]] std::string_view import_confidence(int percent) noexcept;

// "white" of TLP 1.0 is clear; any case, with or without "tlp:" in front. Nothing for what is no label.
[[nodiscard]] std::string import_tlp(std::string_view label);

// The day of a time as lists write it ("2024-01-26T21:28:21Z", "2024-01-26 21:28:21", seconds since 1970); empty where
// it is none.
[[nodiscard]] std::string import_day(std::string_view time);

}  // namespace sluice
