// The keywords of a rule that read or change what earlier matches left behind, or say how often it is reported:
// flowbits, flowint, xbits, threshold, detection_filter.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

class SignatureStateWords {
 public:
  explicit SignatureStateWords(RuleFaults& faults) : faults_(faults) {}

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these.
  [[nodiscard]] bool read(const SignatureOption& option, Signature& signature);

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }
  void add(const SignatureOption& option, Signature& signature, SignatureCondition condition);
  void read_flow_bits(const SignatureOption& option, Signature& signature);
  void read_flow_number(const SignatureOption& option, Signature& signature);
  void read_host_bits(const SignatureOption& option, Signature& signature);
  void read_threshold(const SignatureOption& option, Signature& signature);

  RuleFaults& faults_;
};

}  // namespace sluice
