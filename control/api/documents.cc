#include "control/api/documents.hh"

#include <algorithm>
#include <utility>

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

// Null for a moment that never came.
Json moment(std::int64_t since_epoch_ns) {
  if (since_epoch_ns == 0) return nullptr;
  return timestamp_text(tick_from_nanoseconds(since_epoch_ns));
}

Json live_pack(const TapPack& pack) {
  return {{"name", stored_text(pack.name)},     {"channel", stored_text(pack.channel)}, {"sequence", pack.sequence},
          {"digest", stored_text(pack.digest)}, {"expires", moment(pack.expires_ns)},   {"rows", pack.rows}};
}

// Null where packs came without one.
Json manifest_document(const std::string& text) {
  const auto manifest = read_manifest(text);
  if (!manifest) return nullptr;
  return {{"name", manifest->name}, {"sequence", manifest->sequence}, {"expires", moment(manifest->expires_ns)}};
}

Json counters(const TapReading& reading) {
  auto document = statistics_document(statistics_of(reading, tick_from_nanoseconds(reading.started_ns)));
  document["workers"] = Json::array();
  for (const auto& worker : reading.workers)
    document["workers"].push_back({{"flows", worker.counters.flows}, {"heartbeat", worker.heartbeat}});
  return document;
}

// Those whose loss is passed on.
Json links_document(const LoopStatus& loop) {
  auto document = Json::array();
  if (!loop.up || !loop.reading) return document;
  const auto& links = loop.reading->links;
  for (std::size_t port = 0; port < links.size(); ++port) {
    if (links[port].state == LinkState::unwatched) continue;
    document.push_back({{"port", stored_text(loop.reading->ports[port])},
                        {"state", link_state_names[static_cast<std::size_t>(links[port].state)]},
                        {"losses", links[port].losses}});
  }
  return document;
}

}  // namespace

Json status_document(const ControlFacts& facts, const LoopStatus& loop, const TapAnswer& tap,
                     const RolloutStatus& rollout) {
  Json document;
  const bool live = loop.up && loop.reading;
  document["state"] = state_text(loop.coverage.state);
  document["reason"] = stored_text(loop.coverage.reason);
  document["since"] = moment(loop.coverage.since_ns);
  document["mode"] = tap && !tap->mode.empty() ? Json(stored_text(tap->mode)) : Json{};
  document["notices"] = Json::array();
  if (tap)
    for (const auto& notice : tap->notices) document["notices"].push_back(stored_text(notice));
  for (const auto& notice : rollout_notices(rollout)) document["notices"].push_back(stored_text(notice));
  document["rollout"] = rollout_document(rollout);
  document["generation"] = live ? loop.reading->generation : 0;
  document["ruleset_digest"] = live ? stored_text(loop.reading->ruleset_digest) : "";
  document["rules_suspended"] = live ? loop.reading->suspended_rules : 0;
  document["rules"] = Json::object();
  if (live && loop.rules_known)
    for (std::size_t i = 0; i < loop.rules_by_kind.size(); ++i)
      document["rules"][std::string{text_of(static_cast<RuleKind>(i))}] = loop.rules_by_kind[i];
  document["manifest"] = tap && !tap->ruleset.empty() ? Json{{"name", stored_text(tap->ruleset)},
                                                             {"sequence", tap->ruleset_sequence},
                                                             {"expires", moment(tap->ruleset_expires_ns)}}
                                                      : Json{};
  document["packs"] = Json::array();
  if (tap)
    for (const auto& pack : tap->packs) document["packs"].push_back(live_pack(pack));
  else
    document["packs_error"] = stored_text(tap.error().text);
  document["tap_id"] = facts.tap_id;
  document["site"] = stored_text(facts.site);
  document["dataplane"] = {{"up", loop.up},
                           {"started", loop.reading ? moment(loop.reading->started_ns) : Json{}},
                           {"process", loop.reading ? Json(loop.reading->process) : Json{}},
                           {"version", tap ? Json(stored_text(tap->version)) : Json{}}};
  document["links"] = links_document(loop);
  document["bypass"] = loop.guard ? bypass_document(*loop.guard) : Json{};
  document["control"] = {{"version", facts.version},
                         {"started", moment(facts.started_ns)},
                         {"events", loop.events_read},
                         {"events_malformed", loop.events_malformed},
                         {"rings_damaged", loop.rings_damaged},
                         {"counters_unreadable", loop.counters_unreadable},
                         {"alerts_unexplained", loop.alerts_unexplained}};
  document["eve"] = {{"file", facts.eve_file},
                     {"lines", loop.eve_written},
                     {"lines_lost", loop.eve_lost},
                     {"rotations", loop.eve_rotations},
                     {"failing", loop.eve_failing}};
  document["statistics"] = loop.reading ? counters(*loop.reading) : Json{};
  return document;
}

