#include "rules/imports/import.hh"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "rules/imports/import_line.hh"
#include "rules/imports/import_value.hh"

namespace sluice {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 10> formats{"hosts", "domains",     "wildcard", "adblock",  "stix2",
                                                   "misp",  "abusech-csv", "dataset",  "maltrail", "tinycheck"};
constexpr std::size_t head_limit = 64;  // lines in which a list says what it is

// "25 Oct 2025 19:04 UTC", or a day as in import_day.
std::string day_of(std::string_view text) {
  if (auto day = import_day(text); !day.empty()) return day;
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  unsigned day = 0;
  unsigned year = 0;
  const auto* const end = text.data() + text.size();
  const auto after_day = std::from_chars(text.data(), end, day);
  if (after_day.ec != std::errc{} || end - after_day.ptr < 9) return {};
  const std::string_view rest(after_day.ptr + 1, static_cast<std::size_t>(end - after_day.ptr - 1));
  const auto month = std::find(months.begin(), months.end(), rest.substr(0, 3));
  if (month == months.end() || std::from_chars(rest.data() + 4, end, year).ec != std::errc{}) return {};
  return import_day(fmt::format("{:04}-{:02}-{:02}", year, month - months.begin() + 1, day));
}

// Title, date and licence as blocklists write them into the comments at their head.
void read_head(std::string_view text, ImportedRow& origin) {
  ImportLines lines(text);
  for (std::string_view line; lines.number() < head_limit && lines.next(line);) {
    if (line.empty()) continue;
    if (line.front() != '#' && line.front() != '!') return;
    const auto said = trimmed(line.substr(1));
    const auto colon = said.find(':');
    if (colon == std::string_view::npos) continue;
    auto key = std::string(said.substr(0, colon));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto value = trimmed(said.substr(colon + 1));
    if (key == "title") origin[ListColumn::source] = import_text(value, import_text_limit);
    if (key == "license" || key == "licence") origin[ListColumn::licence] = import_text(value, import_text_limit);
    if (key == "last modified" || key == "last updated" || key == "date") {
      if (auto day = day_of(value); !day.empty()) origin[ListColumn::last_verified] = std::move(day);
    }
  }
}

}  // namespace

std::string_view text_of(ImportFormat format) noexcept { return formats[static_cast<std::size_t>(format)]; }

std::optional<ImportFormat> import_format_from(std::string_view text) noexcept {
  const auto found = std::find(formats.begin(), formats.end(), text);
  if (found == formats.end()) return std::nullopt;
  return static_cast<ImportFormat>(found - formats.begin());
}

std::span<const std::string_view> import_format_texts() noexcept { return formats; }

std::optional<std::string> import_list(ImportFormat format, std::string_view text, std::string_view file,
                                       ImportedRows& into) {
  if (text.size() > list_size_limit) return fmt::format("larger than {} MiB: split it", list_size_limit >> 20U);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return "the file is UTF-16: save it as UTF-8";
  into.begin(file);
  ImportedRow origin;
  origin[ListColumn::source] = import_text(file, import_text_limit);
  const bool is_json =
      format == ImportFormat::stix2 || format == ImportFormat::misp || format == ImportFormat::tinycheck;
  if (!is_json) read_head(text, origin);
  const auto& day =
      origin[ListColumn::last_verified].empty() ? into.defaults().date : origin[ListColumn::last_verified];
  if (!day.empty()) origin[ListColumn::source] += fmt::format(" ({})", day);
  if (!is_json) origin[ListColumn::finding_class] = "unclassified";
  switch (format) {
    case ImportFormat::hosts:
    case ImportFormat::domains:
    case ImportFormat::wildcard:
    case ImportFormat::dataset: import_lines(format, text, origin, into); return std::nullopt;
    case ImportFormat::adblock: import_adblock(text, origin, into); return std::nullopt;
    case ImportFormat::maltrail:
      origin[ListColumn::finding_class] = "known-c2-indicator";
      import_maltrail(text, origin, into);
      return std::nullopt;
    case ImportFormat::stix2: return import_stix(text, origin, into);
    case ImportFormat::misp: return import_misp(text, origin, into);
    case ImportFormat::abusech_csv: return import_abusech(text, origin, into);
    case ImportFormat::tinycheck: return import_tinycheck(text, origin, into);
  }
  return std::nullopt;
}

}  // namespace sluice
