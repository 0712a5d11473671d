#include "rules/indicator_row.hh"

#include <algorithm>
#include <bit>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/domain_name.hh"
#include "rules/http_url.hh"
#include "rules/list_file.hh"
#include "rules/nearest_word.hh"
#include "rules/rule_fact_text.hh"
#include "rules/utf8.hh"

namespace sluice {
namespace {

constexpr unsigned mapped_bits = 96;  // of ::ffff:0:0/96, where IPv4 stands in an Address

bool is_lower_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_hex_digit(char c) { return is_lower_hex_digit(c) || (c >= 'A' && c <= 'F'); }

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool is_ipv4(const AddressRange& range) { return range.first.is_v4() && range.last.is_v4(); }

// Bits that all addresses of the range share, counted in its own family.
unsigned prefix_length(const AddressRange& range) {
  unsigned length = 0;
  for (std::size_t i = 0; i < range.first.bytes.size(); ++i) {
    const auto differing = static_cast<std::uint8_t>(range.first.bytes[i] ^ range.last.bytes[i]);
    length += static_cast<unsigned>(std::countl_zero(differing));
    if (differing != 0) break;
  }
  return is_ipv4(range) ? length - mapped_bits : length;
}

std::string prefix_text(const AddressRange& range) {
  return fmt::format("{}/{}", range.first.text(), prefix_length(range));
}

// What a prefix with host bits was meant to be; nothing where it is wrong in another way.
std::optional<std::string> without_host_bits(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = Address::parse(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool v4 = text.find(':') == std::string_view::npos;
  if (!address || error != std::errc{} || end != digits.data() + digits.size() || length > (v4 ? 32U : 128U))
    return std::nullopt;
  for (unsigned bit = length + (v4 ? mapped_bits : 0); bit < 128; ++bit)
    address->bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  return fmt::format("{}/{}", address->text(), length);
}

// True where a range takes in so much that it can hardly be meant.
bool too_wide(const AddressRange& range) {
  if (is_ipv4(range)) return prefix_length(range) < shortest_ipv4_prefix;
  const auto any_ipv4 = Address::parse("0.0.0.0");
  return prefix_length(range) < shortest_ipv6_prefix || range.contains(*any_ipv4);
}

class RowReader {
 public:
  RowReader(const CsvRow& row, const ListColumns& columns, std::string_view list_name, std::vector<CsvError>& errors)
      : row_(row), columns_(columns), list_name_(list_name), errors_(errors) {}

  std::optional<ListRow> read() {
    const auto errors_before = errors_.size();
    check_cells();
    if (errors_.size() != errors_before) return std::nullopt;  // nothing in it can be shown or compared
    ListRow out;
    auto& indicator = out.indicator;
    indicator.facts.subject = text(ListColumn::indicator);
    check_id();
    const auto kind = read_kind();
    if (kind) {
      indicator.facts.kind = *kind;
      const auto normalised = indicator.facts.subject.empty() ? std::string() : read_indicator(indicator);
      if (!normalised.empty()) {
        out.key = fmt::format("{}:{}", text_of(*kind), normalised);
        const auto id = text(ListColumn::id);
        indicator.facts.rule_id = fmt::format("{}/{}", list_name_, id.empty() ? derived_id(*kind, normalised) : id);
      }
    }
    if (indicator.facts.subject.empty())
      fail(ListColumn::indicator, "no indicator: write the name or address to look for");
    read_facts(indicator.facts);
    if (errors_.size() != errors_before) return std::nullopt;
    return out;
  }

 private:
  [[nodiscard]] std::string text(ListColumn column) const {
    const auto* cell = columns_.cell(row_, column);
    return cell == nullptr ? std::string() : std::string(trimmed(cell->text));
  }

  void fail(ListColumn column, std::string message) {
    const auto* cell = columns_.cell(row_, column);
    if (cell == nullptr) {
      errors_.push_back({row_.line, 1, std::move(message)});
    } else {
      errors_.push_back({cell->line, cell->column, std::move(message)});
    }
  }

  // Every cell, also of columns that nobody knows: what is in the file is in the file.
  void check_cells() {
    for (const auto& cell : row_.cells) {
      const auto report = [&](std::string message) { errors_.push_back({cell.line, cell.column, std::move(message)}); };
      const auto control =
          std::find_if(cell.text.begin(), cell.text.end(), [](char c) { return is_control(c) && c != '\t'; });
      if (control != cell.text.end()) {
        const bool line_break = *control == '\n' || *control == '\r';
        report(*control == '\0' ? "a NUL byte: save the file as plain UTF-8 text"
               : line_break     ? "a line break inside a cell: write the cell in one line"
                                : fmt::format("control character U+{:04X}: remove it", static_cast<int>(*control)));
      }
      if (first_invalid_utf8(cell.text)) report("bytes that are not UTF-8: save the file as UTF-8");
      if (cell.text.size() > list_cell_size_limit)
        report(fmt::format("a cell of {} bytes, {} at most: shorten it", cell.text.size(), list_cell_size_limit));
    }
  }

  std::optional<RuleKind> read_kind() {
    const auto written = text(ListColumn::kind);
    if (const auto kind = kind_from(written)) return kind;
    if (written.empty()) {
      fail(ListColumn::kind, fmt::format("no kind: write one of {}", fmt::join(kind_texts(), ", ")));
    } else {
      fail(ListColumn::kind, fmt::format("unknown kind \"{}\": write one of {} (nearest: {})", printable(written),
                                         fmt::join(kind_texts(), ", "), nearest_word(written, kind_texts())));
    }
    return std::nullopt;
  }

  // Fills name or range; the normalised text, or nothing after an error.
  std::string read_indicator(Indicator& indicator) {
    switch (indicator.facts.kind) {
      case RuleKind::domain:
      case RuleKind::host: return read_name(indicator);
      case RuleKind::ip: return read_address(indicator);
      case RuleKind::cidr: return read_prefix(indicator);
      case RuleKind::ja3: return read_digest(indicator, 32);
      case RuleKind::cert_sha1: return read_digest(indicator, 40);
      case RuleKind::cert_sha256: return read_digest(indicator, 64);
      case RuleKind::ja4: return read_ja4(indicator);
      case RuleKind::url: return read_url(indicator);
      case RuleKind::signature: break;  // no kind of a list
    }
    return {};
  }

  // Hex in any case, the digits of certificates in pairs with colons between them or not.
  std::string read_digest(Indicator& indicator, std::size_t digits) {
    auto text = lower_case(indicator.facts.subject);
    if (is_certificate(indicator.facts.kind)) std::erase(text, ':');
    const bool is_hex = std::all_of(text.begin(), text.end(), is_hex_digit);
    if (text.size() != digits || !is_hex) {
      fail(ListColumn::indicator,
           fmt::format("\"{}\" is no {}: write {} hex digits", printable(indicator.facts.subject),
                       text_of(indicator.facts.kind), digits));
      return {};
    }
    indicator.name = text;
    return text;
  }

  // FoxIO, JA4: "t13d1516h2_8daaf6152771_e5627efa2ab1". The first and last letter of an ALPN keep their case.
  std::string read_ja4(Indicator& indicator) {
    const auto& text = indicator.facts.subject;
    const auto is_hex = [&](std::size_t at) {
      return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                         text.begin() + static_cast<std::ptrdiff_t>(at) + 12, is_lower_hex_digit);
    };
    constexpr std::size_t size = 36;
    constexpr std::string_view carriers = "tqd";
    if (text.size() != size || carriers.find(text[0]) == std::string_view::npos || text[10] != '_' || text[23] != '_' ||
        !is_hex(11) || !is_hex(24)) {
      fail(ListColumn::indicator,
           fmt::format("\"{}\" is no JA4 of a TLS client: write it as t13d1516h2_8daaf6152771_e5627efa2ab1",
                       printable(text)));
      return {};
    }
    indicator.name = text;
    return text;
  }

  std::string read_name(Indicator& indicator) {
    const auto shown = printable(indicator.facts.subject);
    if (AddressRange::parse(indicator.facts.subject)) {
      fail(ListColumn::indicator, fmt::format("\"{}\" is an address: use kind ip or cidr", shown));
      return {};
    }
    auto name = parse_domain_name(indicator.facts.subject);
    if (!name) {
      fail(ListColumn::indicator, fmt::format("\"{}\" {}", shown, explain(name.error())));
      return {};
    }
    if (name->find('.') == std::string::npos) {
      fail(ListColumn::indicator, fmt::format("\"{}\" is a single label, which as a top-level domain would match "
                                              "everything below it: write the full name",
                                              shown));
      return {};
    }
    indicator.name = *name;
    return std::move(*name);
  }

  std::string read_url(Indicator& indicator) {
    const auto url = parse_http_url(indicator.facts.subject);
    if (!url) {
      fail(ListColumn::indicator, fmt::format("\"{}\" {}", printable(indicator.facts.subject), explain(url.error())));
      return {};
    }
    indicator.name = url->text();
    return indicator.name;
  }

  std::string read_address(Indicator& indicator) {
    const auto shown = printable(indicator.facts.subject);
    const auto address = Address::parse(indicator.facts.subject);
    if (!address) {
      const bool prefix = AddressRange::parse(indicator.facts.subject).has_value();
      fail(ListColumn::indicator, prefix ? fmt::format("\"{}\" is a prefix: use kind cidr", shown)
                                         : fmt::format("\"{}\" is no IPv4 or IPv6 address: write it without port, "
                                                       "brackets or zone",
                                                       shown));
      return {};
    }
    indicator.range = {*address, *address};
    return address->text();
  }

  std::string read_prefix(Indicator& indicator) {
    const auto shown = printable(indicator.facts.subject);
    const auto range = AddressRange::parse(indicator.facts.subject);
    if (!range) {
      const auto meant = without_host_bits(indicator.facts.subject);
      fail(ListColumn::indicator, meant ? fmt::format("\"{}\" has bits behind its prefix: write {}", shown, *meant)
                                        : fmt::format("\"{}\" is no prefix: write it as 192.0.2.0/24 or "
                                                      "2001:db8::/32",
                                                      shown));
      return {};
    }
    if (indicator.facts.subject.find('/') == std::string::npos) {
      fail(ListColumn::indicator, fmt::format("\"{}\" is a single address: use kind ip", shown));
      return {};
    }
    if (too_wide(*range)) {
      fail(ListColumn::indicator, fmt::format("\"{}\" covers too much to be an indicator: write prefixes of at least "
                                              "/{} (IPv4) or /{} (IPv6, without ::ffff:0:0/96)",
                                              shown, shortest_ipv4_prefix, shortest_ipv6_prefix));
      return {};
    }
    indicator.range = *range;
    return prefix_text(*range);
  }

  void check_id() {
    const auto id = text(ListColumn::id);
    if (!id.empty() && !is_list_id(id))
      fail(ListColumn::id, fmt::format("id \"{}\": use letters, digits, '.', '_' and '-', {} at most", printable(id),
                                       list_id_size_limit));
  }

  // The columns from `class` on; what is empty keeps its default.
  void read_facts(RuleFacts& facts) {
    facts.finding_class = FindingClass::telemetry;
    facts.confidence = Confidence::medium;
    facts.tlp = "clear";
    for (std::size_t i = 0; i < list_column_names.size(); ++i) {
      if (!is_rule_fact(list_column_names[i])) continue;
      const auto column = static_cast<ListColumn>(i);
      const auto written = text(column);
      if (written.empty()) continue;
      if (auto fault = set_rule_fact(facts, text_of(column), written)) fail(column, std::move(*fault));
    }
    if (auto fault = fault_of_dates(facts)) fail(ListColumn::last_verified, std::move(*fault));
    facts.generator_id = alert_generator_id;
    facts.signature_id = signature_id(facts.finding_class);
  }

  const CsvRow& row_;
  const ListColumns& columns_;
  std::string_view list_name_;
  std::vector<CsvError>& errors_;
};

}  // namespace

std::optional<ListRow> read_list_row(const CsvRow& row, const ListColumns& columns, std::string_view list_name,
                                     std::vector<CsvError>& errors) {
  return RowReader(row, columns, list_name, errors).read();
}

}  // namespace sluice
