#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/api/api_terms.hh"
#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/text/safe_text.hh"
#include "control/text/text_file.hh"
#include "rules/pack/manifest.hh"
#include "rules/pack/pack.hh"
#include "rules/signing/minisign_text.hh"

namespace sluice {
namespace {

struct Arguments {
  ControlAddress control;
  std::vector<std::string> packs;
  std::string signature;
  std::string manifest;
  bool dry_run = false;
  bool allow_rollback = false;
  bool only = false;
};

// A file that must be there.
tl::expected<std::string, std::string> content(const std::string& path, std::size_t limit, const char* remedy) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": no such file" + remedy);
  return std::move(**text);
}

std::string request_path(const Arguments& arguments) {
  return fmt::format("/v1/packs?dry_run={}&allow_rollback={}&only={}", arguments.dry_run, arguments.allow_rollback,
                     arguments.only);
}

void print(const std::string& path, const nlohmann::json& done, std::chrono::duration<double> took) {
  const auto& parts = done.at("microseconds");
  const auto milliseconds = [&](const char* part) { return parts.at(part).get<double>() / 1000.0; };
  const auto timings =
      fmt::format("verify {:.1f} ms, compile {:.1f} ms, build {:.1f} ms, publish {:.1f} ms", milliseconds("verify"),
                  milliseconds("compile"), milliseconds("build"), milliseconds("publish"));
  const auto digest = shown_text(done.at("ruleset_digest").get<std::string>());
  if (done.at("dry_run") == true)
    fmt::print("{}: good, nothing was changed; the ruleset would be {} ({})\n", path, digest, timings);
  else
    fmt::print("{}: live after {:.2f} s, generation {}, ruleset {} ({})\n", path, took.count(),
               done.at("generation").get<std::uint64_t>(), digest, timings);
  if (done.contains("warning"))
    fmt::print(stderr, "sluice: warning: {}\n", shown_text(done["warning"].get<std::string>()));
}

Exit push_one(ControlClient& client, const Arguments& arguments, const std::string& path) {
  const auto fail = [](const std::string& why) {
    fmt::print(stderr, "sluice: {}\n", why);
    return Exit::failed;
  };
  const auto pack = content(path, pack_size_limit, "");
  if (!pack) return fail(pack.error());
  const auto signature_path = arguments.signature.empty() ? path + ".minisig" : arguments.signature;
  const auto signature =
      content(signature_path, minisign_file_limit, "\n  a pack is taken with its signature only: minisign -S -m PACK");
  if (!signature) return fail(signature.error());
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = client.post(request_path(arguments), *pack, *signature);
  if (!answer) return fail(path + ": " + answer.error());
  print(path, nlohmann::json::parse(*answer), std::chrono::steady_clock::now() - begin);
  return Exit::ok;
}

// A file and the signatures beside it, as two parts.
tl::expected<void, std::string> add_parts(std::vector<ControlClient::Part>& parts, const std::string& path,
                                          std::size_t limit, const char* name, const char* signature_name) {
  auto bytes = content(path, limit, "");
  if (!bytes) return tl::unexpected(bytes.error());
  auto signature = content(path + ".minisig", minisign_file_limit,
                           "\n  packs and manifest are taken with their signatures only: sluice rules sign FILE");
  if (!signature) return tl::unexpected(signature.error());
  parts.push_back({name, std::move(*bytes)});
  parts.push_back({signature_name, std::move(*signature)});
  return {};
}

Exit push_ruleset(ControlClient& client, const Arguments& arguments) {
  const auto fail = [](const std::string& why) {
    fmt::print(stderr, "sluice: {}\n", why);
    return Exit::failed;
  };
  std::vector<ControlClient::Part> parts;
  auto added = add_parts(parts, arguments.manifest, manifest_size_limit, manifest_part, manifest_signature_part);
  for (const auto& path : arguments.packs)
    if (added) added = add_parts(parts, path, pack_size_limit, pack_part, pack_signature_part);
  if (!added) return fail(added.error());
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = client.post(
      fmt::format("/v1/ruleset?dry_run={}&allow_rollback={}", arguments.dry_run, arguments.allow_rollback), parts);
  if (!answer) return fail(arguments.manifest + ": " + answer.error());
  print(arguments.manifest, nlohmann::json::parse(*answer), std::chrono::steady_clock::now() - begin);
  return Exit::ok;
}

Exit run_push(const Arguments& arguments) {
  if (!arguments.manifest.empty() && (arguments.only || !arguments.signature.empty())) {
    fmt::print(stderr,
               "sluice: --manifest replaces all packs, and each file has its signatures beside it: leave "
               "--only and --signature out\n");
    return Exit::usage;
  }
  if (arguments.manifest.empty() && arguments.packs.empty()) {
    fmt::print(stderr, "sluice: name a pack, or a manifest with --manifest\n");
    return Exit::usage;
  }
  if (!arguments.signature.empty() && arguments.packs.size() > 1) {
    fmt::print(stderr, "sluice: --signature goes with one pack; several have theirs beside them as PACK.minisig\n");
    return Exit::usage;
  }
  if (arguments.only && arguments.packs.size() > 1) {
    fmt::print(stderr, "sluice: --only goes with one pack; push the others after it\n");
    return Exit::usage;
  }
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  ControlClient client{*socket};
  if (!arguments.manifest.empty()) return push_ruleset(client, arguments);
  for (const auto& path : arguments.packs)
    if (const auto end = push_one(client, arguments, path); end != Exit::ok) return end;
  return Exit::ok;
}

}  // namespace

void add_push_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("push", "Send packs of rules to the running tap");
  command->footer(
      "A pack replaces the live pack of its name and leaves the others. Returns when every worker uses the new rules;\n"
      "a pack that is refused changes nothing, and of several packs those before it stay live.\n"
      "Exit status: 0 live (or good, with --dry-run), 1 refused, or no answer; the reason is on standard error,\n"
      "2 errors in the command line or the configuration.");
  command->add_option("packs", arguments->packs, "Packs, as `sluice rules compile` writes them")->type_name("PACK");
  command
      ->add_option("--manifest", arguments->manifest,
                   "Manifest of a ruleset (`sluice rules manifest`): all of its packs become live at once, or none; "
                   "those that\nthe tap knows need not be named")
      ->type_name("FILE");
  command->add_option("--signature", arguments->signature, "The pack's signature; default: PACK.minisig")
      ->type_name("FILE");
  command->add_flag("--dry-run", arguments->dry_run, "Check everything and change nothing");
  command->add_flag("--allow-rollback", arguments->allow_rollback, "Take a pack of a lower sequence than the live one");
  command->add_flag("--only", arguments->only, "Replace all packs by this one");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_push(*arguments); }; });
}

}  // namespace sluice
