#include "control/packs/rule_trial.hh"

#include <fmt/format.h>

#include <filesystem>
#include <unordered_map>

#include "control/packs/example_run.hh"
#include "control/packs/rule_examples.hh"
#include "control/replay/replay_databases.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

class Trial {
 public:
  Trial(const RuleList& rules, const Generation& generation) : rules_(&rules), run_(generation) {
    for (std::size_t row = 0; row < rules.size(); ++row) rows_.emplace(rules.facts(row).rule_id, row);
    tried_.resize(rules.size());
  }

  void take(const ExampleFile& file) {
    if (file.path.empty()) return derive(file.list);
    const auto text = read_list_file(file.path);
    if (!text) return out_.failures.push_back(text.error().text());
    const auto read = parse_rule_examples(*text, file.path);
    for (const auto& error : read.errors) out_.failures.push_back(error.text());
    for (const auto& example : read.examples) try_one(file.list, example, file.path);
  }

  RuleTrial end(bool must_have) {
    for (std::size_t row = 0; row < tried_.size(); ++row) {
      const auto& tried = tried_[row];
      if (tried.matches || tried.others) ++out_.rules;
      if (!must_have || (tried.matches && tried.others)) continue;
      out_.failures.push_back(fmt::format("{}: has no example {}", rules_->facts(row).rule_id,
                                          !tried.matches && !tried.others ? "at all"
                                          : tried.others                  ? "that it must match"
                                                                          : "that it must not match"));
    }
    return std::move(out_);
  }

 private:
  struct Tried {
    bool matches = false;
    bool others = false;
  };

  void derive(const std::string& list) {
    for (const auto& row : rules_->indicators)
      if (row.facts.rule_id.starts_with(list + "/"))
        for (const auto& example : derived_examples(row)) try_one(list, example, list);
  }

  void try_one(const std::string& list, const RuleExample& example, const std::string& where) {
    ++out_.examples;
    const auto place = example.line == 0 ? where : fmt::format("{}:{}", where, example.line);
    const auto found = rows_.find(list + "/" + example.rule);
    if (found == rows_.end())
      return out_.failures.push_back(fmt::format("{}: there is no rule {}/{}: remove its example, or restore it", place,
                                                 list, stored_text(example.rule)));
    const auto hit = run_.rows_hit(example.conversation);
    if (!hit) return out_.failures.push_back(fmt::format("{}: {}", place, hit.error()));
    auto& tried = tried_[found->second];
    (example.matches ? tried.matches : tried.others) = true;
    if (hit->contains(static_cast<std::uint32_t>(found->second)) == example.matches) return;
    out_.failures.push_back(fmt::format("{}: {}/{} {}: {}", place, list, example.rule,
                                        example.matches ? "does not match what it must" : "matches what it must not",
                                        stored_text(example.words)));
  }

  const RuleList* rules_;
  ExampleRun run_;
  std::unordered_map<std::string, std::size_t> rows_;
  std::vector<Tried> tried_;
  RuleTrial out_;
};

}  // namespace

std::optional<std::string> examples_beside(const std::string& path) {
  const auto beside = fs::path{path}.replace_extension(".examples");
  std::error_code ignored;
  return fs::is_regular_file(beside, ignored) ? std::optional{beside.string()} : std::nullopt;
}

RuleTrial try_rules(const RuleList& rules, const std::vector<ExampleFile>& files, bool must_have) {
  if (files.empty() && !must_have) return {};
  const auto databases = replay_databases(rules.signatures, {});
  if (!databases) return {0, 0, {databases.error()}};
  const auto generation = make_generation(rules, *databases, 1, 1, ExampleRun::streams);
  if (!generation) return {0, 0, {generation.error()}};
  Trial trial{rules, **generation};
  for (const auto& file : files) trial.take(file);
  return trial.end(must_have);
}

}  // namespace sluice
