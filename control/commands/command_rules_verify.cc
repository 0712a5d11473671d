#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "control/commands/command.hh"
#include "control/packs/key_options.hh"
#include "control/packs/manifest_file.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

struct Arguments {
  std::string path;
  std::vector<std::string> packs;
  KeyringSources keys;
};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

using Outcome = tl::expected<void, std::string>;

void say_good(const std::string& path, const std::string& release, const std::optional<std::string>& comment) {
  fmt::print("{}: good: {} ({})\n", path, release, shown_text(comment.value_or("")));
}

Outcome verify_pack(const std::string& path, const Keyring& keys, ManifestPack& entry) {
  const auto file = load_pack_file(path, keys);
  if (!file) return tl::unexpected(file.error());
  const auto& info = file->pack.info;
  if (info.expires_ns != 0 && now_ns() >= info.expires_ns)
    return tl::unexpected(
        fmt::format("{}: it has expired on {}: fetch a newer one", path, moment_text(info.expires_ns)));
  entry = manifest_entry(info, file->digest);
  say_good(path, release_text(info), file->trusted_comment);
  return {};
}

Outcome verify_manifest(const Arguments& arguments, const Keyring& keys) {
  const auto file = load_manifest_file(arguments.path, keys);
  if (!file) return tl::unexpected(file.error());
  const auto program = parse_program_version(SLUICE_VERSION);
  if (const auto why = objection_to(file->manifest, now_ns(), program.value_or(ProgramVersion{})); !why.empty())
    return tl::unexpected(fmt::format("{}: {}", arguments.path, why));
  std::vector<ManifestPack> packs(arguments.packs.size());
  for (std::size_t i = 0; i < packs.size(); ++i)
    if (auto good = verify_pack(arguments.packs[i], keys, packs[i]); !good) return good;
  if (!packs.empty())
    if (const auto why = mismatch_of(file->manifest, packs); !why.empty())
      return tl::unexpected(fmt::format("{}: {}", arguments.path, why));
  say_good(arguments.path, release_text(file->manifest), file->trusted_comment);
  return {};
}

Exit run_verify(const Arguments& arguments) {
  const auto keys = load_keyring(arguments.keys);
  Outcome good;
  if (!keys) {
    good = tl::unexpected(keys.error());
  } else if (is_manifest_file(arguments.path)) {
    good = verify_manifest(arguments, *keys);
  } else if (!arguments.packs.empty()) {
    good = tl::unexpected(arguments.path + ": is no manifest, and packs were named beside it: name its manifest first");
  } else {
    ManifestPack entry;
    good = verify_pack(arguments.path, *keys, entry);
  }
  if (good) return Exit::ok;
  fmt::print(stderr, "sluice: {}\n", good.error());
  return Exit::failed;
}

}  // namespace

void add_rules_verify_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("verify", "Check a pack, or a manifest and its packs, as a tap would");
  command->footer(
      "Status 1 where signatures are missing, altered, of other keys, of revoked ones or too few; where it has "
      "expired\n"
      "or needs a newer Sluice; and where the packs that are named are not all of the manifest, and no others. Only a\n"
      "tap knows which sequence it has seen.");
  command->add_option("file", arguments->path, "Pack or manifest, with its signatures beside it as FILE.minisig")
      ->required()
      ->type_name("FILE");
  command->add_option("packs", arguments->packs, "All packs of the manifest")->type_name("PACK");
  add_key_options(*command, arguments->keys);
  command->get_option("--trusted-key")->required();
  command->callback([arguments, &run] { run = [arguments] { return run_verify(*arguments); }; });
}

}  // namespace sluice
