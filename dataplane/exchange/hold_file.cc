#include "dataplane/exchange/hold_file.hh"

#include <algorithm>
#include <utility>

#include "rules/text/list_file.hh"

namespace sluice {

bool is_held_rule(std::string_view text) noexcept {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto id = text.substr(slash + 1);
  return is_list_id(text.substr(0, slash)) && (id == "*" || is_list_id(id));
}

RuleIds::RuleIds(std::vector<std::string> rules) : rules_(std::move(rules)) {
  std::ranges::sort(rules_);
  rules_.erase(std::unique(rules_.begin(), rules_.end()), rules_.end());
}

bool RuleIds::means(std::string_view rule_id) const {
  if (rules_.empty()) return false;
  if (std::ranges::binary_search(rules_, rule_id, std::less<>{})) return true;
  const auto all = std::string{rule_id.substr(0, rule_id.find('/'))} + "/*";
  return std::ranges::binary_search(rules_, all);
}

bool RuleIds::may_mean_some_of(std::string_view list) const {
  const auto prefix = std::string{list} + "/";
  const auto first = std::ranges::lower_bound(rules_, prefix);
  return first != rules_.end() && first->starts_with(prefix);
}

std::string encode_hold_file(const RuleIds& rules) {
  std::string text;
  for (const auto& rule : rules.rules()) (text += rule) += '\n';
  return text;
}

tl::expected<RuleIds, std::string> decode_hold_file(Bytes file) {
  if (file.size() > hold_file_size_limit) return tl::unexpected(std::string{"the list of held rules is too large"});
  auto rest = as_text(file);
  std::vector<std::string> rules;
  while (!rest.empty()) {
    const auto number = std::to_string(rules.size() + 1);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos)
      return tl::unexpected("line " + number + " of the list of held rules has no end");
    if (rules.size() == held_rules_limit)
      return tl::unexpected("more than " + std::to_string(held_rules_limit) + " rules are to be held");
    const auto rule = rest.substr(0, end);
    if (!is_held_rule(rule))
      return tl::unexpected("line " + number + " of the list of held rules is no id such as LIST/ID or LIST/*");
    rules.emplace_back(rule);
    rest.remove_prefix(end + 1);
  }
  return RuleIds{std::move(rules)};
}

}  // namespace sluice
