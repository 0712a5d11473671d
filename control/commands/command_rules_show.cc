#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "control/commands/command.hh"
#include "control/packs/key_options.hh"
#include "control/packs/manifest_file.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string pack;
  KeyringSources keys;
  bool json = false;
  bool rules = false;
};

// Counts by the text of a closed list.
using Counts = std::map<std::string_view, std::size_t>;

Counts counts_of(const RuleList& rules, std::string_view (*text)(const RuleFacts&)) {
  Counts counts;
  for (std::size_t row = 0; row < rules.size(); ++row) ++counts[text(rules.facts(row))];
  return counts;
}
std::string_view kind_of(const RuleFacts& facts) { return text_of(facts.kind); }
std::string_view class_of(const RuleFacts& facts) { return text_of(facts.finding_class); }

bool has_expired(const PackInfo& info) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return info.expires_ns != 0 && std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() >= info.expires_ns;
}

// Whether there is a signature, where none was asked for.
bool has_signature(const std::string& pack_path) {
  std::error_code ignored;
  return std::filesystem::exists(signature_path(pack_path), ignored);
}

std::string seconds(std::int64_t moment_ns) { return second_text(Tick{Duration{moment_ns}}) + " UTC"; }

Json signature_json(const std::optional<std::string>& trusted_comment, const std::string& path) {
  return {{"state", trusted_comment       ? "good"
                    : has_signature(path) ? "not-checked"
                                          : "none"},
          {"trusted_comment", trusted_comment ? Json(*trusted_comment) : Json()}};
}

Json rules_json(const RuleList& rules) {
  auto list = Json::array();
  for (std::size_t row = 0; row < rules.size(); ++row) {
    const auto& facts = rules.facts(row);
    Json rule{{"rule_id", facts.rule_id},
              {"kind", text_of(facts.kind)},
              {"class", text_of(facts.finding_class)},
              {"confidence", text_of(facts.confidence)},
              {"subject", facts.subject}};
    for (const auto& [name, text] : {std::pair{"recipient", &facts.recipient},
                                     {"role", &facts.role},
                                     {"purpose", &facts.purpose},
                                     {"carries", &facts.carries},
                                     {"breaks", &facts.breaks},
                                     {"source", &facts.source},
                                     {"licence", &facts.licence},
                                     {"tlp", &facts.tlp},
                                     {"first_seen", &facts.first_seen},
                                     {"last_verified", &facts.last_verified},
                                     {"expires", &facts.expires}})
      if (!text->empty()) rule[name] = *text;
    if (row >= rules.indicators.size()) {
      rule["gid"] = facts.generator_id;
      rule["sid"] = facts.signature_id;
      rule["rev"] = facts.revision;
      rule["text"] = rules.signatures[row - rules.indicators.size()].text;
    }
    list.push_back(std::move(rule));
  }
  return list;
}

void print_json(const PackFile& file, bool with_rules) {
  const auto& [info, rules] = file.pack;
  auto sources = Json::array();
  for (const auto& source : info.sources) sources.push_back({{"name", source.name}, {"sha256", source.sha256}});
  Json out{{"name", info.name},
           {"channel", info.channel},
           {"sequence", info.sequence},
           {"created", timestamp_text(Tick{Duration{info.created_ns}})},
           {"expires", info.expires_ns == 0 ? Json() : Json(timestamp_text(Tick{Duration{info.expires_ns}}))},
           {"expired", has_expired(info)},
           {"sha256", file.digest},
           {"signature", signature_json(file.trusted_comment, file.path)},
           {"sources", std::move(sources)},
           {"rules", rules.size()},
           {"by_kind", counts_of(rules, kind_of)},
           {"by_class", counts_of(rules, class_of)}};
  if (with_rules) out["rows"] = rules_json(rules);
  std::cout << out.dump(2) << '\n';
}

std::string signature_line(const std::optional<std::string>& trusted_comment, const std::string& path) {
  if (trusted_comment) {
    auto comment = *trusted_comment;
    std::ranges::replace(comment, '\t', ' ');  // minisign puts tabs between the parts of its own
    return "good: " + comment;
  }
  if (has_signature(path)) return "not checked: name the publisher's public key with --trusted-key";
  return "none";
}

