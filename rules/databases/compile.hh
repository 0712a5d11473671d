// Patterns into Hyperscan databases. Needs Hyperscan's compiler (libhs): sluice-compile and the command line have it,
// the data plane has not.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "rules/databases/databases.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

struct CompileError {
  static constexpr std::uint32_t no_signature = ~std::uint32_t{0};  // the ruleset as a whole

  std::uint32_t signature = no_signature;  // position in the list
  std::string message;                     // what is wrong and what to do, without the signature's name

  // "RULE_ID (sid N, line N): MESSAGE"; without the line where the rule came in a pack
  [[nodiscard]] std::string text(const SignatureList& signatures) const;
};

// One block-mode database for each buffer that has patterns, and one in stream mode of the payload's, for this library
// and this CPU; takes seconds for 100,000 patterns. `prefilter` is of `signatures`. All errors where there is one: in
// every signature whose pcre Hyperscan cannot take, even as a superset.
[[nodiscard]] tl::expected<Databases, std::vector<CompileError>> compile_databases(const SignatureList& signatures,
                                                                                   const Prefilter& prefilter);

}  // namespace sluice
