#include "control/packs/rule_files.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <set>

#include "config/configuration.hh"
#include "control/packs/pack_file.hh"
#include "dataplane/generations/policy_settings.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/policy/exception_list.hh"
#include "rules/signatures/signature_condition_check.hh"
#include "rules/signatures/signature_file.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

namespace fs = std::filesystem;

template <typename Rows>
void append(Rows& rows, Rows&& more) {
  std::move(more.begin(), more.end(), std::back_inserter(rows));
}

void add_sized(Sha256& digest, std::string_view text) {
  digest.add(std::uint64_t{text.size()});  // so that "ab","c" is not "a","bc"
  digest.add(text);
}

void add_facts(Sha256& digest, const RuleFacts& facts) {
  for (const auto* text :
       {&facts.rule_id, &facts.subject, &facts.recipient, &facts.role, &facts.purpose, &facts.carries, &facts.breaks,
        &facts.source, &facts.licence, &facts.tlp, &facts.first_seen, &facts.last_verified, &facts.expires})
    add_sized(digest, *text);
  for (const auto number :
       {static_cast<std::uint32_t>(facts.kind), static_cast<std::uint32_t>(facts.finding_class),
        static_cast<std::uint32_t>(facts.confidence), facts.generator_id, facts.signature_id, facts.revision})
    digest.add(std::uint64_t{number});
}

// What makes two rulesets the same: what they match, and what they say of it.
std::string digest_of(const RuleList& rules) {
  Sha256 digest;
  for (const auto& indicator : rules.indicators) {
    add_facts(digest, indicator.facts);
    add_sized(digest, indicator.name);
    digest.add(indicator.range.first.bytes);
    digest.add(indicator.range.last.bytes);
  }
  for (const auto& signature : rules.signatures) {
    add_facts(digest, signature.facts);
    add_sized(digest, signature.text);
  }
  return digest.hex();
}

class RuleFilesReader {
 public:
  tl::expected<RuleFiles, std::string> read(const RuleSources& sources) {
    read_own(sources);
    read_packs(sources);
    read_exceptions(sources);
    read_policy(sources);
    if (!errors_.empty()) return tl::unexpected(errors_);
    files_.book = RuleBook{files_.rules};
    files_.digest = digest_of(files_.rules);
    return std::move(files_);
  }

 private:
  void fail(const std::string& error) { errors_ += (errors_.empty() ? "" : "\n") + error; }

  void read_own(const RuleSources& sources) {
    for (const auto& path : sources.indicators) {
      auto loaded = load_indicator_list(path);
      for (const auto& error : loaded.errors) fail(error.text());
      append(files_.rules.indicators, std::move(loaded.rows));
    }
    for (const auto& path : sources.signatures) {
      auto loaded = load_signatures(path);
      files_.left_out += sources.skip_unsupported ? loaded.left_out : 0;
      for (const auto& error : loaded.errors) {
        if (sources.skip_unsupported && loaded.left_out > 0)
          files_.notices.push_back("left out: " + error.text());
        else
          fail(error.text());
      }
      for (const auto& signature : loaded.signatures)
        if (const auto event = untold_event(signature); !event.empty())
          files_.notices.push_back(
              fmt::format("{}:{}: sid {} matches nothing: the event {} is never told by this version", path,
                          signature.line, signature.facts.signature_id, event));
      append(files_.rules.signatures, std::move(loaded.signatures));
    }
  }

  void read_exceptions(const RuleSources& sources) {
    if (sources.exceptions.empty()) return;
    auto loaded = load_exception_list(sources.exceptions);
    for (const auto& error : loaded.errors) fail(error.text());
    files_.rules.exceptions = std::move(loaded.rows);
  }

  void read_policy(const RuleSources& sources) {
    if (sources.policy.empty()) return;
    const auto loaded = config::load(sources.policy);
    if (loaded) {
      files_.rules.policy = site_policy(*loaded->policy);
      return;
    }
    for (const auto& error : loaded.error()) fail(config::text(error));
  }

  void read_packs(const RuleSources& sources) {
    const auto keys = load_keyring(sources.keys);
    if (!keys) return fail(keys.error());
    std::vector<PackFile> packs;
    for (const auto& path : sources.packs) {
      auto file = load_pack_file(path, *keys);
      if (file)
        packs.push_back(std::move(*file));
      else
        fail(file.error());
    }
    std::ranges::sort(packs, {}, [](const PackFile& file) -> const std::string& { return file.pack.info.name; });
    check_names(packs, sources);
    for (auto& file : packs) {
      if (!file.trusted_comment)
        files_.notices.push_back(
            fmt::format("{}: its signature was not checked: name the publisher's public key with "
                        "--trusted-key",
                        file.path));
      files_.rules.packed += file.pack.rules.indicators.size();
      append(files_.rules.indicators, std::move(file.pack.rules.indicators));
      append(files_.rules.signatures, std::move(file.pack.rules.signatures));
    }
  }

  void check_names(const std::vector<PackFile>& packs, const RuleSources& sources) {
    std::set<std::string> own;
    for (const auto* paths : {&sources.indicators, &sources.signatures})
      for (const auto& path : *paths) own.insert(fs::path{path}.stem().string());
    for (std::size_t i = 0; i < packs.size(); ++i) {
      const auto& name = packs[i].pack.info.name;
      if (i > 0 && packs[i - 1].pack.info.name == name)
        fail(fmt::format("{}: is a pack \"{}\" like {}: name one of the two", packs[i].path, name, packs[i - 1].path));
      if (own.contains(name))
        fail(fmt::format("{}: is a pack \"{}\", and a list that was named has that name too: rename the list",
                         packs[i].path, name));
    }
  }

  RuleFiles files_;
  std::string errors_;
};

std::vector<std::string> files_of(const fs::path& folder, std::string_view ending) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{folder, error})
    if (entry.path().extension() == ending) paths.push_back(entry.path().lexically_normal().string());
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

tl::expected<RuleFiles, std::string> load_rule_files(const RuleSources& sources) {
  return RuleFilesReader{}.read(sources);
}

RuleSources shipped_rules() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  // build/control/sluice in the source tree; PREFIX/bin/sluice where installed.
  for (const auto& folder :
       {program.parent_path() / "../../rules/packs", program.parent_path() / "../share/sluice/packs"}) {
    RuleSources sources;
    sources.indicators = files_of(folder, ".csv");
    sources.signatures = files_of(folder, ".rules");
    if (!sources.empty()) return sources;
  }
  return {};
}

}  // namespace sluice
