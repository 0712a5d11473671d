// Tables of abuse.ch (URLhaus, ThreatFox, Feodo Tracker, SSLBL) and tables alike: told by the names of their columns,
// which stand in the last comment above the rows, or in the first row.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rules/imports/import.hh"
#include "rules/imports/import_line.hh"
#include "rules/imports/import_value.hh"
#include "rules/text/csv.hh"

namespace sluice {
namespace {

enum class Column : std::uint8_t { value, type, port, first_seen, last_seen, family, confidence, reference, digest };

struct ColumnName {
  std::string_view name;
  Column column;
  std::string_view kind = {};  // of digests
};
constexpr std::array<ColumnName, 27> column_names{{
    {"url", Column::value},
    {"ioc_value", Column::value},
    {"dst_ip", Column::value},
    {"dstip", Column::value},
    {"indicator", Column::value},
    {"sha1", Column::digest, "cert_sha1"},
    {"ja3_md5", Column::digest, "ja3"},
    {"ioc_type", Column::type},
    {"type", Column::type},
    {"dst_port", Column::port},
    {"dstport", Column::port},
    {"dateadded", Column::first_seen},
    {"first_seen_utc", Column::first_seen},
    {"first_seen", Column::first_seen},
    {"firstseen", Column::first_seen},
    {"listingdate", Column::first_seen},
    {"last_online", Column::last_seen},
    {"last_seen_utc", Column::last_seen},
    {"lastseen", Column::last_seen},
    {"malware_printable", Column::family},
    {"malware", Column::family},
    {"listingreason", Column::family},
    {"threat", Column::family},
    {"app", Column::family},
    {"confidence_level", Column::confidence},
    {"urlhaus_link", Column::reference},
    {"reference", Column::reference},
}};

using Cells = std::vector<std::string>;

// RFC 4180 but for the blanks that abuse.ch writes between a comma and a quote.
Cells cells_of(std::string_view line) {
  Cells out;
  std::size_t at = 0;
  while (out.size() < csv_cell_count_limit) {
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    std::string cell;
    if (at < line.size() && line[at] == '"') {
      for (++at; at < line.size(); ++at) {
        if (line[at] == '"' && (at + 1 == line.size() || line[at + 1] != '"')) break;
        if (line[at] == '"') ++at;
        cell += line[at];
      }
      at = std::min(line.find(',', at), line.size());
    } else {
      const auto end = std::min(line.find(',', at), line.size());
      cell = trimmed(line.substr(at, end - at));
      at = end;
    }
    out.push_back(std::move(cell));
    if (at >= line.size()) break;
    ++at;
  }
  return out;
}

std::string lower_case(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// What each cell of a row is; empty where the line names no columns that say what to look for.
struct Shape {
  std::vector<const ColumnName*> columns;
  bool known = false;
};

Shape shape_of(std::string_view line) {
  Shape shape;
  while (!line.empty() && (line.front() == '#' || line.front() == ' ')) line.remove_prefix(1);
  for (const auto& cell : cells_of(line)) {
    const auto name = lower_case(cell);
    const auto found =
        std::find_if(column_names.begin(), column_names.end(), [&](const ColumnName& one) { return one.name == name; });
    shape.columns.push_back(found == column_names.end() ? nullptr : &*found);
    shape.known |= found != column_names.end() && (found->column == Column::value || found->column == Column::digest);
  }
  // One name that is known may stand in any table.
  const auto named =
      std::count_if(shape.columns.begin(), shape.columns.end(), [](const auto* one) { return one != nullptr; });
  shape.known &= named > 1;
  return shape;
}

bool is_not_on_the_wire(std::string_view type) {
  return type.ends_with("_hash") || type == "email" || type == "envelope_from" || type == "body_from";
}

void read_row(const Cells& cells, const Shape& shape, std::size_t place, const ImportedRow& origin,
              ImportedRows& into) {
  auto row = origin;
  row[ListColumn::finding_class] = "known-c2-indicator";
  std::string value;
  std::string port;
  std::string type;
  std::string_view digest;
  for (std::size_t i = 0; i < cells.size() && i < shape.columns.size(); ++i) {
    const auto* const column = shape.columns[i];
    if (column == nullptr || cells[i].empty() || cells[i] == "None" || cells[i] == "null") continue;
    switch (column->column) {
      case Column::value: value = cells[i]; break;
      case Column::digest:
        value = cells[i];
        digest = column->kind;
        break;
      case Column::type: type = cells[i]; break;
      case Column::port: port = cells[i]; break;
      case Column::first_seen: row[ListColumn::first_seen] = import_day(cells[i]); break;
      case Column::last_seen: row[ListColumn::last_verified] = import_day(cells[i]); break;
      case Column::family: row[ListColumn::purpose] = import_text(cells[i], import_text_limit); break;
      case Column::confidence: {
        int percent = 0;
        const auto [end, error] = std::from_chars(cells[i].data(), cells[i].data() + cells[i].size(), percent);
        if (error == std::errc{} && end == cells[i].data() + cells[i].size())
          row[ListColumn::confidence] = import_confidence(percent);
        break;
      }
      case Column::reference:
        row[ListColumn::source] = import_text(origin[ListColumn::source] + "; " + cells[i], 2 * import_text_limit);
        break;
    }
  }
  if (is_not_on_the_wire(type)) return into.leave(LeftOut::not_on_the_wire, place, value, "type " + type);
  if (!digest.empty()) {
    row[ListColumn::kind] = digest;
    row[ListColumn::indicator] = import_text(value, import_text_limit);
    return into.take(std::move(row), place);
  }
  if (!port.empty()) value = fmt::format("{}:{}", value, port);
  const auto family = row[ListColumn::purpose];
  if (!read_import_value(value, place, into, row)) return;
  if (const auto colon = value.rfind(':'); !port.empty() || type == "ip:port")
    row[ListColumn::purpose] =
        import_text(fmt::format("{}{}listed with port {}", family, family.empty() ? "" : ", ", value.substr(colon + 1)),
                    import_text_limit);
  into.take(std::move(row), place);
}

}  // namespace

std::optional<std::string> import_abusech(std::string_view text, const ImportedRow& origin, ImportedRows& into) {
  Shape shape;
  ImportLines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.empty()) continue;
    if (line.front() == '#' || !shape.known) {
      auto named = shape_of(line);
      if (named.known)
        shape = std::move(named);
      else if (line.front() != '#')
        return fmt::format("line {}: no row above it names its columns (one of {}: see --help)", lines.number(),
                           "url, ioc_value, dst_ip, DstIP, SHA1, ja3_md5");
      continue;
    }
    read_row(cells_of(line), shape, lines.number(), origin, into);
  }
  if (!shape.known) return "no row names its columns (one of url, ioc_value, dst_ip, DstIP, SHA1, ja3_md5)";
  return std::nullopt;
}

}  // namespace sluice
