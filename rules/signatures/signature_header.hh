// The header of a rule: ACTION PROTOCOL SOURCE PORTS -> DESTINATION PORTS, up to its options.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

// Reads rule[0, end) into the signature; every fault is reported, not only the first.
void read_signature_header(std::string_view rule, std::size_t end, Signature& signature, RuleFaults& faults);

[[nodiscard]] std::string_view text_of(SignatureProtocol protocol) noexcept;
// The application protocol of that name; nothing where it is none, or not parsed.
[[nodiscard]] std::optional<SignatureProtocol> application_of(std::string_view name) noexcept;

}  // namespace sluice
