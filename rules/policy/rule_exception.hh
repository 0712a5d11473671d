// One exception of a site: what shall not be blocked, or shall raise no alarm. The two are never one, and neither stops
// a finding from being recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/hit_place.hh"
#include "rules/names/address.hh"

namespace sluice {

enum class ExceptionAction : std::uint8_t {
  permit,    // enforce lets it pass
  suppress,  // its findings are recorded as suppressed, and raise no alarm
};
[[nodiscard]] std::string_view text_of(ExceptionAction action) noexcept;

// What is empty or unset holds for all; at least one of device, vlan, rule and destination is set.
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
  [[nodiscard]] bool covers(const HitPlace& place) const noexcept;
  [[nodiscard]] bool is_expired(std::int64_t now_ns) const noexcept { return expires_ns != 0 && now_ns >= expires_ns; }
  bool operator==(const RuleException&) const = default;
};

using ExceptionList = std::vector<RuleException>;

// The first of that action that holds there for that rule; null where none does.
[[nodiscard]] const RuleException* find_exception(const ExceptionList& list, ExceptionAction action,
                                                  std::string_view rule_id, const HitPlace& place) noexcept;

}  // namespace sluice
