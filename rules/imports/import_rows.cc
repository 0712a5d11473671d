#include "rules/imports/import_rows.hh"

#include <algorithm>
#include <utility>

#include "rules/facts/rule_facts.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/indicators/indicator_merge.hh"
#include "rules/indicators/indicator_row.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

struct Texts {
  std::string_view text;
  std::string_view meaning;
};

// In the order of the enumerators.
constexpr std::array<Texts, left_out_count> left_out_texts{{
    {"malformed", "no name, address or URL that an indicator list takes"},
    {"pattern", "a wildcard within a name or a regular expression"},
    {"no-host", "a path without a host, which would match anywhere"},
    {"narrowed", "holds only under conditions that a tap cannot judge"},
    {"cosmetic", "hides an element of a page"},
    {"local-name", "names of the machine itself"},
    {"needs-all", "several facts that must hold together"},
    {"not-on-the-wire", "nothing that traffic shows (files, processes, apps, mail addresses ...)"},
    {"signature", "a rule in another language: load it as signatures"},
    {"whole-zone", "would take in what nobody listed (top-level domains, name servers)"},
    {"not-selected", "carries none of the tags asked for"},
    {"not-for-alarms", "its publisher does not mean it for alarms, or has withdrawn it"},
    {"over-limit", "more rows than one list may have"},
}};
constexpr std::array<Texts, taken_as_count> taken_as_texts{{
    {"without-port", "an address with a port: matches the address at every port"},
    {"without-star", "*.name: matches the name itself too"},
    {"one-host", "a URL on a name and all below it: matches that host alone"},
    {"low-confidence", "the parent of many unrelated names: low confidence"},
    {"without-reputation", "the value behind the comma is not kept"},
    {"class-of-other-list", "two entries for the same, of different classes: the first one's stands"},
}};

CsvRow cells_of(const ImportedRow& row) {
  CsvRow out;
  out.cells.reserve(list_column_names.size());
  for (std::size_t i = 0; i < list_column_names.size(); ++i)
    out.cells.push_back({row[static_cast<ListColumn>(i)], 0, i});
  return out;
}

ListColumns all_columns() {
  CsvRow header;
  for (const auto name : list_column_names) header.cells.push_back({std::string(name), 0, 0});
  std::vector<CsvError> none;
  return *ListColumns::parse(header, none);
}

}  // namespace

std::string_view text_of(LeftOut reason) noexcept { return left_out_texts[static_cast<std::size_t>(reason)].text; }
std::string_view meaning_of(LeftOut reason) noexcept {
  return left_out_texts[static_cast<std::size_t>(reason)].meaning;
}
std::string_view text_of(TakenAs how) noexcept { return taken_as_texts[static_cast<std::size_t>(how)].text; }
std::string_view meaning_of(TakenAs how) noexcept { return taken_as_texts[static_cast<std::size_t>(how)].meaning; }

std::string import_text(std::string_view text, std::size_t limit) {
  std::string out;
  bool blank = false;
  while (!text.empty()) {
    // What is no character is left out, byte by byte.
    const auto valid = std::min(first_invalid_utf8(text).value_or(text.size()), text.size());
    for (const auto byte : text.substr(0, valid)) {
      if (is_control(byte) || byte == ' ') {
        blank = !out.empty();
        continue;
      }
      if (begins_character(byte) && out.size() + 5 > limit) return out;  // a blank and a character of four bytes
      if (blank) out += ' ';
      blank = false;
      out += byte;
    }
    text.remove_prefix(valid == text.size() ? valid : valid + 1);
  }
  return out;
}

ImportedRows::ImportedRows(ImportDefaults defaults) : defaults_(std::move(defaults)), columns_(all_columns()) {}

