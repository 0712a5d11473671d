#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>

#include "control/commands/command.hh"
#include "control/packs/pack_sources.hh"
#include "rules/lint/lint_warning.hh"

namespace sluice {
namespace {

// Warnings of one kind about one list that are written out; further ones are counted.
constexpr std::size_t shown_of_a_kind = 10;

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> shared_hosting;
  std::vector<std::string> popular;
  bool strict = false;
  bool skip_unsupported = false;
};

using AddReference = std::vector<ListError> (*)(std::string_view, const std::string&, LintReference&);

bool read_reference(const std::vector<std::string>& paths, AddReference add, LintReference& reference) {
  bool good = true;
  for (const auto& path : paths) {
    const auto text = read_list_file(path);
    auto errors = text ? add(*text, path, reference) : std::vector{text.error()};
    for (const auto& error : errors) fmt::print(stderr, "{}\n", error.text());
    good = good && errors.empty();
  }
  return good;
}

std::string_view words_of(LintConcern concern) {
  switch (concern) {
    case LintConcern::shared_hosting: return "addresses in shared hosting";
    case LintConcern::public_suffix: return "public suffixes";
    case LintConcern::shared_parent: return "names below which many parties have theirs";
    case LintConcern::popular: return "popular names";
    case LintConcern::unseen: return "rows unseen for 18 months";
  }
  return "";
}

void print_warnings(const std::vector<LintWarning>& warnings) {
  std::map<std::pair<std::string, LintConcern>, std::size_t> counts;
  for (const auto& warning : warnings)
    if (++counts[{warning.list, warning.concern}] <= shown_of_a_kind) fmt::print(stderr, "warning: {}\n", warning.text);
  for (const auto& [key, count] : counts)
    if (count > shown_of_a_kind)
      fmt::print(stderr, "warning: {}: {} {} in all, of which {} are listed\n", key.first, count, words_of(key.second),
                 shown_of_a_kind);
}

Exit run_lint(const Arguments& arguments) {
  LintReference reference;
  bool good = read_reference(arguments.shared_hosting, add_shared_hosting, reference);
  good = read_reference(arguments.popular, add_popular, reference) && good;
  const auto read = read_rule_sources(arguments.files, arguments.skip_unsupported);
  for (const auto& error : read.errors) fmt::print(stderr, "{}\n", error);
  if (!read.errors.empty() || !good) return Exit::usage;
  for (const auto& note : read.notes) fmt::print(stderr, "{}\n", note);
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto warnings = lint_warnings(read.rules.indicators, reference, today);
  print_warnings(warnings);
  const bool fails = arguments.strict && !warnings.empty();
  const auto exceptions = read.exceptions == 0 ? "" : fmt::format(", {} exceptions", read.exceptions);
  fmt::print("{} files, {} indicators, {} signatures{}: {}\n", read.sources.size(), read.rules.indicators.size(),
             read.rules.signatures.size(), exceptions,
             warnings.empty() ? "good" : fmt::format("{} warnings", warnings.size()));
  if (read.left_out > 0) fmt::print("{} signatures left out\n", read.left_out);
  return fails ? Exit::usage : Exit::ok;
}

}  // namespace

void add_rules_lint_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* lint = rules.add_subcommand(
      "lint", "Say all that is wrong with indicator lists and exceptions (.csv) and signatures (.rules)");
  lint->footer(
      "Warns of rows that are right in their form and may match what nobody meant: public suffixes and names below\n"
      "which many parties have theirs (dynamic DNS, hosting), rows last verified more than 18 months ago; with a file\n"
      "for it, of addresses in shared hosting and of popular names. Warnings do not fail without --strict.");
  lint->add_option("files", arguments->files, "Lists and signature files")->required()->type_name("FILE");
  lint->add_option("--shared-hosting", arguments->shared_hosting,
                   "Ranges where hosts of many parties lie: a prefix or address a line; may be given several times")
      ->type_name("F")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  lint->add_option("--popular", arguments->popular,
                   "Names that everybody visits: a name, or RANK,NAME, a line; may be given several times")
      ->type_name("F")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  lint->add_flag("--skip-unsupported", arguments->skip_unsupported,
                 "Leave signatures out that cannot be read, and say which and why");
  lint->add_flag("--strict", arguments->strict, "Fail on warnings, too");
  lint->callback([arguments, &run] { run = [arguments] { return run_lint(*arguments); }; });
}

}  // namespace sluice
