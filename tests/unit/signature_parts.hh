// Signatures as tests of patterns need them: only what is looked for.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rules/signatures/signature.hh"

inline sluice::Content content(std::string_view bytes, sluice::Buffer buffer = sluice::Buffer::payload) {
  sluice::Content content;
  content.buffer = buffer;
  content.bytes = bytes;
  return content;
}

inline sluice::Content nocase(sluice::Content content) {
  content.nocase = true;
  return content;
}

inline sluice::Pcre pcre(std::string_view expression, sluice::Buffer buffer = sluice::Buffer::payload) {
  sluice::Pcre pcre;
  pcre.buffer = buffer;
  pcre.expression = expression;
  return pcre;
}

template <typename... Parts>
sluice::Signature signature(std::uint32_t sid, Parts... parts) {
  sluice::Signature signature;
  signature.facts.rule_id = "test/" + std::to_string(sid);
  signature.facts.subject = "a test";
  signature.facts.kind = sluice::RuleKind::signature;
  signature.facts.finding_class = sluice::FindingClass::telemetry;
  signature.facts.confidence = sluice::Confidence::medium;
  signature.facts.tlp = "clear";
  signature.facts.generator_id = 1;
  signature.facts.signature_id = sid;
  signature.text = "alert tcp any any -> any any (msg:\"a test\"; sid:" + std::to_string(sid) + ";)";
  signature.protocol = sluice::SignatureProtocol::tcp;
  [[maybe_unused]] const auto add = [&signature](auto part) {
    sluice::SignaturePart added;
    if constexpr (std::is_same_v<decltype(part), sluice::Content>)
      added.content = std::move(part);
    else
      added.pcre = std::move(part);
    signature.parts.push_back(std::move(added));
  };
  (add(std::move(parts)), ...);
  return signature;
}
