#include "dataplane/generation.hh"

namespace sluice {
namespace {

Buffer buffer_of(const SignaturePart& part) { return part.content ? part.content->buffer : part.pcre->buffer; }

// Of a rule that names no part of a message: the message itself.
Moments moments_of(SignatureProtocol protocol) {
  switch (protocol) {
    case SignatureProtocol::http: return when::request_head;
    case SignatureProtocol::tls:
    case SignatureProtocol::quic: return when::client_hello;
    default: return when::any;
  }
}

// What a head shows is not looked for again once its body has come.
Moments moments_of(const Signature& signature) {
  if (signature.parts.empty() && signature.numbers.empty()) return moments_of(signature.protocol);
  auto moments = when::any;
  for (const auto& part : signature.parts) moments &= moments_of(buffer_of(part));
  for (const auto& number : signature.numbers) moments &= moments_of(number.number);
  if ((moments & when::request_head) != 0) moments &= static_cast<Moments>(~when::request_body);
  if ((moments & when::response_head) != 0) moments &= static_cast<Moments>(~when::response_body);
  return moments;
}

}  // namespace

tl::expected<std::unique_ptr<Generation>, std::string> make_generation(const RuleList& rules,
                                                                       const Databases& databases, std::uint32_t number,
                                                                       std::uint32_t workers, std::uint32_t streams) {
  std::unique_ptr<Generation> generation{new Generation{Ruleset{rules, number}, 0, nullptr, {}, when::none, {}}};
  generation->first_signature_row = static_cast<std::uint32_t>(rules.indicators.size());
  if (rules.signatures.empty()) return generation;

  auto signatures = SignatureSet::build(rules.signatures, databases);
  if (!signatures) return tl::unexpected(signatures.error());
  generation->signatures = std::move(*signatures);
  for (const auto& signature : rules.signatures) {
    generation->moments.push_back(moments_of(signature));
    generation->wanted_moments |= generation->moments.back();
  }
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    auto scratch = generation->signatures->make_scratch(streams);
    if (!scratch) return tl::unexpected(scratch.error());
    generation->scratch.push_back(std::move(*scratch));
  }
  return generation;
}

}  // namespace sluice
