// The keywords of a rule that say something of the packet: flags, dsize, ttl ...
#pragma once

#include <span>
#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

class SignatureConditions {
 public:
  explicit SignatureConditions(RuleFaults& faults) : faults_(faults) {}

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these; else the signature has one more condition, or there is a fault.
  [[nodiscard]] bool read(const SignatureOption& option, Signature& signature);

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }
  void add(const SignatureOption& option, Signature& signature, SignatureCondition condition);
  void read_number(const SignatureOption& option, ConditionKind kind, std::uint64_t most, Signature& signature);
  void read_tcp_flags(const SignatureOption& option, Signature& signature);
  void read_fragment_bits(const SignatureOption& option, Signature& signature);
  void read_protocol(const SignatureOption& option, Signature& signature);
  void read_options(const SignatureOption& option, Signature& signature);

  RuleFaults& faults_;
};

}  // namespace sluice
