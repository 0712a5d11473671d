#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>

#include "control/commands/command.hh"
#include "control/packs/pack_file.hh"
#include "control/packs/pack_sources.hh"
#include "control/packs/rule_files.hh"
#include "control/packs/rule_trial.hh"

namespace sluice {
namespace {

struct Arguments {
  std::vector<std::string> paths;
  std::vector<std::string> examples;
};

struct Subject {
  RuleList rules;
  std::vector<ExampleFile> files;
  std::vector<std::string> errors;
};

// One entry a list, though a list of rows and signatures of one name may share a file of examples.
void add_file(Subject& subject, const std::string& list, const std::string& path) {
  const auto same = [&](const ExampleFile& file) { return file.list == list && file.path == path; };
  if (std::ranges::none_of(subject.files, same)) subject.files.push_back({list, path});
}

Subject read_subject(const Arguments& arguments) {
  Subject subject;
  std::vector<std::string> sources;
  for (const auto& path : arguments.paths) {
    if (std::filesystem::path{path}.extension() != ".slpk") {
      sources.push_back(path);
      continue;
    }
    auto file = load_pack_file(path, {});
    if (!file) {
      subject.errors.push_back(file.error());
      continue;
    }
    add_file(subject, file->pack.info.name, examples_beside(path).value_or(""));
    auto& rules = file->pack.rules;
    std::ranges::move(rules.indicators, std::back_inserter(subject.rules.indicators));
    std::ranges::move(rules.signatures, std::back_inserter(subject.rules.signatures));
  }
  auto read = read_rule_sources(sources);
  std::ranges::move(read.errors, std::back_inserter(subject.errors));
  std::ranges::move(read.rules.indicators, std::back_inserter(subject.rules.indicators));
  std::ranges::move(read.rules.signatures, std::back_inserter(subject.rules.signatures));
  for (const auto& path : sources)
    add_file(subject, std::filesystem::path{path}.stem().string(), examples_beside(path).value_or(""));
  if (arguments.examples.empty()) return subject;

  std::vector<ExampleFile> named;
  for (const auto& file : subject.files)
    for (const auto& path : arguments.examples) named.push_back({file.list, path});
  subject.files = std::move(named);
  return subject;
}

Exit run_test(Arguments& arguments) {
  if (arguments.paths.empty()) {
    const auto shipped = shipped_rules();
    arguments.paths = shipped.indicators;
    arguments.paths.insert(arguments.paths.end(), shipped.signatures.begin(), shipped.signatures.end());
  }
  const auto subject = read_subject(arguments);
  for (const auto& error : subject.errors) fmt::print(stderr, "{}\n", error);
  if (!subject.errors.empty()) return Exit::usage;
  const auto trial = try_rules(subject.rules, subject.files, true);
  for (const auto& failure : trial.failures) fmt::print(stderr, "{}\n", failure);
  fmt::print("{} of {} rules, {} examples: {}\n", trial.rules, subject.rules.size(), trial.examples,
             trial.failures.empty() ? "good" : fmt::format("{} failures", trial.failures.size()));
  return trial.failures.empty() ? Exit::ok : Exit::usage;
}

}  // namespace

void add_rules_test_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("test", "Try rules on their own examples, through the inspection itself");
  command->footer(
      "Examples of NAME.csv, NAME.rules and NAME.slpk stand in NAME.examples beside them; rules/README.md has the\n"
      "format. Where there is no such file, those of rows are derived from the rows. Every rule must have an example\n"
      "that it matches and one that it does not.");
  command
      ->add_option("sources", arguments->paths,
                   "Lists (.csv), signatures (.rules), packs (.slpk); default: all that ship")
      ->type_name("SOURCE");
  command
      ->add_option("--examples", arguments->examples, "File of examples, where it does not stand beside the one SOURCE")
      ->type_name("F.examples")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->callback([arguments, &run] { run = [arguments] { return run_test(*arguments); }; });
}

}  // namespace sluice
