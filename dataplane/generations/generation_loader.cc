#include "dataplane/generations/generation_loader.hh"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "dataplane/base/bytes.hh"
#include "dataplane/generations/site_rules.hh"
#include "rules/pack/pack.hh"
#include "rules/pack/ruleset_order.hh"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds lap(Clock::time_point& start) {
  const auto now = Clock::now();
  return std::chrono::duration_cast<std::chrono::microseconds>(now - std::exchange(start, now));
}

struct ReadPack {
  LoadedPack loaded;
  PackView view;
  SignatureList signatures;
};

tl::expected<ReadPack, std::string> read(const SealedPack& file, bool is_site) {
  auto view = PackView::open(file.file->bytes(), file.file);
  if (!view) return tl::unexpected(view.error());
  SignatureList signatures;
  const auto good = view->read([&](Signature&& signature) { signatures.push_back(std::move(signature)); });
  if (!good) return tl::unexpected(good.error());
  const auto& info = view->info();
  const TapPack about{info.name,       info.channel, info.sequence, pack_digest(file.file->bytes()),
                      info.expires_ns, view->size()};
  return ReadPack{{about, file, is_site}, std::move(*view), std::move(signatures)};
}

// Time does not go back: a clock that was not set after a restart makes nothing valid again. An operator who allows a
// rollback also takes the clock's word for it, so that one which was far ahead for a while refuses nothing for ever.
std::int64_t moment_of(const LoadRequest& request) {
  return nanoseconds_since_epoch(request.allow_rollback ? request.now : std::max(request.now, request.floor.last_seen));
}

std::string expired(const LoadRequest& request) {
  if (moment_of(request) <= nanoseconds_since_epoch(request.now)) return "it has expired: fetch a newer one";
  return "it has expired by " + moment_text(moment_of(request)) + ", which this tap has known; its clock says " +
         moment_text(nanoseconds_since_epoch(request.now)) +
         ": fetch a newer one, or push with --allow-rollback if the clock is right now";
}

// What the floor has against it, of a pack or of a ruleset.
std::string too_old(const std::string& name, std::uint64_t sequence, const LoadRequest& request) {
  const auto floor = request.floor.sequences.find(name);
  if (request.allow_rollback || floor == request.floor.sequences.end() || sequence >= floor->second) return {};
  return "sequence " + std::to_string(sequence) + " is older than " + std::to_string(floor->second) +
         ", which was live before: push it with --allow-rollback if that is what you want";
}

// What keeps a pack that is signed and whole from being pushed. Which release of it runs is the manifest's to say.
std::string objection(const TapPack& pack, const LoadRequest& request) {
  if (pack.expires_ns != 0 && moment_of(request) >= pack.expires_ns) return expired(request);
  return request.manifest.text.empty() ? too_old(pack.name, pack.sequence, request) : std::string{};
}

std::string objection(const Manifest& manifest, const LoadRequest& request, const LoaderSettings& settings) {
  if (!settings.ruleset.empty() && manifest.name != settings.ruleset)
    return "this tap runs the ruleset " + settings.ruleset + " (rules.ruleset): push a manifest of that name";
  if (manifest.expires_ns != 0 && moment_of(request) >= manifest.expires_ns) return expired(request);
  if (auto why = objection_to(manifest, moment_of(request), settings.program); !why.empty()) return why;
  return too_old(ruleset_floor(manifest.name), manifest.sequence, request);
}

// What keeps packs from being pushed without a manifest.
std::string needs_manifest(const LoadRequest& request, const LoaderSettings& settings) {
  const auto prefix = ruleset_floor({});
  const auto known = request.floor.sequences.lower_bound(prefix);
  const bool had_one = known != request.floor.sequences.end() && known->first.starts_with(prefix);
  if (!settings.ruleset.empty())
    return "this tap takes packs with the manifest of the ruleset " + settings.ruleset +
           " alone (rules.ruleset): push them with --manifest";
  if (!had_one || request.allow_rollback) return {};
  return "the ruleset " + known->first.substr(prefix.size()) +
         " was live before: push packs with their manifest (--manifest), or with --allow-rollback if you want to leave "
         "it";
}

