#include "control/devices/vendor_table.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "control/devices/vote_text.hh"
#include "control/vendors_csv.hh"
#include "rules/text/csv.hh"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 12> kinds{
    "model",      "build",       "dhcp-vendor-class",  "dhcp-parameters", "host-name",
    "user-agent", "browser",     "connectivity-check", "ssdp-server",     "ja4",
    "name",       "organisation"};
constexpr std::array<std::string_view, 4> match_names{"exact", "prefix", "suffix", "contains"};
constexpr std::array<std::string_view, 9> columns{"id",    "kind", "match",  "pattern", "vendor",
                                                  "model", "os",   "source", "example"};

template <class Value, std::size_t Count>
std::optional<Value> value_of(const std::array<std::string_view, Count>& names, std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

bool fits(char pattern, char c) noexcept {
  if (pattern == '#') return is_digit(c);
  if (pattern == '?') return is_letter(c);
  return lower_case(pattern) == lower_case(c);
}

bool fits(std::string_view pattern, std::string_view text) noexcept {
  return std::equal(pattern.begin(), pattern.end(), text.begin(), text.end(),
                    [](char p, char c) { return fits(p, c); });
}

// Whether a row that nothing is wrong with could be made of it.
using Problem = std::optional<std::string>;

Problem problem_of(const VendorRow& row) {
  if (!is_list_id(row.id)) return "the id has to be of letters, digits, '.', '_' and '-'";
  if (row.pattern.empty()) return "the pattern is missing";
  if (row.vendor.empty() && row.model.empty() && row.os.empty()) return "says neither vendor nor model nor os";
  if (row.source.empty()) return "the source is missing: say who says so";
  for (const auto* text : {&row.vendor, &row.model, &row.os})
    if (vote_text(*text) != *text)
      return fmt::format("'{}' is longer than {} characters or not printable", *text, vote_text_limit);
  if (!match_end(row, row.example)) return "the example is none of the row's";
  return std::nullopt;
}

tl::expected<VendorRow, std::string> row_of(const CsvRow& csv) {
  if (csv.cells.size() != columns.size())
    return tl::make_unexpected(fmt::format("has {} cells instead of {}", csv.cells.size(), columns.size()));
  const auto cell = [&](std::size_t i) -> const std::string& { return csv.cells[i].text; };
  const auto kind = value_of<PatternKind>(kinds, cell(1));
  if (!kind) return tl::make_unexpected(fmt::format("'{}' is no kind: {}", cell(1), fmt::join(kinds, ", ")));
  const auto match = value_of<PatternMatch>(match_names, cell(2));
  if (!match) return tl::make_unexpected(fmt::format("'{}' is no match: {}", cell(2), fmt::join(match_names, ", ")));
  VendorRow row{cell(0), *kind, *match, cell(3), cell(4), cell(5), cell(6), cell(7), cell(8)};
  if (auto problem = problem_of(row)) return tl::make_unexpected(std::move(*problem));
  return row;
}

tl::unexpected<std::string> at(std::size_t line, std::string_view message) {
  return tl::make_unexpected(fmt::format("line {}: {}", line, message));
}

bool is_header(const CsvRow& csv) {
  return std::equal(csv.cells.begin(), csv.cells.end(), columns.begin(), columns.end(),
                    [](const CsvCell& cell, std::string_view name) { return cell.text == name; });
}

// The order in which rows are tried.
bool is_before(const VendorRow& one, const VendorRow& other) {
  const auto key = [](const VendorRow& row) {
    return std::tuple{row.kind, row.match != PatternMatch::exact, -static_cast<std::ptrdiff_t>(row.pattern.size())};
  };
  return key(one) < key(other);
}

}  // namespace

std::string_view text_of(PatternKind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }

std::optional<std::size_t> match_end(const VendorRow& row, std::string_view text) noexcept {
  const auto size = row.pattern.size();
  if (size > text.size()) return std::nullopt;
  const auto last = text.size() - size;
  const auto fits_at = [&](std::size_t at) { return fits(row.pattern, text.substr(at, size)); };
  switch (row.match) {
    case PatternMatch::exact:
      if (last != 0) return std::nullopt;
      [[fallthrough]];
    case PatternMatch::prefix: return fits_at(0) ? std::optional{size} : std::nullopt;
    case PatternMatch::suffix: return fits_at(last) ? std::optional{text.size()} : std::nullopt;
    case PatternMatch::contains:
      for (std::size_t at = 0; at <= last; ++at)
        if (fits_at(at)) return at + size;
      return std::nullopt;
  }
  return std::nullopt;
}

const VendorTable& VendorTable::shipped() {
  static const auto table = parse(shipped_vendors).value();
  return table;
}

tl::expected<VendorTable, std::string> VendorTable::parse(std::string_view csv) {
  CsvReader reader{csv};
  const auto header = reader.next();
  if (!header || !*header || !is_header(**header))
    return at(1, fmt::format("the columns have to be {}", fmt::join(columns, ",")));
  VendorTable table;
  std::set<std::string> ids;
  std::set<std::tuple<PatternKind, PatternMatch, std::string>> patterns;
  while (auto next = reader.next()) {
    if (!*next) return at(next->error().line, next->error().message);
    auto row = row_of(**next);
    if (!row) return at((*next)->line, row.error());
    if (!ids.insert(row->id).second) return at((*next)->line, "another row has this id");
    if (!patterns.emplace(row->kind, row->match, row->pattern).second)
      return at((*next)->line, "another row has this pattern");
    table.rows_.push_back(std::move(*row));
  }
  std::stable_sort(table.rows_.begin(), table.rows_.end(), is_before);
  return table;
}

const VendorRow* VendorTable::find(PatternKind kind, std::string_view text) const noexcept {
  const auto first = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const VendorRow& row) { return row.kind == kind && match_end(row, text); });
  return first == rows_.end() ? nullptr : &*first;
}

}  // namespace sluice
