#include "control/api/pushes.hh"

#include <algorithm>
#include <chrono>
#include <utility>

#include "control/text/text_file.hh"
#include "rules/pack/pack.hh"
#include "rules/pack/pack_view.hh"
#include "rules/signing/minisign_text.hh"

namespace sluice {
namespace {

using Kind = PushFailure::Kind;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

tl::unexpected<PushFailure> busy() {
  return tl::unexpected(PushFailure{Kind::busy, "another push is under way", "try again when it has ended"});
}

PushFailure failure(const TapFailure& tap) {
  if (tap.reached) return {Kind::refused, tap.text, "nothing was changed"};
  return {Kind::unreachable, tap.text,
          "start sluice-dataplane, or look why it ended; it goes on with the rules it has"};
}

}  // namespace

Pushes::Pushes(TapCommands tap, std::string state_directory, std::vector<std::string> configured)
    : tap_(std::move(tap)), configured_(std::move(configured)), history_(std::move(state_directory) + "/packs") {}

tl::expected<PushDone, PushFailure> Pushes::push(const SignedPack& pack, const PushOptions& options,
                                                 const BeforeLive& before_live) {
  const std::unique_lock lock{mutex_, std::try_to_lock};
  if (!lock) return busy();
  auto done = pushed(pack, options, before_live);
  if (!done || !done->already_live) count(done, options.dry_run, PushResult::accepted);
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::push_ruleset(const SignedManifest& manifest,
                                                         const std::vector<SignedPack>& packs,
                                                         const PushOptions& options, const BeforeLive& before_live) {
  const std::unique_lock lock{mutex_, std::try_to_lock};
  if (!lock) return busy();
  if (const auto listed = read_manifest(manifest.text); listed && options.unless_live && !options.dry_run) {
    std::vector<std::string> digests;
    for (const auto& pack : listed->packs) digests.push_back(pack.digest);
    const auto status = tap_.status();
    const bool is_same = status && status->ruleset == listed->name && status->ruleset_sequence == listed->sequence;
    if (auto live = is_same ? all_live(digests, true) : std::nullopt) return counted(std::move(*live));
  }
  const auto set = members_of(manifest, packs);
  auto done = set ? go_live(*set, live_without(""), manifest, options, before_live)
                  : tl::expected<PushDone, PushFailure>{tl::unexpect, set.error()};
  count(done, options.dry_run, PushResult::accepted);
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::rollback(bool dry_run) {
  const std::unique_lock lock{mutex_, std::try_to_lock};
  if (!lock) return busy();
  auto done = rolled_back(dry_run, "rollback");
  count(done, dry_run, PushResult::rolled_back);
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::revert(const char* cause) {
  const std::unique_lock lock{mutex_, std::try_to_lock};
  if (!lock) return busy();
  auto done = rolled_back(false, cause);
  count(done, false, PushResult::reverted);
  return done;
}

std::optional<PushDone> Pushes::all_live(const std::vector<std::string>& digests, bool no_others) const {
  const auto status = tap_.status();
  if (!status) return std::nullopt;
  std::size_t found = 0;
  std::size_t pushed = 0;
  PushDone done{{status->generation, status->ruleset_digest, {}, {}, {}, {}}, {}, {}, true};
  for (const auto& pack : status->packs) {
    if (pack.channel == site_channel) continue;
    ++pushed;
    found += std::ranges::find(digests, pack.digest) != digests.end() ? 1 : 0;
    PackInfo info;
    info.name = pack.name;
    info.channel = pack.channel;
    info.sequence = pack.sequence;
    done.set.push_back(std::move(info));
  }
  if (found != digests.size() || (no_others && pushed != found)) return std::nullopt;
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::counted(PushDone live) {
  tl::expected<PushDone, PushFailure> done{std::move(live)};
  count(done, false, PushResult::already_live);
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::pushed(const SignedPack& pack, const PushOptions& options,
                                                   const BeforeLive& before_live) {
  if (options.unless_live && !options.dry_run)
    if (auto live = all_live({pack_digest(pack.bytes)}, options.only)) return counted(std::move(*live));
  const auto read = PackView::open(pack.bytes);
  if (!read) return tl::unexpected(PushFailure{Kind::refused, read.error(), "nothing was changed"});
  auto before = live_without("");
  Member added{pack_digest(pack.bytes), read->info(), pack};
  std::vector<Member> set;
  if (!options.only) {
    auto others = live_without(added.info.name);
    if (!others) return tl::unexpected(others.error());
    set = std::move(*others);
  }
  set.push_back(std::move(added));
  return go_live(set, before, {}, options, before_live);
}

Pushes::Members Pushes::members_of(const SignedManifest& signed_manifest, const std::vector<SignedPack>& packs) const {
  const auto refused = [](std::string why) {
    return tl::unexpected(PushFailure{Kind::refused, std::move(why), "nothing was changed"});
  };
  const auto manifest = read_manifest(signed_manifest.text);
  if (!manifest) return refused("manifest: " + manifest.error());
  std::vector<Member> set;
  for (const auto& pack : packs) {
    const auto read = PackView::open(pack.bytes);
    if (!read) return refused(read.error());
    Member member{pack_digest(pack.bytes), read->info(), pack};
    const auto& info = member.info;
    if (auto why = mismatch_of(*manifest, {info.name, info.channel, info.sequence, member.digest}); !why.empty())
      return refused(std::move(why));
    set.push_back(std::move(member));
  }
  for (const auto& listed : manifest->packs) {
    const auto is_sent = [&](const Member& member) { return member.digest == listed.digest; };
    if (std::any_of(set.begin(), set.end(), is_sent)) continue;
    auto member = find(listed.digest);
    if (!member)
      return refused("pack " + listed.name + " of the manifest of " + manifest->title() +
                     " was not sent and is not kept here: " + member.error());
    set.push_back(std::move(*member));
  }
  return set;
}

tl::expected<PushDone, PushFailure> Pushes::go_live(const std::vector<Member>& set, const Members& before,
                                                    const SignedManifest& manifest, const PushOptions& options,
                                                    const BeforeLive& before_live) {
  if (before_live && !options.dry_run) {
    SetChange change;
    if (before)
      for (const auto& member : *before) change.before.emplace_back(member.pack.bytes);
    for (const auto& member : set) change.after.emplace_back(member.pack.bytes);
    if (const auto may = before_live(change); !may) return tl::unexpected(may.error());
  }
  auto published = publish(set, manifest, options.allow_rollback, options.dry_run);
  if (!published) return tl::unexpected(published.error());

  PushDone done{std::move(*published), {}, {}};
  for (const auto& member : set) done.set.push_back(member.info);
  if (options.dry_run) return done;
  // What ran before the first push is a set to go back to as well, as far as its packs are at hand.
  if (history_.latest() == nullptr && before)
    done.warning = record(*before, {0, 0, "before", "", {}, std::nullopt, {}, false});
  KeptSet kept{0, 0, "push", done.published.digest, {}, std::nullopt, manifest, options.allow_rollback};
  if (const auto* latest = history_.latest(); latest != nullptr) kept.before = latest->number;
  if (auto warning = record(set, std::move(kept)); !warning.empty()) done.warning = std::move(warning);
  return done;
}

tl::expected<PushDone, PushFailure> Pushes::rolled_back(bool dry_run, const char* cause) {
  const auto* const latest = history_.latest();
  const auto* const target = latest != nullptr && latest->before ? history_.set(*latest->before) : nullptr;
  if (target == nullptr)
    return tl::unexpected(PushFailure{Kind::refused, "there is no earlier set of packs to go back to",
                                      "`sluice packs` lists what is kept; push the pack that you want"});
  std::vector<Member> set;
  for (const auto& digest : target->packs) {
    auto member = find(digest);
    if (!member) return tl::unexpected(PushFailure{Kind::failed, member.error(), "push the packs that you want again"});
    set.push_back(std::move(*member));
  }
  auto published = publish(set, target->manifest, true, dry_run);
  if (!published) return tl::unexpected(published.error());
  PushDone done{std::move(*published), {}, {}};
  for (const auto& member : set) done.set.push_back(member.info);
  if (!dry_run)
    done.warning = record(set, {0, 0, cause, done.published.digest, {}, target->before, target->manifest, true});
  return done;
}

Pushes::Members Pushes::live_without(const std::string& name) const {
  const auto status = tap_.status();
  if (!status) return tl::unexpected(failure(status.error()));
  std::vector<Member> set;
  for (const auto& pack : status->packs) {
    if (pack.name == name || pack.channel == site_channel) continue;  // no push changes the site's own
    auto member = find(pack.digest);
    if (!member)
      return tl::unexpected(PushFailure{
          Kind::failed,
          "pack " + pack.name + " is live and not kept here, so that it cannot be sent along: " + member.error(),
          "push with --only to replace all packs by this one, then push " + pack.name + " again"});
    set.push_back(std::move(*member));
  }
  return set;
}

tl::expected<Pushes::Member, std::string> Pushes::find(const std::string& digest) const {
  auto kept = history_.pack(digest);
  if (!kept) return tl::unexpected(kept.error());
  if (*kept) {
    const auto& packs = history_.packs();
    const auto known =
        std::find_if(packs.begin(), packs.end(), [&](const auto& pack) { return pack.digest == digest; });
    PackInfo info;
    info.name = known->name;
    info.channel = known->channel;
    info.sequence = known->sequence;
    info.expires_ns = known->expires_ns;
    return Member{digest, std::move(info), std::move(**kept)};
  }
  // One of those that the data plane started with.
  for (const auto& path : configured_) {
    const auto text = read_text_file(path, pack_size_limit);
    const auto signature = read_text_file(path + ".minisig", minisign_file_limit);
    if (!text || !*text || !signature || !*signature) continue;
    SignedPack pack{{(*text)->begin(), (*text)->end()}, **signature};
    if (pack_digest(pack.bytes) != digest) continue;
    const auto read = PackView::open(pack.bytes);
    if (read) return Member{digest, read->info(), std::move(pack)};
  }
  return tl::unexpected("no file with digest " + digest);
}

tl::expected<PublishResult, PushFailure> Pushes::publish(const std::vector<Member>& set, const SignedManifest& manifest,
                                                         bool allow_rollback, bool dry_run) const {
  std::vector<SignedPack> packs;
  packs.reserve(set.size());
  for (const auto& member : set) packs.push_back(member.pack);
  auto published = tap_.publish(packs, allow_rollback, dry_run, manifest);
  if (!published) return tl::unexpected(failure(published.error()));
  return std::move(*published);
}

// What went wrong, or nothing: the set is live already.
std::string Pushes::record(const std::vector<Member>& set, KeptSet kept) {
  const std::lock_guard lock{history_mutex_};
  kept.when_ns = now_ns();
  for (const auto& member : set) {
    if (const auto written = history_.keep(member.pack, member.info, kept.when_ns); !written)
      return "the rules are live, but the pack could not be kept for a rollback: " + written.error();
    kept.packs.push_back(member.digest);
  }
  const auto added = history_.add(std::move(kept));
  return added ? "" : "the rules are live, but the push could not be written down: " + added.error();
}

void Pushes::count(const tl::expected<PushDone, PushFailure>& done, bool dry_run, PushResult good) noexcept {
  auto result = dry_run ? PushResult::checked : good;
  if (!done) result = done.error().kind == Kind::unreachable ? PushResult::unreachable : PushResult::refused;
  ++counts_[static_cast<std::size_t>(result)];
}

std::vector<Pushes::PastChange> Pushes::changes_since(std::int64_t when_ns) {
  const std::lock_guard lock{history_mutex_};
  const auto packs_of = [&](const KeptSet& set) {
    std::vector<SignedPack> packs;
    for (const auto& digest : set.packs)
      if (auto member = find(digest)) packs.push_back(std::move(member->pack));
    return packs;
  };
  std::vector<PastChange> changes;
  for (const auto& set : history_.sets()) {
    const auto* const before = set.before ? history_.set(*set.before) : nullptr;
    if (set.cause != "push" || set.when_ns < when_ns || before == nullptr) continue;
    changes.push_back({set.when_ns, packs_of(*before), packs_of(set)});
  }
  return changes;
}

Pushes::History Pushes::history() {
  const std::lock_guard lock{history_mutex_};
  return {history_.packs(), history_.sets()};
}

PushCounts Pushes::counts() const noexcept {
  PushCounts counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = counts_[i];
  return counts;
}

}  // namespace sluice