tl::expected<std::optional<Manifest>, std::string> accept_manifest(const LoadRequest& request,
                                                                   const LoaderSettings& settings) {
  const auto& text = request.manifest.text;
  if (text.empty()) {
    if (request.is_push)
      if (const auto why = needs_manifest(request, settings); !why.empty()) return tl::unexpected(why);
    return std::optional<Manifest>{};
  }
  if (settings.keyring.empty())
    return tl::unexpected(std::string{"manifest: no key is trusted: name the publisher's in rules.trusted_keys"});
  const auto signers = verify_signatures(as_bytes(text), request.manifest.signatures, settings.keyring);
  if (!signers) return tl::unexpected("manifest: " + signers.error());
  auto manifest = read_manifest(text);
  if (!manifest) return tl::unexpected("manifest: " + manifest.error());
  if (request.is_push)
    if (const auto why = objection(*manifest, request, settings); !why.empty())
      return tl::unexpected("manifest of " + manifest->title() + ": " + why);
  return std::optional{std::move(*manifest)};
}

// All packs of the manifest and no other: a push is one release or none.
std::string mixed(const Manifest& manifest, const std::vector<ReadPack>& packs) {
  std::vector<ManifestPack> came;
  for (const auto& [loaded, view, signatures] : packs)
    if (!loaded.is_site)
      came.push_back({loaded.about.name, loaded.about.channel, loaded.about.sequence, loaded.about.digest});
  return mismatch_of(manifest, came);
}

tl::expected<ReadPack, std::string> accept(const SealedPack& file, const LoadRequest& request,
                                           const LoaderSettings& settings) {
  if (settings.keyring.empty())
    return tl::unexpected(std::string{"no key is trusted: name the publisher's in rules.trusted_keys"});
  const auto signers = verify_signatures(file.file->bytes(), file.signature, settings.keyring);
  if (!signers) return tl::unexpected(signers.error());
  auto pack = read(file, false);
  if (!pack) return pack;
  if (pack->loaded.about.channel == site_channel)
    return tl::unexpected(std::string{"its channel is that of the site's own lists: publish it in another one"});
  if (request.is_push)
    if (const auto why = objection(pack->loaded.about, request); !why.empty()) return tl::unexpected(why);
  return pack;
}

// Every pack of the ruleset in the order of its rows; a bad one is an error of a push, a shortcoming of a start.
tl::expected<std::vector<ReadPack>, std::string> read_all(const LoadRequest& request, const LoaderSettings& settings,
                                                          const std::atomic<bool>& stop,
                                                          std::vector<std::string>& shortcomings) {
  std::vector<ReadPack> packs;
  std::set<std::string> names;
  for (const auto& file : settings.site) {
    auto pack = read(file, true);
    if (!pack) return tl::unexpected("a list of this site: " + pack.error());
    names.insert(pack->loaded.about.name);
    packs.push_back(std::move(*pack));
  }
  for (std::size_t i = 0; i < request.packs.size(); ++i) {
    if (stop) return tl::unexpected(std::string{"the data plane ends"});
    auto pack = accept(request.packs[i], request, settings);
    if (pack && !names.insert(pack->loaded.about.name).second)
      pack =
          tl::unexpected(std::string{"a pack, or a list of this site, has that name already: rename one of the two"});
    if (pack) {
      packs.push_back(std::move(*pack));
      continue;
    }
    const auto text =
        "pack " + std::to_string(i + 1) + " of " + std::to_string(request.packs.size()) + ": " + pack.error();
    if (request.is_push) return tl::unexpected(text);
    shortcomings.push_back(text);
  }
  std::stable_sort(packs.begin(), packs.end(), [](const ReadPack& one, const ReadPack& other) {
    return stands_before({one.loaded.is_site, one.loaded.about.name}, {other.loaded.is_site, other.loaded.about.name});
  });
  return packs;
}