Json bypass_document(const GuardStatus& guard) {
  const auto holder = [&] {
    switch (guard.page.holder) {
      case WireHolder::data_plane: return "data-plane";
      case WireHolder::guard: return "guard";
      case WireHolder::nobody: return "nobody";
    }
    return "nobody";
  }();
  return {{"guard_up", guard.up},
          {"holder", holder},
          {"since", moment(guard.page.since_ns)},
          {"order", text_of(guard.page.order)},
          {"order_user", guard.page.order_user},
          {"takeovers", guard.page.takeovers}};
}

Json packs_document(const Pushes::History& history, const TapAnswer& tap) {
  Json packs = Json::array();
  if (tap)
    for (const auto& pack : tap->packs) {
      auto entry = live_pack(pack);
      const auto kept = std::find_if(history.packs.begin(), history.packs.end(),
                                     [&](const KeptPack& each) { return each.digest == pack.digest; });
      entry["live"] = true;
      entry["pushed"] = kept != history.packs.end() ? moment(kept->pushed_ns) : Json{};
      packs.push_back(std::move(entry));
    }
  for (const auto& kept : history.packs) {
    const bool is_live = tap && std::any_of(tap->packs.begin(), tap->packs.end(),
                                            [&](const TapPack& pack) { return pack.digest == kept.digest; });
    if (is_live) continue;
    packs.push_back({{"name", kept.name},
                     {"channel", kept.channel},
                     {"sequence", kept.sequence},
                     {"digest", kept.digest},
                     {"expires", moment(kept.expires_ns)},
                     {"live", tap ? Json(false) : Json{}},
                     {"pushed", moment(kept.pushed_ns)}});
  }
  Json pushes = Json::array();
  for (const auto& set : history.sets)
    pushes.push_back({{"number", set.number},
                      {"when", moment(set.when_ns)},
                      {"cause", set.cause},
                      {"ruleset_digest", set.ruleset_digest},
                      {"packs", set.packs},
                      {"manifest", manifest_document(set.manifest.text)},
                      {"allow_rollback", set.allow_rollback}});
  Json document = {{"packs", std::move(packs)}, {"pushes", std::move(pushes)}};
  document["can_roll_back"] = !history.sets.empty() && history.sets.back().before.has_value();
  if (!tap) document["packs_error"] = stored_text(tap.error().text);
  return document;
}

Json push_document(const PushDone& done, bool dry_run) {
  Json packs = Json::array();
  for (const auto& info : done.set)
    packs.push_back(
        {{"name", stored_text(info.name)}, {"channel", stored_text(info.channel)}, {"sequence", info.sequence}});
  Json document = {{"dry_run", dry_run},
                   {"generation", done.published.generation},
                   {"ruleset_digest", stored_text(done.published.digest)},
                   {"packs", std::move(packs)},
                   {"microseconds",
                    {{"verify", done.published.verify.count()},
                     {"compile", done.published.compile.count()},
                     {"build", done.published.build.count()},
                     {"publish", done.published.publish.count()}}}};
  if (!done.warning.empty()) document["warning"] = stored_text(done.warning);
  return document;
}

Json reload_document(const ReloadResult& result) {
  Json changes = Json::array();
  for (const auto& change : result.changes)
    changes.push_back({{"option", change.option},
                       {"before", change.before},
                       {"after", change.after},
                       {"apply", change.takes_restart ? "restart" : "reload"}});
  return {{"applied", result.applied},
          {"generation", result.generation},
          {"changes", std::move(changes)},
          {"unlisted", result.unlisted}};
}

Json store_document(const StoreStatus& store) {
  return {{"findings", store.counts.findings},   {"bytes", store.counts.bytes},
          {"bytes_limit", store.bytes_limit},    {"unwritten", store.unwritten},
          {"failing", !store.complaint.empty()}, {"reason", stored_text(store.complaint)}};
}

Json error_document(const std::string& error, const std::string& remedy) {
  return {{"error", stored_text(error)}, {"remedy", stored_text(remedy)}};
}

}  // namespace sluice
