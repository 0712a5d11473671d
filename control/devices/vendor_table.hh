// The table of what makers' devices are known to say: patterns over facts, each with the source that says so.
// control/devices/vendors.csv is the shipped one, compiled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

// Which texts a row is held against. A model number is the same one in a push frame, a user agent and DHCP.
enum class PatternKind : std::uint8_t {
  model,
  build,  // of an operating system
  dhcp_vendor_class,
  dhcp_parameters,  // numbers in decimal, with commas between
  host_name,        // what a device is called: first label
  user_agent,
  browser,  // of a user agent: what a maker installs, and others can
  connectivity_check,
  ssdp_server,
  ja4,
  name,
  organisation,  // as IEEE's lists have it
};
// "dhcp-vendor-class"
[[nodiscard]] std::string_view text_of(PatternKind kind) noexcept;

enum class PatternMatch : std::uint8_t { exact, prefix, suffix, contains };

struct VendorRow {
  std::string id;
  PatternKind kind{};
  PatternMatch match{};
  std::string pattern;  // '#' is a digit, '?' a letter; upper and lower case are one
  // What a device is that says so. Empty: says nothing of it. "OPPO or OnePlus": one of these. A '*' at the end of a
  // model or of an operating system stands for what follows the pattern: the model, or the version.
  std::string vendor;
  std::string model;
  std::string os;
  std::string source;   // who says so
  std::string example;  // a text that the row is of
};

// Where in the text the row's pattern ends; nothing where the text is none of the row's.
[[nodiscard]] std::optional<std::size_t> match_end(const VendorRow& row, std::string_view text) noexcept;

class VendorTable {
 public:
  static const VendorTable& shipped();
  // A table as text: CSV with the columns of vendors.csv. What is wrong: line, column and remedy.
  [[nodiscard]] static tl::expected<VendorTable, std::string> parse(std::string_view csv);

  [[nodiscard]] std::span<const VendorRow> rows() const noexcept { return rows_; }
  // The row that says most exactly what `text` is: the one with the longest pattern, an exact one before others.
  [[nodiscard]] const VendorRow* find(PatternKind kind, std::string_view text) const noexcept;

 private:
  std::vector<VendorRow> rows_;  // by kind, then the one that is tried first
};

}  // namespace sluice
