// One alert, read: what the wire showed, and what the list says of the row that it hit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "control/decoders/decoded.hh"
#include "dataplane/event/event.hh"
#include "rules/facts/rule_facts.hh"
#include "rules/pack/rule_book.hh"
#include "rules/policy/rule_exception.hh"

namespace sluice {

// Why a finding's confidence is below what the row says.
enum class Lowered : std::uint8_t {
  no,
  address_alone,  // addresses change hands: the row may describe an earlier holder
  expired,        // nobody stands behind the row any more
};

// Views into the event, which must outlive it.
struct Finding {
  std::shared_ptr<const RuleFacts> rule;  // nothing where the event names a row that the rules do not have
  std::uint64_t rule_row = 0;
  // Else nobody said which side is inside, and the device is the end that is not listed: the initiator, unless its
  // address is the one that matched.
  bool device_is_inside = false;
  Address device;
  Address remote;
  std::uint16_t vlan = 0;  // outermost; 0: none
  Tick time{};
  Stage stage{};  // 0 where the event carries no known one
  Action action = Action::pass;
  Action would = Action::pass;
  Field matched_field{};
  std::string_view matched_value;
  std::string_view alias_target;  // the listed name, where the value is an alias of it; else empty
  Confidence confidence = Confidence::low;
  Lowered lowered = Lowered::no;
  std::optional<DecodedMessage> decoded;  // of the vendor's request that it is on; `stage` says so then
  bool is_repeated = false;               // it was reported on the request's head already, and has its body now

  [[nodiscard]] bool is_by_address() const noexcept;
  // What the finding is about: the name or address that matched, lower case and without trailing dot (so that a mix of
  // cases makes no second finding), else the remote address. It may hold any bytes.
  [[nodiscard]] std::string destination() const;
};

// What the site's exceptions are held against. The texts are the finding's.
[[nodiscard]] HitPlace place_of(const Finding& finding) noexcept;

// `clock_is_set`: an unset clock expires nothing.
[[nodiscard]] Finding read_finding(const Event& alert, const RuleBook* rules, bool clock_is_set);

// UUIDv5 over tap, device, rule_id, destination and day (control/README.md has the exact name); empty without a rule.
[[nodiscard]] std::string finding_id(const Finding& finding, std::string_view tap_id);

// 1 (most severe) to 4, from class and confidence alone: the table stands in control/README.md.
[[nodiscard]] unsigned severity(FindingClass finding_class, Confidence confidence) noexcept;

}  // namespace sluice
