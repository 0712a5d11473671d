// The flow keyword of a rule: flow:established,to_server;
#pragma once

#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

class SignatureFlowWords {
 public:
  explicit SignatureFlowWords(RuleFaults& faults) : faults_(faults) {}

  void read(const SignatureOption& option, SignatureFlow& flow);

 private:
  void read_word(std::string_view word, std::size_t at, SignatureFlow& flow);
  void contradiction(std::string_view word, std::size_t at);

  RuleFaults& faults_;
  bool seen_ = false;
  bool state_seen_ = false;
};

}  // namespace sluice