std::string digest_of(const std::vector<LoadedPack>& packs) {
  if (packs.empty()) return {};
  std::vector<NamedDigest> digests;
  for (const auto& pack : packs) digests.push_back({pack.about.name, pack.about.digest});
  return ruleset_digest(digests);
}

}  // namespace

// Making an id takes time, and a large pack has a million: of packs that none is held of, none is made.
std::vector<std::uint32_t> held_rows(const RuleIds& held, const std::vector<PackView>& packs,
                                     const std::vector<RuleLabel>& signatures) {
  std::vector<std::uint32_t> rows;
  std::uint32_t first = 0;
  for (const auto& pack : packs) {
    const auto count = static_cast<std::uint32_t>(pack.indicators());
    if (held.may_mean_some_of(pack.info().name))
      for (std::uint32_t row = 0; row < count; ++row)
        if (held.means(pack.facts(row).rule_id)) rows.push_back(first + row);
    first += count;
  }
  for (std::uint32_t row = 0; row < signatures.size(); ++row)
    if (held.means(signatures[row].rule_id)) rows.push_back(first + row);
  return rows;
}

std::string ruleset_floor(const std::string& ruleset) { return "ruleset:" + ruleset; }

tl::expected<LoadedRules, std::string> load_generation(const LoadRequest& request, const LoaderSettings& settings,
                                                       const std::atomic<bool>& stop) {
  auto at = Clock::now();
  LoadedRules loaded;
  auto manifest = accept_manifest(request, settings);
  if (!manifest) return tl::unexpected(manifest.error());
  loaded.manifest = std::move(*manifest);
  auto packs = read_all(request, settings, stop, loaded.shortcomings);
  if (!packs) return tl::unexpected(packs.error());
  if (loaded.manifest && request.is_push)
    if (auto why = mixed(*loaded.manifest, *packs); !why.empty()) return tl::unexpected(std::move(why));
  std::vector<PackView> views;
  SignatureList signatures;
  std::vector<int> with_signatures;
  for (auto& pack : *packs) {
    if (!pack.signatures.empty()) with_signatures.push_back(pack.loaded.pack.file->descriptor());
    std::ranges::move(pack.signatures, std::back_inserter(signatures));
    views.push_back(std::move(pack.view));
    loaded.packs.push_back(std::move(pack.loaded));
  }
  packs->clear();
  const auto packed = views;
  const PackedIndicators indicators{std::move(views)};
  const RuleRows rules{indicators, signatures, settings.exceptions, settings.policy};
  loaded.digest = digest_of(loaded.packs);
  loaded.verify = lap(at);
  // Before anybody uses it: a rule that is held never blocks, not even for a moment.
  const auto taken = [&](std::unique_ptr<Generation> generation) {
    generation->policy = settings.enforcement;
    if (request.held && !request.held->empty())
      generation->ruleset.hold(held_rows(*request.held, packed, generation->labels));
    loaded.generation = std::move(generation);
    return std::move(loaded);
  };

  if (!signatures.empty()) {
    auto databases = settings.compile(signatures, with_signatures, stop);
    loaded.compile = lap(at);
    auto why = databases ? std::string{} : databases.error();
    if (databases) {
      auto generation = make_generation(rules, *databases, request.number, settings.workers, settings.streams);
      loaded.build = lap(at);
      if (generation) return taken(std::move(*generation));
      why = generation.error();
    }
    if (request.is_push) return tl::unexpected(why);
    // Better to match names and addresses than nothing.
    loaded.shortcomings.push_back("signatures are not in use: " + why);
    signatures.clear();
  }
  auto generation = make_generation(rules, {}, request.number, settings.workers, settings.streams);
  if (!generation) return tl::unexpected(generation.error());
  loaded.build = lap(at);
  return taken(std::move(*generation));
}

}  // namespace sluice
