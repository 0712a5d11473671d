#include "dataplane/match/generation.hh"

namespace sluice {

tl::expected<std::unique_ptr<Generation>, std::string> make_generation(const RuleRows& rules,
                                                                       const Databases& databases, std::uint32_t number,
                                                                       std::uint32_t workers, std::uint32_t streams) {
  Ruleset ruleset{rules, number};
  std::unique_ptr<Generation> generation{new Generation{std::move(ruleset), 0, nullptr, {}, {}, {}}};
  generation->first_signature_row = static_cast<std::uint32_t>(rules.indicators.size());
  if (rules.signatures.empty()) return generation;

  auto signatures = SignatureSet::build(rules.signatures, databases);
  if (!signatures) return tl::unexpected(signatures.error());
  generation->signatures = std::move(*signatures);
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    auto scratch = generation->signatures->make_scratch(streams);
    if (!scratch) return tl::unexpected(scratch.error());
    generation->scratch.push_back(std::move(*scratch));
  }
  generation->labels.reserve(rules.signatures.size());
  for (const auto& signature : rules.signatures)
    generation->labels.push_back({signature.facts.rule_id, signature.facts.subject, signature.file,
                                  static_cast<std::uint32_t>(signature.line), signature.facts.signature_id,
                                  signature.action});
  return generation;
}

tl::expected<std::unique_ptr<Generation>, std::string> make_generation(const RuleList& rules,
                                                                       const Databases& databases, std::uint32_t number,
                                                                       std::uint32_t workers, std::uint32_t streams) {
  const ListedIndicators indicators{rules.indicators, rules.packed};
  return make_generation(RuleRows{indicators, rules.signatures, rules.exceptions, rules.policy}, databases, number,
                         workers, streams);
}

}  // namespace sluice
