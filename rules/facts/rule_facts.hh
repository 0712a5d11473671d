// What is known of a rule beside what it matches: who receives, how sure we are, and who says so. The same for a row of
// an indicator list and for a signature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

// Closed list; the text form (in CSV, events, reports) is the enumerator with '-' for '_'.
// Numbers stand in packs: append only.
enum class RuleKind : std::uint8_t {
  domain,  // the name and all names below it
  host,    // exactly the name
  ip,
  cidr,
  signature,  // content, in Suricata's language; never in an indicator list
  // Digests, in hex: of a client's hello (JA3; FoxIO's JA4 has parts in clear) and of a certificate that was shown.
  ja3,
  ja4,
  cert_sha1,
  cert_sha256,
  url,  // host and path of a request in clear text (http_url.hh)
};

constexpr std::size_t rule_kinds = static_cast<std::size_t>(RuleKind::url) + 1;

// Finding classes stay apart: telemetry is never a C2 hit. Numbers are part of signature_id: never renumber.
enum class FindingClass : std::uint8_t {
  telemetry = 1,
  advertising = 2,
  dns_bypass = 3,
  weak_encryption = 4,
  clear_text_identifier = 5,
  remote_content_list = 6,
  keyboard_input = 7,
  spyware_indicator = 8,
  stalkerware_indicator = 9,
  known_c2_indicator = 10,
  anonymiser = 11,
  unclassified = 12,  // a signature that says neither class nor classtype
};

// Whether blocking what a rule finds harms somebody who does nothing wrong, as far as the rule says.
enum class Breaks : std::uint8_t {
  nothing,    // the text begins with that word
  unknown,    // there is none
  something,  // anything else
};
[[nodiscard]] Breaks breaks_of(std::string_view text) noexcept;

// `defined` = true by definition (an operator's own list). STIX: high 85, medium 50, low 15, defined 85.
enum class Confidence : std::uint8_t { low, medium, high, defined };

struct RuleFacts {
  std::string rule_id;  // pack or list name + '/' + id: stable over order and edits of other rules
  std::string subject;  // what is looked for: an indicator as written, trimmed; of a signature its msg
  RuleKind kind{};
  FindingClass finding_class{};
  Confidence confidence{};
  std::string recipient;  // who receives; never proof of the device's make
  std::string role;       // phone-maker, os, carrier, sdk, advertising, push, keyboard, malware, ...
  std::string purpose;
  std::string carries;  // documented elsewhere, not verified in this capture
  std::string breaks;   // what stops working when blocked: breaks_of()
  std::string source;
  std::string licence;
  std::string tlp;
  std::string first_seen;  // dates as written: YYYY-MM-DD or empty
  std::string last_verified;
  std::string expires;
  std::int64_t expires_ns = 0;  // end of that day, nanoseconds since 1970; 0 = never
  // EVE's alert.gid, signature_id and rev. Of an indicator: one documented number a class (rules/README.md).
  std::uint32_t generator_id = 0;
  std::uint32_t signature_id = 0;
  std::uint32_t revision = 1;
  // Of a signature.
  std::uint8_t classtype = 0;  // number of its classtype (classtype.hh)
  std::uint8_t priority = 3;   // 1 is the most urgent
  std::string metadata;        // all that its `metadata` says, as written: "KEY VALUE, KEY VALUE"
};

// Of a signature, as its author wrote it.
struct RuleWritten {
  std::string text;
  std::string file;      // without folders; empty where nobody knows
  std::size_t line = 0;  // of that file; 0 where nobody knows
};

// Text and back; nothing for a text that is in none of the closed lists. Case matters: lists are lower case.
[[nodiscard]] std::string_view text_of(RuleKind kind) noexcept;
[[nodiscard]] constexpr bool is_certificate(RuleKind kind) noexcept {
  return kind == RuleKind::cert_sha1 || kind == RuleKind::cert_sha256;
}
[[nodiscard]] constexpr bool is_fingerprint(RuleKind kind) noexcept {
  return kind == RuleKind::ja3 || kind == RuleKind::ja4 || is_certificate(kind);
}
[[nodiscard]] std::string_view text_of(FindingClass finding_class) noexcept;
[[nodiscard]] std::string_view text_of(Confidence confidence) noexcept;
[[nodiscard]] std::optional<RuleKind> kind_from(std::string_view text) noexcept;  // of an indicator
[[nodiscard]] std::optional<FindingClass> class_from(std::string_view text) noexcept;
[[nodiscard]] std::optional<Confidence> confidence_from(std::string_view text) noexcept;

// All texts of each list, in the order of the enumerators: for messages and suggestions. Kinds: those of indicators.
[[nodiscard]] std::span<const std::string_view> kind_texts() noexcept;
[[nodiscard]] std::span<const std::string_view> class_texts() noexcept;
[[nodiscard]] std::span<const std::string_view> confidence_texts() noexcept;

// Our own generator id for indicators; signatures keep the `gid` that they state, 1 where they state none.
constexpr std::uint32_t alert_generator_id = 2026;
constexpr std::uint32_t first_signature_id = 1'000'000;
[[nodiscard]] constexpr std::uint32_t signature_id(FindingClass finding_class) noexcept {
  return first_signature_id + static_cast<std::uint32_t>(finding_class);
}

}  // namespace sluice
