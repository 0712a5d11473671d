#include "dataplane/generation.hh"

#include <algorithm>

namespace sluice {
namespace {

bool looks_into_body(const SignaturePart& part) {
  const auto buffer = part.buffer();
  return buffer == Buffer::http_request_body || buffer == Buffer::http_response_body;
}

// A rule that only names what both have is one of requests, unless it says otherwise.
bool is_of_responses(const Signature& signature) {
  return std::any_of(signature.parts.begin(), signature.parts.end(), [&](const SignaturePart& part) {
    const auto buffer = part.buffer();
    const bool of_both = buffer == Buffer::http_header || buffer == Buffer::http_content_type;
    return is_of_response(buffer) || (of_both && signature.flow.way == SignatureFlow::Way::to_client);
  });
}

}  // namespace

tl::expected<std::unique_ptr<Generation>, std::string> make_generation(const RuleList& rules,
                                                                       const Databases& databases, std::uint32_t number,
                                                                       std::uint32_t workers, std::uint32_t streams) {
  std::unique_ptr<Generation> generation{new Generation{Ruleset{rules, number}, 0, nullptr, {}, {}, false, {}}};
  generation->first_signature_row = static_cast<std::uint32_t>(rules.indicators.size());
  if (rules.signatures.empty()) return generation;

  auto signatures = SignatureSet::build(rules.signatures, databases);
  if (!signatures) return tl::unexpected(signatures.error());
  generation->signatures = std::move(*signatures);
  for (const auto& signature : rules.signatures) {
    generation->reads_body.push_back(std::any_of(signature.parts.begin(), signature.parts.end(), looks_into_body));
    generation->reads_response.push_back(is_of_responses(signature));
    generation->wants_responses = generation->wants_responses || generation->reads_response.back();
  }
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    auto scratch = generation->signatures->make_scratch(streams);
    if (!scratch) return tl::unexpected(scratch.error());
    generation->scratch.push_back(std::move(*scratch));
  }
  return generation;
}

}  // namespace sluice
