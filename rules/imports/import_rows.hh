// What an import takes from other people's lists: rows of an indicator list, judged as the list itself judges them,
// merged where two match the same; and what was left out, by reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/facts/rule_facts.hh"
#include "rules/indicators/list_columns.hh"

namespace sluice {

// Why an entry of a list is not taken. Closed list; the texts stand in import_rows.cc.
enum class LeftOut : std::uint8_t {
  malformed,        // neither a name, an address nor a URL, or one that an indicator list refuses
  pattern,          // a wildcard within a name, or a regular expression
  no_host,          // a path alone: it would match on any host
  narrowed,         // holds only under conditions that a tap cannot judge (AdBlock options)
  cosmetic,         // hides an element of a page
  local_name,       // localhost and the like of a hosts file
  needs_all,        // several facts that must hold together
  not_on_the_wire,  // a file, a process, an app, a mail address ...
  signature,        // a rule in another language: load it as signatures
  whole_zone,       // a top-level domain or a name server: it would take in what nobody listed
  not_selected,     // a tag or type that the options leave out
  not_for_alarms,   // the publisher says so (MISP's to_ids), or has withdrawn it
  over_limit,       // more rows than a list may have
};
constexpr std::size_t left_out_count = 13;
[[nodiscard]] std::string_view text_of(LeftOut reason) noexcept;     // "not-on-the-wire"
[[nodiscard]] std::string_view meaning_of(LeftOut reason) noexcept;  // half a sentence

// What was taken in another form than it had.
enum class TakenAs : std::uint8_t {
  without_port,         // an address with a port: the row matches the address at every port
  without_star,         // "*.name": the row matches the name itself too
  one_host,             // a URL on a name and all below it: the row matches that name alone
  low_confidence,       // a parent of many unrelated names (free or dynamic DNS)
  without_reputation,   // a dataset's value behind the comma
  class_of_other_list,  // two entries for the same of different classes: the first one's class stands
};
constexpr std::size_t taken_as_count = 6;
[[nodiscard]] std::string_view text_of(TakenAs how) noexcept;
[[nodiscard]] std::string_view meaning_of(TakenAs how) noexcept;

// Examples kept of each reason.
constexpr std::size_t import_example_limit = 5;

struct ImportExample {
  std::string file;
  std::size_t place = 0;  // line, or of JSON the number of the object, from 1
  std::string text;       // printable
  std::string detail;     // what is wrong; may be empty
};

struct ImportCount {
  std::size_t count = 0;
  std::vector<ImportExample> examples;
};

// The cells of one row, by column.
class ImportedRow {
 public:
  [[nodiscard]] std::string& operator[](ListColumn column) noexcept { return cells_[static_cast<std::size_t>(column)]; }
  [[nodiscard]] const std::string& operator[](ListColumn column) const noexcept {
    return cells_[static_cast<std::size_t>(column)];
  }

 private:
  std::array<std::string, list_column_names.size()> cells_;
};

// What the person who imports says of all rows; what is empty is left to the list.
struct ImportDefaults {
  std::string kind;  // of names: host or domain; of digests: ja3, cert_sha1 ...
  std::string finding_class;
  std::string confidence;
  std::string source;
  std::string licence;
  std::string expires;
  std::string recipient;
  std::string date;               // YYYY-MM-DD: when the list was read, where the list itself gives no date
  std::vector<std::string> tags;  // only what carries one of them (MISP, TinyCheck); none: all
};

class ImportedRows {
 public:
  explicit ImportedRows(ImportDefaults defaults);

  [[nodiscard]] const ImportDefaults& defaults() const noexcept { return defaults_; }
  // The file that the next entries are from.
  void begin(std::string_view file) { file_ = file; }

  // An entry that says what to look for. Cells that the entry leaves empty get the defaults.
  void take(ImportedRow row, std::size_t place);
  // An entry that says what is allowed: a row of the list of exceptions.
  void allow(ImportedRow row, std::size_t place);
  // Everything taken so far was said of what is allowed.
  void allow_all();
  void leave(LeftOut reason, std::size_t place, std::string_view text, std::string detail = {});
  void note(TakenAs how, std::size_t place, std::string_view text);

  [[nodiscard]] const std::vector<ImportedRow>& rows() const noexcept { return rows_.list; }
  [[nodiscard]] const std::vector<ImportedRow>& allowed() const noexcept { return allowed_.list; }
  [[nodiscard]] std::size_t entries() const noexcept { return entries_; }  // taken, merged, allowed and left out
  [[nodiscard]] std::size_t merged() const noexcept { return merged_; }    // entries that joined the row of another
  [[nodiscard]] const ImportCount& left_out(LeftOut reason) const noexcept {
    return left_out_[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] const ImportCount& taken_as(TakenAs how) const noexcept {
    return taken_as_[static_cast<std::size_t>(how)];
  }

 private:
  struct Rows {
    std::vector<ImportedRow> list;
    std::unordered_map<std::string, std::size_t> by_key;
  };

  void complete(ImportedRow& row) const;
  void add(Rows& rows, ImportedRow row, std::size_t place);
  void merge(ImportedRow& into, const RuleFacts& other, std::size_t place);
  void count(ImportCount& count, std::size_t place, std::string_view text, std::string detail) const;

  ImportDefaults defaults_;
  ListColumns columns_;
  std::string file_;
  Rows rows_;
  Rows allowed_;
  std::size_t entries_ = 0;
  std::size_t merged_ = 0;
  std::array<ImportCount, left_out_count> left_out_;
  std::array<ImportCount, taken_as_count> taken_as_;
};

// One cell of other people's text: valid UTF-8 in one line without control characters, cut at `limit` bytes.
[[nodiscard]] std::string import_text(std::string_view text, std::size_t limit);
constexpr std::size_t import_text_limit = 1024;  // bytes of one text of an entry

}  // namespace sluice
