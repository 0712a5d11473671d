// The two kinds of pattern of a rule, from their text: content:"a|0d 0a|b" and pcre:"/a.*b/Ri".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

constexpr std::size_t content_size_limit = 255;  // bytes
constexpr std::size_t capture_name_limit = 64;   // bytes

// Letters, digits, and _ . - between them.
[[nodiscard]] bool is_capture_name(std::string_view name) noexcept;

// The bytes that a content stands for; nothing and a fault where it is none.
[[nodiscard]] std::optional<std::string> content_bytes(const QuotedValue& value, RuleFaults& faults);

// An expression that stands in quotes without slashes, as PCRE2 takes it; nothing and a fault where it does not
// compile.
[[nodiscard]] std::optional<std::string> read_expression(const QuotedValue& value, RuleFaults& faults);

// The value of pcre:, which Suricata takes without quotes too.
[[nodiscard]] std::optional<QuotedValue> pcre_value(const SignatureOption& option, RuleFaults& faults);

struct ReadPcre {
  Pcre pcre;  // its buffer is the one that a flag names
  bool names_buffer = false;
};

// Everything but the buffer in which a pcre without a buffer flag looks. Its expression is one that PCRE2 compiles.
[[nodiscard]] std::optional<ReadPcre> read_pcre(const QuotedValue& value, RuleFaults& faults);

}  // namespace sluice
