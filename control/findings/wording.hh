// Every sentence that a finding or a table may say: fixed templates with typed slots (those of findings stand in
// rules/wording/). They state what the wire showed
// and what a list documents; lists supply data, never prose, and no template judges or names a motive.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/findings/finding.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/base/fields.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// "name-in-handshake"; "unknown" for a value outside the list.
[[nodiscard]] std::string_view text_of(Stage stage) noexcept;
// "name in TLS handshake": the stage in words, with where the name stood.
[[nodiscard]] std::string_view stage_words(Stage stage, Field matched_field);
// "pass", "drop"
[[nodiscard]] std::string_view text_of(Action action) noexcept;
// "address-alone", "expired"; empty for Lowered::no.
[[nodiscard]] std::string_view text_of(Lowered lowered) noexcept;
// The name of a field in events: its place in EVE where it has one ("tls.sni"), else empty.
[[nodiscard]] std::string_view text_of(Field field) noexcept;

// EVE's alert.signature: "SLUICE telemetry: name in TLS handshake of a host documented as receiving telemetry: ...".
// A signature is named by its number: "SLUICE telemetry: content that matches rule 7 in traffic with api.example.com".
[[nodiscard]] std::string alert_message(const Finding& finding);
// What else may have caused such a finding, in whole sentences: by class, by stage, and where an address alone matched.
[[nodiscard]] std::vector<std::string_view> other_explanations(FindingClass finding_class, Stage stage,
                                                               bool by_address);
// What was seen: the name or address, and of content that was decoded what the device said of itself, identifiers
// redacted unless `reveals`: "203.0.113.7: Example One, build V1.2, device-id redacted". As finding.destination() it
// may hold any bytes.
[[nodiscard]] std::string seen_words(const Finding& finding, const Event& alert, bool reveals);

// Why packets passed unseen, half a sentence.
[[nodiscard]] std::string_view uninspected_words(UninspectedReason reason) noexcept;

// "clear-text", "name-only", "no-payload", "nothing"
[[nodiscard]] std::string_view visibility_text(Visibility visibility) noexcept;
// Why nothing of a flow could be seen, in a word or two; empty where something could.
[[nodiscard]] std::string_view opacity_words(Visibility visibility) noexcept;
// "dot", "doh", "doq"; empty for none and for a value outside the list.
[[nodiscard]] std::string_view text_of(EncryptedDns encrypted_dns) noexcept;

}  // namespace sluice
