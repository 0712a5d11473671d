// One line of the audit: what was asked for, by whom, and what became of it. Each holds the digest of the one before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sluice {

enum class AuditKind : std::uint8_t {
  asked,    // somebody may do it, and it is about to be done
  done,     // what became of line `of`
  refused,  // somebody may not, or nobody is known
  started,  // the program
};

struct AuditLine {
  std::uint64_t number = 0;
  std::string time;
  AuditKind kind = AuditKind::asked;
  std::string actor;    // the account, "uid:0", or empty: nobody is known
  std::string proof;    // name_of() a Proof; empty where nobody is known
  std::string from;     // address or process
  std::string action;   // "POST /v1/packs"
  std::string subject;  // query, or what else says of what
  std::string sha256;   // of the body, where there was one that was read as text
  std::uint64_t of = 0;
  int status = 0;        // of HTTP; 0: not yet known
  std::string previous;  // SHA-256 of the line before, in hex; of the first 64 zeros
};

constexpr std::size_t audit_text_limit = 1024;  // bytes of each text; what is longer is cut

[[nodiscard]] std::string text_of(const AuditLine& line);
[[nodiscard]] tl::expected<AuditLine, std::string> parse_audit_line(std::string_view text);
[[nodiscard]] std::string_view name_of(AuditKind kind) noexcept;

}  // namespace sluice
