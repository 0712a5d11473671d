#include "rules/lint/lint_warning.hh"

#include <fmt/format.h>
#include <libpsl.h>

#include <memory>
#include <optional>

#include "rules/text/date.hh"

namespace sluice {
namespace {

class Linter {
 public:
  Linter(const LintReference& reference, std::chrono::sys_days today) : reference_(&reference), today_(today) {}

  void look_at(const Indicator& row) {
    const auto kind = row.facts.kind;
    if (kind == RuleKind::domain || kind == RuleKind::host) look_at_name(row);
    if (kind == RuleKind::ip || kind == RuleKind::cidr) {
      if (const auto* range = reference_->hosting_of(row.range.first); range != nullptr)
        warn(row, LintConcern::shared_hosting,
             fmt::format("lies in {} to {}, where hosts of many parties are: a hit may be on any of them",
                         range->first.text(), range->last.text()));
    }
    look_at_age(row);
  }

  [[nodiscard]] std::vector<LintWarning> take() { return std::move(warnings_); }

 private:
  void warn(const Indicator& row, LintConcern concern, const std::string& what) {
    const auto& id = row.facts.rule_id;
    warnings_.push_back({concern, id.substr(0, id.find('/')), fmt::format("{}: {} {}", id, row.facts.subject, what)});
  }

  void look_at_name(const Indicator& row) {
    const bool with_below = row.facts.kind == RuleKind::domain;
    const auto is_suffix = [&](int type) {
      return suffixes_ != nullptr && psl_is_public_suffix2(suffixes_.get(), row.name.c_str(), type) != 0;
    };
    // One label alone is refused elsewhere; the default rule "*" of the list is not meant here.
    if (is_suffix(PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)) {
      warn(row, LintConcern::public_suffix,
           with_below ? "is a public suffix: every name that anybody registers below it matches"
                      : "is a public suffix: name the host that is meant");
    } else if (is_suffix(PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE)) {
      warn(row, LintConcern::shared_parent,
           with_below ? "is a name below which many parties have theirs (dynamic DNS, hosting): all of them match"
                      : "is the site of a service below which many parties have names: name the one that is meant");
    }
    const auto popular = reference_->popular.find(row.name);
    if (popular != reference_->popular.end() && (with_below || popular->second == row.name))
      warn(row, LintConcern::popular,
           popular->second == row.name ? "stands in the list of popular names"
                                       : fmt::format("matches {}, of the list of popular names", popular->second));
  }

  void look_at_age(const Indicator& row) {
    const auto seen = parse_date(row.facts.last_verified);
    if (seen && today_ - *seen > unseen_limit)
      warn(row, LintConcern::unseen,
           fmt::format("was last verified on {}, more than 18 months ago", row.facts.last_verified));
  }

  const LintReference* reference_;
  std::chrono::sys_days today_;
  std::unique_ptr<psl_ctx_t, void (*)(psl_ctx_t*)> suffixes_{psl_latest(nullptr), psl_free};
  std::vector<LintWarning> warnings_;
};

}  // namespace

std::vector<LintWarning> lint_warnings(const IndicatorList& rows, const LintReference& reference,
                                       std::chrono::sys_days today) {
  Linter linter{reference, today};
  for (const auto& row : rows) linter.look_at(row);
  return linter.take();
}

}  // namespace sluice
