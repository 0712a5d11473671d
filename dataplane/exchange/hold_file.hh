// The rules that the control plane wants held: alert only, whatever they would block. A file of text beside the
// command: an id of a rule a line, or NAME/* for all rules of a pack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"

namespace sluice {

constexpr std::size_t held_rules_limit = 4096;     // lines
constexpr std::size_t held_rule_size_limit = 257;  // bytes of a line: two names of 128, and what parts them
constexpr std::size_t hold_file_size_limit = held_rules_limit * (held_rule_size_limit + 1);

// Whether that is LIST/ID or LIST/*, of letters, digits, '.', '_' and '-'.
[[nodiscard]] bool is_held_rule(std::string_view text) noexcept;

// Rules by their ids, and all of a pack or list by NAME/*.
class RuleIds {
 public:
  RuleIds() = default;
  // Each must be one that is_held_rule() takes.
  explicit RuleIds(std::vector<std::string> rules);

  [[nodiscard]] bool empty() const noexcept { return rules_.empty(); }
  [[nodiscard]] const std::vector<std::string>& rules() const noexcept { return rules_; }  // sorted, each once
  [[nodiscard]] bool means(std::string_view rule_id) const;
  // Whether a rule of that pack or list may be among them.
  [[nodiscard]] bool may_mean_some_of(std::string_view list) const;
  bool operator==(const RuleIds&) const = default;

 private:
  std::vector<std::string> rules_;
};

[[nodiscard]] std::string encode_hold_file(const RuleIds& rules);
// The error says which line is wrong, and how. An empty file holds nothing back.
[[nodiscard]] tl::expected<RuleIds, std::string> decode_hold_file(Bytes file);

}  // namespace sluice
