#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/api/api_terms.hh"
#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/commands/push_outcome.hh"
#include "control/rollout/trial.hh"
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
  bool wait = false;
  bool watch = false;
  bool json = false;
  std::string shadow;
  std::string promote_if;
  bool promote = false;
  bool withdraw = false;
};

// A file that must be there.
tl::expected<std::string, std::string> content(const std::string& path, std::size_t limit, const char* remedy) {
  auto text = read_text_file(path, limit);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return tl::unexpected(path + ": no such file" + remedy);
  return std::move(**text);
}

// As a parameter of a URL (RFC 3986 section 2.1).
std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.';
    out += is_plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string request_path(const char* path, const Arguments& arguments) {
  auto text = fmt::format("{}?dry_run={}&allow_rollback={}&only={}&wait={}", path, arguments.dry_run,
                          arguments.allow_rollback, arguments.only, arguments.wait || arguments.watch);
  if (!arguments.shadow.empty())
    text += fmt::format("&shadow={}&promote_if={}", encoded(arguments.shadow), encoded(arguments.promote_if));
  return text;
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
  else if (done.at("state") == "already-live")
    fmt::print("{}: live already, generation {}, ruleset {}\n", path, done.at("generation").get<std::uint64_t>(),
               digest);
  else
    fmt::print("{}: live after {:.2f} s, generation {}, ruleset {} ({})\n", path, took.count(),
               done.at("generation").get<std::uint64_t>(), digest, timings);
  if (done.at("held") != 0)
    fmt::print("{}: {} new rules are held for the trial: they raise alarms and block nothing\n", path,
               done.at("held").get<std::uint64_t>());
  if (done.contains("warning"))
    fmt::print(stderr, "sluice: warning: {}\n", shown_text(done["warning"].get<std::string>()));
}

// What the answer comes to, said.
Exit settled(ControlClient& client, const Arguments& arguments, const std::string& path,
             const ControlClient::Answer& answer, std::chrono::steady_clock::time_point begin) {
  auto outcome = PushOutcome::refused(answer ? std::string{} : answer.error());
  if (answer) {
    const auto document = nlohmann::json::parse(*answer);
    if (!arguments.json) print(path, document, std::chrono::steady_clock::now() - begin);
    outcome = PushOutcome::of(document);
    if (arguments.watch) outcome = watched(client, std::move(outcome));
  }
  if (arguments.json) {
    fmt::print("{}", json_text(outcome));
  } else if (!answer) {
    fmt::print(stderr, "sluice: {}: {}\n", path, outcome.reason);
  } else if (arguments.watch) {
    const bool was_undone = outcome.state == PushOutcome::State::reverted;
    fmt::print("{}: {}{}{}\n", path, was_undone ? "undone, what was live before is again" : "stays live",
               outcome.reason.empty() ? "" : ": ", shown_text(outcome.reason));
  }
  return exit_of(outcome.state);
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
  const auto answer = client.post(request_path("/v1/packs", arguments), *pack, *signature);
  return settled(client, arguments, path, answer, begin);
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
  const auto answer = client.post(request_path("/v1/ruleset", arguments), parts);
  return settled(client, arguments, arguments.manifest, answer, begin);
}

// The end of a trial by hand.
Exit decide(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer =
      ControlClient{*socket}.post(arguments.promote ? "/v1/rollout/promote" : "/v1/rollout/withdraw", "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  fmt::print("{}\n", arguments.promote ? "Promoted: the rules of the trial block from now on."
                                       : "Withdrawn: what was live before the trial is again.");
  return Exit::ok;
}

// What of the command line contradicts itself; empty: nothing.
std::string contradiction(const Arguments& arguments) {
  const bool has_several = arguments.manifest.empty() && arguments.packs.size() > 1;
  if (arguments.shadow.empty() != arguments.promote_if.empty())
    return "--shadow and --promote-if go together: for how long, and under which condition";
  if (has_several && (arguments.json || arguments.watch || !arguments.shadow.empty()))
    return "--json, --watch and --shadow go with one pack, or a manifest; push the others after it";
  if (arguments.shadow.empty()) return {};
  if (const auto time = trial_time(arguments.shadow); !time) return "--shadow: " + time.error();
  if (const auto condition = PromoteCondition::parse(arguments.promote_if); !condition)
    return "--promote-if: " + condition.error();
  return {};
}

Exit run_push(const Arguments& arguments) {
  if (arguments.promote || arguments.withdraw) {
    if (arguments.promote == arguments.withdraw || !arguments.packs.empty() || !arguments.manifest.empty()) {
      fmt::print(stderr, "sluice: --promote or --withdraw stands alone: it ends the trial that is under way\n");
      return Exit::usage;
    }
    return decide(arguments);
  }
  if (const auto what = contradiction(arguments); !what.empty()) {
    fmt::print(stderr, "sluice: {}\n", what);
    return Exit::usage;
  }
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
  auto all = Exit::already_live;
  for (const auto& path : arguments.packs) {
    const auto end = push_one(client, arguments, path);
    if (end != Exit::ok && end != Exit::already_live) return end;
    if (end == Exit::ok) all = Exit::ok;
  }
  return all;
}

}  // namespace

void add_push_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("push", "Send packs of rules to the running tap");
  command->footer(
      "A pack replaces the live pack of its name and leaves the others. Returns when every worker uses the new rules;\n"
      "a pack that is refused changes nothing, and of several packs those before it stay live.\n"
      "With --wait what is live already is not pushed again, and each worker must have said that it uses the rules.\n"
      "After a push the tap is watched for push.watch_ms: a push that makes it lose packets, fail its probe, lose\n"
      "count of packets or take clearly longer for each is undone by itself (control/rollout/README.md). With\n"
      "--shadow the rules that are new or changed block nothing until their condition is judged; COUNT is blocks,\n"
      "flows or devices, by one another where wanted: 'blocks/device < 2.5', 'devices <= 10'.\n"
      "Exit status: 0 live (or good, with --dry-run), 1 refused, or no answer; the reason is on standard error,\n"
      "2 errors in the command line or the configuration, 4 all of it was live already (--wait), 5 undone (--watch).");
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
  command->add_flag("--wait", arguments->wait,
                    "Return when every worker has said that it uses the rules; do nothing where they are live already");
  command->add_flag("--watch", arguments->watch, "As --wait, and until it is known whether the push is undone");
  command->add_flag("--json", arguments->json, "What became of it as one JSON object, on standard output");
  command->add_option("--shadow", arguments->shadow, "Hold new rules for that time, as in 30m: they block nothing")
      ->type_name("TIME");
  command
      ->add_option("--promote-if", arguments->promote_if, "Let them block afterwards where this holds, else roll back")
      ->type_name("'COUNT[/COUNT] < NUMBER'");
  command->add_flag("--promote", arguments->promote, "Let the rules of the trial under way block from now on");
  command->add_flag("--withdraw", arguments->withdraw, "Go back to the packs before the trial under way");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_push(*arguments); }; });
}

}  // namespace sluice
