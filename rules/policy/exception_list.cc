#include "rules/policy/exception_list.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/names/domain_name.hh"
#include "rules/text/csv.hh"
#include "rules/text/csv_cell.hh"
#include "rules/text/date.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

enum class Column : std::uint8_t { id, action, device, group, rule, destination, author, reason, created, expires };
constexpr std::array<std::string_view, 10> column_names{"id",          "action", "device", "group",   "rule",
                                                        "destination", "author", "reason", "created", "expires"};
constexpr std::array<Column, 5> needed_columns{Column::action, Column::author, Column::reason, Column::expires,
                                               Column::destination};
constexpr std::size_t cell_limit = 1024;   // bytes
constexpr std::uint16_t last_vlan = 4094;  // IEEE 802.1Q: 4095 is reserved
constexpr std::size_t absent = SIZE_MAX;

std::string_view name_of(Column column) { return column_names[static_cast<std::size_t>(column)]; }

class ExceptionReader {
 public:
  ExceptionReader(std::string_view text, std::string_view file) : text_(text), errors_(file) {}

  LoadedExceptions read() {
    if (check_list(text_, "exceptions", errors_)) read_rows();
    return {std::move(rows_), errors_.take()};
  }

 private:
  void read_rows() {
    CsvReader csv(text_);
    const auto header = csv.next();
    if (!header)
      return errors_.add(1, 1, "the list is empty: the first row is the header, \"action,destination,author,...\"");
    if (!*header) return errors_.add(header->error().line, header->error().column, header->error().message);
    if (!read_header(**header)) return;
    while (auto row = csv.next()) {
      if (!*row) {
        errors_.add(row->error().line, row->error().column, row->error().message);
        continue;
      }
      if (rows_.size() == exception_limit)
        return errors_.add((*row)->line, 1,
                           fmt::format("more than {} exceptions: they are meant to be few", exception_limit));
      read_row(**row);
    }
  }

