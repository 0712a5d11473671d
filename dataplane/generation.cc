#include "dataplane/generation.hh"

#include <algorithm>

namespace sluice {
namespace {

bool looks_into_body(const SignaturePart& part) {
  return (part.content && part.content->buffer == Buffer::http_request_body) ||
         (part.pcre && part.pcre->buffer == Buffer::http_request_body);
}

}  // namespace

tl::expected<std::unique_ptr<Generation>, std::string> make_generation(const RuleList& rules,
                                                                       const Databases& databases, std::uint32_t number,
                                                                       std::uint32_t workers) {
  std::unique_ptr<Generation> generation{new Generation{Ruleset{rules, number}, 0, nullptr, {}, {}}};
  generation->first_signature_row = static_cast<std::uint32_t>(rules.indicators.size());
  if (rules.signatures.empty()) return generation;

  auto signatures = SignatureSet::build(rules.signatures, databases);
  if (!signatures) return tl::unexpected(signatures.error());
  generation->signatures = std::move(*signatures);
  for (const auto& signature : rules.signatures)
    generation->reads_body.push_back(std::any_of(signature.parts.begin(), signature.parts.end(), looks_into_body));
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    auto scratch = generation->signatures->make_scratch();
    if (!scratch) return tl::unexpected(scratch.error());
    generation->scratch.push_back(std::move(*scratch));
  }
  return generation;
}

}  // namespace sluice
