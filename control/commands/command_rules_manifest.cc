#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "control/commands/command.hh"
#include "control/packs/manifest_file.hh"
#include "control/packs/release_file.hh"
#include "control/packs/signing_key.hh"
#include "rules/text/list_file.hh"

namespace sluice {
namespace {

struct Arguments {
  Manifest manifest;
  ReleaseDates dates;
  std::string program = SLUICE_VERSION;
  SigningKey key;
  std::string output;
  std::vector<std::string> packs;
};

Exit refuse(std::string_view error, Exit status) {
  fmt::print(stderr, "sluice: {}\n", error);
  return status;
}

// The error says which option is wrong.
std::optional<std::string> read_options(Arguments& arguments) {
  auto& manifest = arguments.manifest;
  if (!is_list_id(manifest.name))
    return fmt::format("--name \"{}\": use letters, digits, '.', '_' and '-', {} at most", manifest.name,
                       list_id_size_limit);
  const auto program = parse_program_version(arguments.program);
  if (!program) return fmt::format("--program \"{}\" is no version of the form 0.1.0", arguments.program);
  manifest.program = *program;
  return arguments.dates.read(manifest.created_ns, manifest.expires_ns);
}

std::optional<std::string> read_packs(Arguments& arguments) {
  auto& packs = arguments.manifest.packs;
  for (const auto& path : arguments.packs) {
    const auto file = load_pack_file(path, {});
    if (!file) return file.error();
    const auto& info = file->pack.info;
    if (std::ranges::find(packs, info.name, &ManifestPack::name) != packs.end())
      return fmt::format("{}: a second pack \"{}\": name one of the two", path, info.name);
    packs.push_back(manifest_entry(info, file->digest));
  }
  std::ranges::sort(packs, {}, &ManifestPack::name);
  return std::nullopt;
}

Exit run_manifest(Arguments& arguments) {
  if (const auto error = read_options(arguments)) return refuse(*error, Exit::usage);
  if (const auto error = read_packs(arguments)) return refuse(*error, Exit::failed);
  const auto text = write_manifest(arguments.manifest);
  if (const auto proof = read_manifest(text); !proof)  // what no tap would take is not published
    return refuse("the manifest would be refused: " + proof.error(), Exit::usage);
  std::string signature;
  if (arguments.key.is_given()) {
    const auto key = arguments.key.load();
    if (!key) return refuse(key.error(), Exit::failed);
    auto made =
        key->sign({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, release_text(arguments.manifest));
    if (!made) return refuse(made.error(), Exit::failed);
    signature = std::move(*made);
  }
  const auto beside = signature_path(arguments.output);
  if (const auto error = replace_file(arguments.output, text)) return refuse(*error, Exit::failed);
  if (!signature.empty()) {
    if (const auto error = replace_file(beside, signature)) return refuse(*error, Exit::failed);
  }
  fmt::print("{}: {}: {} packs\n", arguments.output, release_text(arguments.manifest), arguments.manifest.packs.size());
  if (std::error_code ignored; signature.empty() && std::filesystem::exists(beside, ignored))
    fmt::print(stderr, "sluice: {} is the signature of an older manifest: sign this one anew\n", beside);
  return Exit::ok;
}

}  // namespace

void add_rules_manifest_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      rules.add_subcommand("manifest", "Make the manifest of a ruleset: the packs that a tap runs together");
  command->footer(
      "Names each pack with channel, sequence and SHA-256. A tap takes packs and manifest together or not at all, and\n"
      "no manifest of a lower sequence. `sluice rules sign` adds signatures, `sluice rules verify` checks them, and\n"
      "`sluice push --manifest F PACK...` sends all of it.");
  command->add_option("packs", arguments->packs, "Packs of the ruleset, as `sluice rules compile` writes them")
      ->required()
      ->expected(1, static_cast<int>(manifest_pack_limit))
      ->type_name("PACK");
  command->add_option("--name", arguments->manifest.name, "Name of the ruleset")->required()->type_name("N");
  command->add_option("--sequence", arguments->manifest.sequence, "Number of this release, higher than the one before")
      ->required()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62U))
      ->type_name("S");
  arguments->dates.add_options(*command, "manifest");
  command->add_option("--program", arguments->program, "The oldest Sluice that may run this ruleset")
      ->type_name("V")
      ->capture_default_str();
  arguments->key.add_options(*command, false);
  command->add_option("--output", arguments->output, "Where the manifest is written")->required()->type_name("F");
  command->callback([arguments, &run] { run = [arguments] { return run_manifest(*arguments); }; });
}

}  // namespace sluice
