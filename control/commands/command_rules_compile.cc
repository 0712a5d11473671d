#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "control/commands/command.hh"
#include "control/packs/manifest_file.hh"
#include "control/packs/pack_sources.hh"
#include "control/packs/release_file.hh"
#include "control/packs/rule_trial.hh"
#include "control/packs/signing_key.hh"
#include "rules/pack/pack_view.hh"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

struct Arguments {
  PackInfo info;
  ReleaseDates dates;
  SigningKey key;
  std::string output;
  bool skip_unsupported = false;
  std::vector<std::string> sources;
};

Exit refuse(std::string_view error, Exit status) {
  fmt::print(stderr, "sluice: {}\n", error);
  return status;
}

// Names and times of the pack; the error says which option is wrong.
std::optional<std::string> read_info(Arguments& arguments) {
  auto& info = arguments.info;
  for (const auto& [option, text] : {std::pair{"--name", &info.name}, {"--channel", &info.channel}})
    if (!is_list_id(*text))
      return fmt::format("{} \"{}\": use letters, digits, '.', '_' and '-', {} at most", option, *text,
                         list_id_size_limit);
  return arguments.dates.read(info.created_ns, info.expires_ns);
}

// Those that stand beside the sources: what a rule's own example contradicts makes no pack.
std::vector<ExampleFile> example_files(const Arguments& arguments) {
  std::vector<std::string> paths;
  for (const auto& source : arguments.sources)
    if (auto beside = examples_beside(source)) paths.push_back(std::move(*beside));
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<ExampleFile> files;
  for (auto& path : paths) files.push_back({arguments.info.name, std::move(path)});
  return files;
}

Exit run_compile(Arguments& arguments) {
  if (const auto error = read_info(arguments)) return refuse(*error, Exit::usage);
  std::optional<MinisignSecretKey> key;
  if (arguments.key.is_given()) {
    auto loaded = arguments.key.load();
    if (!loaded) return refuse(loaded.error(), Exit::failed);
    key = std::move(*loaded);
  }
  auto read = read_pack_sources(arguments.sources, arguments.info.name, arguments.skip_unsupported);
  for (const auto& error : read.errors) fmt::print(stderr, "{}\n", error);
  if (!read.errors.empty()) return Exit::usage;
  for (const auto& note : read.notes) fmt::print(stderr, "{}\n", note);
  const auto trial = try_rules(read.rules, example_files(arguments), false);
  for (const auto& failure : trial.failures) fmt::print(stderr, "{}\n", failure);
  if (!trial.failures.empty()) return Exit::usage;
  if (read.left_out > 0) fmt::print(stderr, "sluice: {} signatures were left out\n", read.left_out);
  arguments.info.sources = std::move(read.sources);
  const auto silent = std::ranges::count_if(read.rules.indicators, [](const Indicator& row) {
    return breaks_of(row.facts.breaks) == Breaks::unknown && row.facts.confidence != Confidence::defined;
  });
  const auto bytes = write_pack({arguments.info, std::move(read.rules)});
  const auto view = PackView::open(bytes);
  const auto proof = view ? view->check() : tl::unexpected(view.error());  // what no tap would take is not published
  if (!proof) return refuse(fmt::format("the pack would be refused: {}", proof.error()), Exit::usage);

  std::string signature;
  if (key) {
    auto made = key->sign(bytes, release_text(arguments.info));
    if (!made) return refuse(made.error(), Exit::failed);
    signature = std::move(*made);
  }
  const auto beside = signature_path(arguments.output);
  if (const auto error = replace_file(arguments.output, bytes)) return refuse(*error, Exit::failed);
  if (key) {
    if (const auto error = replace_file(beside, signature)) return refuse(*error, Exit::failed);
  }
  fmt::print("{}: {}: {} indicators, {} signatures, SHA-256 {}\n", arguments.output, release_text(arguments.info),
             view->indicators(), view->signatures(), pack_digest(bytes));
  if (silent > 0)
    fmt::print(
        "{} of its rows do not say what breaks when they are blocked (column breaks): a tap observes them, unless "
        "a line of its policy blocks them\n",
        silent);
  if (key)
    fmt::print("{}: signed with key {}\n", beside, text_of(key->public_key().id));
  else if (std::error_code ignored; std::filesystem::exists(beside, ignored))
    fmt::print(stderr, "sluice: {} is the signature of an older pack: sign this one anew\n", beside);
  return Exit::ok;
}

}  // namespace

void add_rules_compile_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  arguments->info.channel = "stable";
  auto* command = rules.add_subcommand("compile", "Make a pack of lists and signatures, and sign it");
  command->footer(
      "The ids of the rules begin with the pack's name. With --secret-key the signature is written beside the pack, "
      "as\n"
      "P.minisig; `minisign -Sm P` signs it as well, on a machine that has the key. `minisign -G` makes keys.\n"
      "The same sources, options and --created give the same pack, byte for byte. Examples that stand beside a "
      "source,\n"
      "in NAME.examples, are tried first; see `sluice rules test`.");
  command->add_option("sources", arguments->sources, "Indicator lists (.csv) and signatures (.rules)")
      ->required()
      ->type_name("SOURCE");
  command->add_flag("--skip-unsupported", arguments->skip_unsupported,
                    "Leave signatures out that cannot be read, and say which and why");
  command->add_option("--name", arguments->info.name, "Name of the pack")->required()->type_name("N");
  command->add_option("--channel", arguments->info.channel, "Whom this release is for")
      ->type_name("C")
      ->capture_default_str();
  command->add_option("--sequence", arguments->info.sequence, "Number of this release, higher than the one before")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62U))
      ->type_name("S");
  arguments->dates.add_options(*command, "pack");
  arguments->key.add_options(*command, false);
  command->add_option("--output", arguments->output, "Where the pack is written")->required()->type_name("P");
  command->callback([arguments, &run] { run = [arguments] { return run_compile(*arguments); }; });
}

}  // namespace sluice
