// Everything that one load of the rules brought: immutable but for the workers' scratch, shared by all workers, swapped
// by pointer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/mode.hh"
#include "dataplane/sets/ruleset.hh"
#include "dataplane/signatures/payload_window.hh"
#include "dataplane/signatures/signature_set.hh"
#include "rules/databases/databases.hh"
#include "rules/facts/rule_list.hh"

namespace sluice {

// What people call a signature.
struct RuleLabel {
  std::string rule_id;
  std::string subject;  // its msg
  std::string file;     // where it was written; empty where nobody knows
  std::uint32_t line = 0;
  std::uint32_t sid = 0;
  SignatureAction action{};
};

struct Generation {
  Ruleset ruleset;
  std::uint32_t first_signature_row = 0;           // rows of signatures follow those of the indicators
  std::unique_ptr<const SignatureSet> signatures;  // null where no rule is a signature
  // By worker number; each is written by its own worker alone. Empty without signatures.
  std::vector<std::unique_ptr<SignatureScratch>> scratch;
  std::vector<RuleLabel> labels{};  // of the signatures
  std::optional<Policy> policy{};   // unset: that of the generation before, at first that of the pipeline's options

  [[nodiscard]] std::uint32_t number() const noexcept { return ruleset.generation(); }
};

// Nothing of the rules is kept. `streams`: directions of clear text that a worker may follow. `databases` are those
// compiled from the signatures; not looked at where there is none. The error is that of SignatureSet::build().
[[nodiscard]] tl::expected<std::unique_ptr<Generation>, std::string> make_generation(
    const RuleRows& rules, const Databases& databases, std::uint32_t number, std::uint32_t workers,
    std::uint32_t streams = default_payload_windows);
[[nodiscard]] tl::expected<std::unique_ptr<Generation>, std::string> make_generation(
    const RuleList& rules, const Databases& databases, std::uint32_t number, std::uint32_t workers,
    std::uint32_t streams = default_payload_windows);

}  // namespace sluice