Exit show_manifest(const Arguments& arguments, const Keyring& keys) {
  const auto file = load_manifest_file(arguments.pack, keys);
  if (!file) {
    fmt::print(stderr, "sluice: {}\n", file.error());
    return Exit::failed;
  }
  const auto& manifest = file->manifest;
  if (!arguments.json) {
    std::cout << fmt::format("signature {}\n", shown_text(signature_line(file->trusted_comment, file->path)))
              << file->text;
    return std::cout.flush() ? Exit::ok : Exit::failed;
  }
  Json packs = Json::array();
  for (const auto& pack : manifest.packs)
    packs.push_back(
        {{"name", pack.name}, {"channel", pack.channel}, {"sequence", pack.sequence}, {"sha256", pack.digest}});
  const Json out{{"name", manifest.name},
                 {"sequence", manifest.sequence},
                 {"created", moment_text(manifest.created_ns)},
                 {"expires", manifest.expires_ns == 0 ? Json() : Json(moment_text(manifest.expires_ns))},
                 {"program", text_of(manifest.program)},
                 {"signature", signature_json(file->trusted_comment, file->path)},
                 {"packs", std::move(packs)}};
  std::cout << out.dump(2) << '\n';
  return std::cout.flush() ? Exit::ok : Exit::failed;
}

std::string counts_line(const Counts& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text.empty() ? "none" : text;
}

void print_text(const PackFile& file, bool with_rules) {
  const auto& [info, rules] = file.pack;
  const auto line = [](std::string_view title, const std::string& text) {
    std::cout << fmt::format("{:<10} {}\n", title, shown_text(text));
  };
  line("name", info.name);
  line("channel", info.channel);
  line("sequence", fmt::format("{}", info.sequence));
  line("created", seconds(info.created_ns));
  line("expires", info.expires_ns == 0 ? "never"
                                       : fmt::format("after {}{}", day_text(Tick{Duration{info.expires_ns - 1}}),
                                                     has_expired(info) ? " (no tap accepts it any more)" : ""));
  line("SHA-256", file.digest);
  line("signature", signature_line(file.trusted_comment, file.path));
  for (const auto& source : info.sources) line("source", fmt::format("{} (SHA-256 {})", source.name, source.sha256));
  line("rules", fmt::format("{}", rules.size()));
  line("kinds", counts_line(counts_of(rules, kind_of)));
  line("classes", counts_line(counts_of(rules, class_of)));
  if (!with_rules) return;
  std::cout << '\n';
  Table table{{{"rule", 16}, {"kind", 6}, {"class", 12}, {"confidence", 10}, {"looks for", 20}, {"recipient", 9}}};
  for (std::size_t row = 0; row < rules.size(); ++row) {
    const auto& facts = rules.facts(row);
    table.add({facts.rule_id, std::string(text_of(facts.kind)), std::string(text_of(facts.finding_class)),
               std::string(text_of(facts.confidence)), facts.subject, facts.recipient});
  }
  table.print(std::cout, terminal_width());
}

Exit run_show(const Arguments& arguments) {
  const auto keys = load_keyring(arguments.keys);
  if (keys && is_manifest_file(arguments.pack)) return show_manifest(arguments, *keys);
  const auto file = keys ? load_pack_file(arguments.pack, *keys) : tl::unexpected(keys.error());
  if (!file) {
    fmt::print(stderr, "sluice: {}\n", file.error());
    return Exit::failed;
  }
  if (arguments.json)
    print_json(*file, arguments.rules);
  else
    print_text(*file, arguments.rules);
  return std::cout.flush() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_rules_show_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("show", "Show what a pack or a manifest is, who signed it, and what it holds");
  command->footer("With --trusted-key, what has no good signature of one of these keys is not shown: status 1.");
  command->add_option("pack", arguments->pack, "Pack or manifest, with its signatures beside it as PACK.minisig")
      ->required()
      ->type_name("PACK");
  add_key_options(*command, arguments->keys);
  command->add_flag("--json", arguments->json, "As JSON");
  command->add_flag("--rules", arguments->rules, "Every rule too");
  command->callback([arguments, &run] { run = [arguments] { return run_show(*arguments); }; });
}

}  // namespace sluice
