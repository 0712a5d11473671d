// The keywords of a rule that set conditions on numbers of a message: dns.opcode:!0; tls.version:1.2;
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/message_number.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

struct PlacedNumber {
  NumberCondition condition;
  std::size_t at = 0;  // of the keyword in the rule
};

class SignatureNumbers {
 public:
  explicit SignatureNumbers(RuleFaults& faults) : faults_(faults) {}

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these.
  [[nodiscard]] bool read(const SignatureOption& option);
  // Once all were read.
  [[nodiscard]] std::vector<PlacedNumber> finish();

 private:
  void add(const SignatureOption& option, MessageNumber number, std::vector<IntegerTest> any_of);
  void refuse(const SignatureOption& option, std::string_view allowed);
  void read_integer(const SignatureOption& option, MessageNumber number, std::uint64_t maximum,
                    std::string_view allowed);
  void read_tls_version(const SignatureOption& option);
  void read_list(const SignatureOption& option, MessageNumber number, char separator);
  void read_named(const SignatureOption& option, MessageNumber number);
  void read_setting(const SignatureOption& option);
  void read_validity(const SignatureOption& option, MessageNumber number);

  RuleFaults& faults_;
  std::vector<PlacedNumber> numbers_;
};

}  // namespace sluice
