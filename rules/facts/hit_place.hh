// Where a rule hit: what the site's exceptions and its policy are held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/names/address.hh"

namespace sluice {

struct HitPlace {
  Address device;                   // the inspected end
  std::uint16_t vlan = 0;           // outermost; 0: none
  std::string_view destination;     // the name that matched or was used, in any case; empty: none
  std::optional<Address> remote{};  // the other end, where what matched is about it
  std::int64_t now_ns = 0;          // since 1970
  std::string_view alias{};         // that DNS says the destination to be, where that is what matched

  // Of a name in lower case, without a dot at the end: the destination, or what it is an alias of.
  [[nodiscard]] bool is_at(std::string_view name) const noexcept;
};

// Of a name in any case, with or without a dot at the end. `parent`: in lower case, without one.
[[nodiscard]] bool is_or_is_below(std::string_view name, std::string_view parent) noexcept;

// Whether an exception or a line of the policy that names `rules` (an id, or "LIST/*" for all of a list or pack) means
// the rule of that id.
[[nodiscard]] bool means_rule(std::string_view rules, std::string_view rule_id) noexcept;

}  // namespace sluice