  bool read_header(const CsvRow& header) {
    index_.fill(absent);
    columns_ = header.cells.size();
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
      const auto& cell = header.cells[i];
      const auto name = trimmed(cell.text);
      const auto found = std::find(column_names.begin(), column_names.end(), name);
      if (found == column_names.end()) {
        errors_.add(cell.line, cell.column,
                    fmt::format("unknown column \"{}\": the nearest known one is \"{}\"; rename or remove it",
                                printable(name), nearest_word(name, column_names)));
        continue;
      }
      auto& index = index_[static_cast<std::size_t>(found - column_names.begin())];
      if (index != absent)
        errors_.add(cell.line, cell.column, fmt::format("column \"{}\" stands twice: remove one of them", name));
      index = i;
    }
    bool complete = true;
    for (const auto column : needed_columns) {
      if (index_[static_cast<std::size_t>(column)] != absent) continue;
      complete = false;
      errors_.add(header.line, 1, fmt::format("no column \"{}\": add it to the header", name_of(column)));
    }
    return complete;
  }

  void fail(Column column, std::string message) {
    const auto index = index_[static_cast<std::size_t>(column)];
    const auto& cell = index == absent ? row_->cells.front() : row_->cells[index];
    errors_.add(cell.line, cell.column, std::move(message));
    failed_ = true;
  }

  [[nodiscard]] std::string text(Column column) const {
    const auto index = index_[static_cast<std::size_t>(column)];
    return index == absent ? std::string() : std::string(trimmed(row_->cells[index].text));
  }

  void read_row(const CsvRow& row) {
    if (row.cells.size() != columns_)
      return errors_.add(row.line, 1, fmt::format("{} cells, and the header has {}", row.cells.size(), columns_));
    row_ = &row;
    failed_ = false;
    for (const auto& cell : row.cells) {
      if (!first_invalid_utf8(cell.text) && cell.text.size() <= cell_limit &&
          std::none_of(cell.text.begin(), cell.text.end(), is_control))
        continue;
      return errors_.add(cell.line, cell.column,
                         fmt::format("a cell of more than {} bytes, or with bytes that are not UTF-8 or are control "
                                     "characters: write it anew",
                                     cell_limit));
    }
    RuleException out;
    read_action(out);
    read_scope(out);
    read_standing(out);
    read_id(out);
    if (!failed_) rows_.push_back(std::move(out));
  }

  void read_action(RuleException& out) {
    const auto written = text(Column::action);
    for (const auto action : {ExceptionAction::permit, ExceptionAction::suppress}) {
      if (written != text_of(action)) continue;
      out.action = action;
      return;
    }
    fail(Column::action, fmt::format("action \"{}\": write permit (do not block) or suppress (do not alarm); "
                                     "who wants both writes two rows",
                                     printable(written)));
  }

  void read_scope(RuleException& out) {
    if (const auto device = text(Column::device); !device.empty()) {
      const auto address = Address::parse(device);
      if (!address)
        fail(Column::device, fmt::format("device \"{}\": write one address of the inspected side", printable(device)));
      else
        out.device = AddressRange{*address, *address};
    }
    if (const auto group = text(Column::group); !group.empty()) read_group(out, group);
    out.rule = text(Column::rule);
    const auto slash = out.rule.find('/');
    if (!out.rule.empty()) {
      const auto id = slash == std::string::npos ? std::string() : out.rule.substr(slash + 1);
      if (slash == std::string::npos || !is_list_id(out.rule.substr(0, slash)) || (id != "*" && !is_list_id(id)))
        fail(Column::rule, fmt::format("rule \"{}\": write LIST/ID as in the finding's rule_id, or LIST/* for all of a "
                                       "list or pack",
                                       printable(out.rule)));
    }
    if (const auto destination = text(Column::destination); !destination.empty()) {
      out.destination_range = AddressRange::parse(destination);
      if (!out.destination_range) {
        auto name = parse_domain_name(destination);
        if (name)
          out.destination = std::move(*name);
        else
          fail(Column::destination, fmt::format("destination \"{}\" {}; write a name, an address or a prefix",
                                                printable(destination), explain(name.error())));
      }
    }
    if (!failed_ && !out.device && !out.vlan && out.rule.empty() && out.destination.empty() && !out.destination_range)
      fail(Column::action, "an exception from everything: name a device, a group, a rule or a destination");
  }

  void read_group(RuleException& out, std::string_view group) {
    constexpr std::string_view vlan = "vlan:";
    if (group.starts_with(vlan)) {
      const auto digits = group.substr(vlan.size());
      std::uint16_t id = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
      if (error == std::errc{} && end == digits.data() + digits.size() && id > 0 && id <= last_vlan) {
        out.vlan = id;
        return;
      }
    } else if (out.device) {
      return fail(Column::group, "a device and a prefix: name one of the two");
    } else if (const auto range = AddressRange::parse(group)) {
      out.device = range;
      return;
    }
    fail(Column::group, fmt::format("group \"{}\": write a prefix of the inspected side such as 192.0.2.0/24, or "
                                    "vlan:20",
                                    printable(group)));
  }

  void read_standing(RuleException& out) {
    out.author = text(Column::author);
    out.reason = text(Column::reason);
    if (out.author.empty()) fail(Column::author, "no author: write who answers for it");
    if (out.reason.empty()) fail(Column::reason, "no reason: write why");
    out.created = text(Column::created);
    if (!out.created.empty() && !parse_date(out.created))
      fail(Column::created, fmt::format("created \"{}\" is no date: write YYYY-MM-DD", printable(out.created)));
    out.expires = text(Column::expires);
    if (out.expires == "never") return;
    const auto day = parse_date(out.expires);
    if (!day)
      fail(Column::expires,
           fmt::format("expires \"{}\": write its last day as YYYY-MM-DD, or never", printable(out.expires)));
    else
      out.expires_ns = end_of_day_nanoseconds(*day);
  }

  void read_id(RuleException& out) {
    out.id = text(Column::id);
    if (!out.id.empty() && !is_list_id(out.id))
      fail(Column::id, fmt::format("id \"{}\": use letters, digits, '.', '_' and '-', {} at most", printable(out.id),
                                   list_id_size_limit));
    if (failed_) return;
    if (out.id.empty())
      out.id = derived_id(fmt::format("{}:{}:{}:{}:{}", text(Column::action), text(Column::device), text(Column::group),
                                      out.rule, out.destination.empty() ? text(Column::destination) : out.destination));
    const auto [known, fresh] = ids_.try_emplace(out.id, row_->line);
    if (!fresh)
      fail(Column::id,
           fmt::format("the exception {} stands already in line {}: remove one of the two", out.id, known->second));
  }

  std::string_view text_;
  ListErrors errors_;
  ExceptionList rows_;
  std::array<std::size_t, column_names.size()> index_{};
  std::size_t columns_ = 0;
  const CsvRow* row_ = nullptr;
  bool failed_ = false;
  std::unordered_map<std::string, std::size_t> ids_;
};

}  // namespace

bool is_exception_list(std::string_view text) {
  CsvReader csv(text);
  const auto header = csv.next();
  if (!header || !*header) return false;
  return std::any_of((*header)->cells.begin(), (*header)->cells.end(),
                     [](const CsvCell& cell) { return trimmed(cell.text) == name_of(Column::action); });
}

LoadedExceptions parse_exception_list(std::string_view text, std::string_view file) {
  return ExceptionReader(text, file).read();
}

LoadedExceptions load_exception_list(const std::filesystem::path& path) {
  const auto text = read_list_file(path);
  if (!text) return {{}, {text.error()}};
  return parse_exception_list(*text, path.string());
}

std::string exception_list_text(const std::vector<ExceptionText>& rows, const std::vector<std::string>& comments) {
  std::string out;
  for (const auto& comment : comments) out.append("# ").append(comment).append("\n");
  out += "action,rule,destination,author,reason,created,expires\n";
  for (const auto& row : rows) {
    for (const auto* const cell :
         {&row.action, &row.rule, &row.destination, &row.author, &row.reason, &row.created, &row.expires}) {
      if (cell != &row.action) out += ',';
      append_csv_cell(out, *cell);
    }
    out += '\n';
  }
  return out;
}

}  // namespace sluice
