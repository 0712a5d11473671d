// The site's exceptions: what shall not be blocked (`permit`), and what shall raise no alarm (`suppress`). The two are
// never one, and neither stops a finding from being recorded. The format is described in rules/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/address.hh"
#include "rules/list_file.hh"

namespace sluice {

constexpr std::size_t exception_limit = 4096;  // rows of a file

enum class ExceptionAction : std::uint8_t {
  permit,    // enforce lets it pass
  suppress,  // its findings are recorded as suppressed, and raise no alarm
};
[[nodiscard]] std::string_view text_of(ExceptionAction action) noexcept;

// What is empty or unset holds for all; at least one of device, group, rule and destination is set.
struct RuleException {
  std::string id;
  ExceptionAction action{};
  std::optional<AddressRange> device;  // of the inspected side: one address, or as a group a prefix
  std::optional<std::uint16_t> vlan;   // the outermost tag
  std::string rule;                    // an id of a rule; ending in "/*" those of a list or pack
  std::string destination;             // a name in the form in which they are compared: it and all below it
  std::optional<AddressRange> destination_range;
  std::string author;
  std::string reason;
  std::string created;          // YYYY-MM-DD or empty
  std::string expires;          // YYYY-MM-DD or "never"
  std::int64_t expires_ns = 0;  // end of that day; 0 = never

  [[nodiscard]] bool names_rule(std::string_view rule_id) const noexcept;
  [[nodiscard]] bool is_expired(std::int64_t now_ns) const noexcept { return expires_ns != 0 && now_ns >= expires_ns; }
};

using ExceptionList = std::vector<RuleException>;

struct LoadedExceptions {
  ExceptionList rows;  // those without an error, in the order of the file
  std::vector<ListError> errors;
};

// Whether the text's first row is the header of such a list: it names a column `action`.
[[nodiscard]] bool is_exception_list(std::string_view text);
[[nodiscard]] LoadedExceptions parse_exception_list(std::string_view text, std::string_view file);
[[nodiscard]] LoadedExceptions load_exception_list(const std::filesystem::path& path);

// What a row says, as it is written; for those who make such lists.
struct ExceptionText {
  std::string action;
  std::string rule;
  std::string destination;
  std::string author;
  std::string reason;
  std::string created;
  std::string expires;
};
[[nodiscard]] std::string exception_list_text(const std::vector<ExceptionText>& rows,
                                              const std::vector<std::string>& comments);

}  // namespace sluice
