#include "dataplane/generations/site_settings.hh"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "dataplane/generations/policy_settings.hh"
#include "dataplane/generations/signature_compiler.hh"
#include "dataplane/generations/site_rules.hh"
#include "dataplane/generations/start_packs.hh"
#include "rules/pack/pack.hh"
#include "rules/pack/pack_view.hh"
#include "rules/policy/exception_list.hh"

namespace sluice {
namespace {

struct ListContents {
  std::string digest;
  std::string rows;  // "12 rows"
};

std::string rows(std::size_t count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

std::map<std::string, ListContents> contents_of(const std::vector<SealedPack>& lists) {
  std::map<std::string, ListContents> contents;
  for (const auto& list : lists)
    if (const auto view = PackView::open(list.file->bytes(), list.file))
      contents[view->info().name] = {pack_digest(list.file->bytes()), rows(view->size())};
  return contents;
}

// What the plan of the options does not show.
void add_contents(const LoaderSettings& running, const LoaderSettings& next, config::Plan& plan) {
  const auto before = contents_of(running.site);
  const auto after = contents_of(next.site);
  for (const auto& [name, list] : before)
    if (!after.contains(name)) plan.push_back({"list " + name, list.rows, {}, false});
  for (const auto& [name, list] : after) {
    const auto known = before.find(name);
    if (known == before.end())
      plan.push_back({"list " + name, {}, list.rows, false});
    else if (known->second.digest != list.digest)
      plan.push_back({"list " + name + " (contents)", known->second.rows, list.rows, false});
  }
  if (running.exceptions != next.exceptions)
    plan.push_back({"exceptions (contents)", rows(running.exceptions.size()), rows(next.exceptions.size()), false});
}

}  // namespace

tl::expected<LoaderSettings, std::string> site_settings(const config::ConfigurationT& configuration,
                                                        ProgramVersion program) {
  LoaderSettings loader;
  std::string errors;
  const auto add = [&errors](std::string_view error) { (errors += errors.empty() ? "" : "\n") += error; };
  const auto& rules = *configuration.rules;
  auto site = load_site_rules(rules.indicators, rules.signatures);
  for (const auto& error : site.errors) add(error);
  auto exceptions = rules.exceptions.empty() ? LoadedExceptions{} : load_exception_list(rules.exceptions);
  for (const auto& error : exceptions.errors) add(error.text());
  auto keys = read_trusted_keys(rules.trusted_keys);
  if (!keys) add(keys.error());
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  loader.keyring = {std::move(*keys), {}, rules.key_threshold};
  for (const auto& text : rules.revoked_keys)
    if (const auto id = key_id_from(text)) loader.keyring.revoked.push_back(*id);
  loader.site = std::move(site.packs);
  loader.exceptions = std::move(exceptions.rows);
  loader.policy = site_policy(*configuration.policy);
  loader.enforcement = policy_of(configuration);
  loader.compile = signature_compiler(compiler_path(), rules.state_directory + "/databases");
  loader.ruleset = rules.ruleset;
  loader.program = program;
  loader.workers = configuration.workers;
  loader.streams = configuration.stream->payload_windows;
  return loader;
}

tl::expected<SiteChange, std::string> read_again(const std::string& path, const config::ConfigurationT& running,
                                                 const LoaderSettings& settings) {
  auto configuration = config::load(path, config::Use::wire);
  if (!configuration) {
    std::string errors;
    for (const auto& error : configuration.error()) errors += (errors.empty() ? "" : "\n") + config::text(error);
    return tl::unexpected(std::move(errors));
  }
  SiteChange change;
  change.plan = config::plan(running, *configuration);
  auto next = site_settings(*configuration, settings.program);
  if (!next) return tl::unexpected(std::move(next.error()));
  add_contents(settings, *next, change.plan);
  change.configuration = std::make_shared<const config::ConfigurationT>(std::move(*configuration));
  if (!change.plan.empty() && restarts_of(change.plan).empty()) change.settings = std::move(*next);
  return change;
}

std::string restarts_of(const config::Plan& plan) {
  std::string lines;
  for (const auto& change : plan)
    if (change.takes_restart) (lines += lines.empty() ? "" : "\n") += text(change);
  return lines;
}

}  // namespace sluice
