// The keywords of a rule that say what it is and who says so: msg, sid, rev, gid, classtype, reference, metadata,
// priority, target, requires.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "rules/facts/rule_facts.hh"
#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

class SignatureFacts {
 public:
  explicit SignatureFacts(RuleFaults& faults);

  [[nodiscard]] static std::span<const std::string_view> keywords() noexcept;
  // False where the keyword is none of these.
  [[nodiscard]] bool read(const SignatureOption& option);
  // Once all were read: the facts, whole where there is no fault.
  [[nodiscard]] RuleFacts finish(std::string_view list_name);

 private:
  void fail(std::size_t at, std::string message) { faults_.push_back({at, std::move(message)}); }
  void read_msg(const SignatureOption& option);
  void read_number(const SignatureOption& option, std::uint32_t& number, std::uint32_t low);
  void read_classtype(const SignatureOption& option);
  void read_priority(const SignatureOption& option);
  void read_reference(const SignatureOption& option);
  void read_target(const SignatureOption& option);
  void read_requires(const SignatureOption& option);
  void read_metadata(const SignatureOption& option);
  void read_pair(std::string_view key, std::size_t key_at, std::string_view value, std::size_t value_at);

  RuleFaults& faults_;
  RuleFacts facts_;
  std::string references_;
  std::set<std::string_view, std::less<>> seen_;  // keywords, and facts of the metadata
  std::size_t last_verified_at_ = 0;
};

}  // namespace sluice