void ImportedRows::complete(ImportedRow& row) const {
  const auto fill = [&](ListColumn column, const std::string& text) {
    if (!text.empty()) row[column] = text;
  };
  // What the person says goes before what the list says, but for a licence or a source that the list gives itself.
  fill(ListColumn::finding_class, defaults_.finding_class);
  fill(ListColumn::confidence, defaults_.confidence);
  fill(ListColumn::licence, defaults_.licence);
  fill(ListColumn::recipient, defaults_.recipient);
  auto& source = row[ListColumn::source];
  if (!defaults_.source.empty()) {
    source = source.empty() ? defaults_.source : defaults_.source + "; " + source;
  }
  if (row[ListColumn::expires].empty()) row[ListColumn::expires] = defaults_.expires;
  if (row[ListColumn::last_verified].empty()) row[ListColumn::last_verified] = defaults_.date;
  // A list read before the day that an entry claims for itself: the entry's own day stands alone.
  if (row[ListColumn::last_verified] < row[ListColumn::first_seen]) row[ListColumn::last_verified].clear();
}

void ImportedRows::take(ImportedRow row, std::size_t place) { add(rows_, std::move(row), place); }
void ImportedRows::allow(ImportedRow row, std::size_t place) { add(allowed_, std::move(row), place); }

void ImportedRows::allow_all() {
  for (auto& row : std::exchange(rows_, {}).list) {
    --entries_;
    add(allowed_, std::move(row), 0);
  }
}

void ImportedRows::add(Rows& rows, ImportedRow row, std::size_t place) {
  complete(row);
  std::vector<CsvError> errors;
  const auto read = read_list_row(cells_of(row), columns_, "import", errors);
  if (!read) {
    const auto& error = errors.front();
    const bool of_indicator = error.column == static_cast<std::size_t>(ListColumn::indicator) ||
                              error.column == static_cast<std::size_t>(ListColumn::kind);
    return leave(LeftOut::malformed, place, row[ListColumn::indicator],
                 of_indicator ? error.message : std::string(list_column_names[error.column]) + ": " + error.message);
  }
  ++entries_;
  const auto [known, fresh] = rows.by_key.try_emplace(read->key, rows.list.size());
  if (!fresh) {
    ++merged_;
    return merge(rows.list[known->second], read->indicator.facts, place);
  }
  if (rows.list.size() == list_row_limit) {
    rows.by_key.erase(known);
    --entries_;
    return leave(LeftOut::over_limit, place, row[ListColumn::indicator]);
  }
  rows.list.push_back(std::move(row));
}

void ImportedRows::merge(ImportedRow& into, const RuleFacts& other, std::size_t place) {
  std::vector<CsvError> none;
  auto facts = read_list_row(cells_of(into), columns_, "import", none)->indicator.facts;
  if (facts.finding_class != other.finding_class) note(TakenAs::class_of_other_list, place, other.subject);
  merge_facts(facts, other);
  into[ListColumn::recipient] = facts.recipient;
  into[ListColumn::role] = facts.role;
  into[ListColumn::purpose] = facts.purpose;
  into[ListColumn::carries] = facts.carries;
  into[ListColumn::confidence] = text_of(facts.confidence);
  into[ListColumn::breaks] = facts.breaks;
  into[ListColumn::source] = facts.source;
  into[ListColumn::licence] = facts.licence;
  into[ListColumn::tlp] = facts.tlp;
  into[ListColumn::first_seen] = facts.first_seen;
  into[ListColumn::last_verified] = facts.last_verified;
  into[ListColumn::expires] = facts.expires;
}

void ImportedRows::leave(LeftOut reason, std::size_t place, std::string_view text, std::string detail) {
  ++entries_;
  count(left_out_[static_cast<std::size_t>(reason)], place, text, std::move(detail));
}

void ImportedRows::note(TakenAs how, std::size_t place, std::string_view text) {
  count(taken_as_[static_cast<std::size_t>(how)], place, text, {});
}

void ImportedRows::count(ImportCount& count, std::size_t place, std::string_view text, std::string detail) const {
  if (count.count++ < import_example_limit)
    count.examples.push_back({file_, place, printable(text), std::move(detail)});
}

}  // namespace sluice
