// The keywords of a rule that say something of the flow, or of what was met with in it: flow.pkts, stream_size,
// app-layer-protocol, and the events.
#pragma once

#include <span>
#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/anomaly.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

class SignatureFlowConditions {
 public:
  explicit SignatureFlowConditions(RuleFaults& faults) : faults_(faults) {}

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these; else the signature has one more condition, or there is a fault.
  [[nodiscard]] bool read(const SignatureOption& option, Signature& signature);

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }
  void add(const SignatureOption& option, Signature& signature, SignatureCondition condition);
  void read_flow_count(const SignatureOption& option, ConditionKind kind, Signature& signature);
  void read_old_flow_count(const SignatureOption& option, Signature& signature);
  void read_stream_size(const SignatureOption& option, Signature& signature);
  void read_event(const SignatureOption& option, ConditionKind kind, AnomalyLayer layer, Signature& signature);
  void read_application(const SignatureOption& option, Signature& signature);

  RuleFaults& faults_;
};

}  // namespace sluice
