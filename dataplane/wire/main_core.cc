#include "dataplane/wire/main_core.hh"

#include <rte_cycles.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "config/notices.hh"
#include "dataplane/exchange/rule_report_file.hh"
#include "dataplane/generations/site_settings.hh"
#include "rules/pack/pack.hh"

namespace sluice {
namespace {

constexpr auto idle_interval = std::chrono::milliseconds{50};
constexpr auto busy_interval = std::chrono::milliseconds{1};
// Of all packs of one push, bytes of memory.
constexpr std::size_t push_size_limit = 2 * pack_size_limit;

Tick wall_time() {
  return Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

// The packs as they came, checked for what they are and not for what they say.
tl::expected<std::vector<SealedPack>, std::string> taken(std::vector<Descriptor> descriptors,
                                                         const std::vector<std::string>& signatures) {
  if (descriptors.size() != signatures.size())
    return tl::unexpected(std::to_string(descriptors.size()) + " memory files came with " +
                          std::to_string(signatures.size()) + " signatures: send as many");
  std::vector<SealedPack> packs;
  auto room = push_size_limit;
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    auto file = SealedMemory::adopt(std::move(descriptors[i]), std::min(room, pack_size_limit));
    if (!file) return tl::unexpected("pack " + std::to_string(i + 1) + ": the memory file " + file.error());
    room -= file->bytes().size();
    packs.push_back({std::make_shared<const SealedMemory>(std::move(*file)), signatures[i]});
  }
  return packs;
}

}  // namespace

// Written by the background job, read when it is done.
struct MainCore::Reload {
  bool dry_run = false;
  std::uint32_t generation = 0;  // that was live before
  SiteChange change;
};

void MainCore::start(const volatile std::sig_atomic_t& stop) {
  desk_->start(wall_time());
  while (stop == 0 && !desk_->has_started()) turn();
}

void MainCore::run(const volatile std::sig_atomic_t& stop) {
  while (stop == 0) turn();
}

void MainCore::turn() {
  socket_->wait(desk_->is_busy() ? busy_interval : tap_->watches_links() ? LinkWatch::look_interval : idle_interval);
  const auto now = wall_time();
  for (std::size_t i = 0; i < CommandSocket::client_limit; ++i) {  // a client that asks on and on keeps nobody waiting
    auto question = socket_->next();
    if (!question) break;
    take(std::move(*question), now);
  }
  desk_->step(now);
  look_after_capture();

  TapCondition condition;
  tap_->look(condition, now);
  desk_->describe(condition, now);
  look_at_costs(now);
  const auto& suspended = budget_->state();
  condition.suspended_rules = suspended.rules;
  condition.suspended_blocking = suspended.blocking;
  condition.suspended_rule = suspended.first;
  tap_->show(judge(condition),
             {desk_->live().digest, desk_->first_expiry().at_ns, desk_->swaps(), suspended.rules,
              budget_->suspensions(Suspension::cycles), budget_->suspensions(Suspension::limits)},
             now);

  // After the state is shown: who asks for it upon the answer sees the new one.
  if (auto outcome = desk_->take_outcome(); outcome && pusher_) {
    const auto client = *std::exchange(pusher_, std::nullopt);
    if (std::exchange(holds_, false))
      socket_->answer(client, *outcome ? Reply{HeldAnswer{desk_->held_rules()}} : Reply{Refusal{outcome->error()}});
    else if (reload_)
      socket_->answer(client, reload_answer(*outcome));
    else
      socket_->answer(client, *outcome ? Reply{**outcome} : Reply{Refusal{outcome->error()}});
  }
}

void MainCore::take(CommandSocket::Question question, Tick now) {
  if (const auto* rules = std::get_if<RulesQuery>(&question.request))
    answer_rules(question.client, rules->generation);
  else if (const auto* publish = std::get_if<PublishRequest>(&question.request))
    take_push(question, *publish, now);
  else if (std::holds_alternative<CostQuery>(question.request))
    answer_costs(question.client);
  else if (const auto* reload = std::get_if<ReloadRequest>(&question.request))
    take_reload(question.client, reload->dry_run, now);
  else if (std::holds_alternative<HoldRequest>(question.request))
    take_hold(question, now);
  else if (const auto* capture = std::get_if<CaptureRequest>(&question.request))
    socket_->answer(question.client, begin_capture(question.client, *capture));
  else if (const auto* look = std::get_if<CaptureLook>(&question.request))
    socket_->answer(question.client, look_at_capture(question.client, look->end));
  else if (const auto* resumed = std::get_if<ResumeRequest>(&question.request))
    resume(question.client, resumed->rules);
  else
    socket_->answer(question.client, status());
}

void MainCore::take_push(CommandSocket::Question& question, const PublishRequest& request, Tick now) {
  auto packs = taken(std::move(question.descriptors), request.signatures);
  const auto begun =
      packs ? desk_->push(std::move(*packs), request.manifest, request.allow_rollback, request.dry_run, now)
            : tl::expected<void, std::string>{tl::unexpect, packs.error()};
  if (begun)
    pusher_ = question.client;
  else
    socket_->answer(question.client, Refusal{begun.error()});
}

// All of it or nothing: half of what a person wrote is something that nobody wrote.
void MainCore::take_reload(CommandSocket::ClientId client, bool dry_run, Tick now) {
  auto reload = std::make_shared<Reload>();
  reload->dry_run = dry_run;
  reload->generation = desk_->live().generation;
  const auto begun = desk_->reload(
      [reload, running = configuration_](
          const LoaderSettings& settings) -> tl::expected<std::optional<LoaderSettings>, std::string> {
        auto change = read_again(running.path, *running.value, settings);
        if (!change) return tl::unexpected(std::move(change.error()));
        reload->change = std::move(*change);
        if (const auto restarts = restarts_of(reload->change.plan); !restarts.empty() && !reload->dry_run)
          return tl::unexpected(restarts +
                                "\nnothing was changed: take these back, or restart the data plane with all of it");
        return std::exchange(reload->change.settings, std::nullopt);
      },
      dry_run, now);
  if (!begun) return socket_->answer(client, Refusal{begun.error()});
  pusher_ = client;
  reload_ = std::move(reload);
}

void MainCore::take_hold(CommandSocket::Question& question, Tick now) {
  const auto refuse = [&](const std::string& why) { socket_->answer(question.client, Refusal{why}); };
  if (question.descriptors.size() > 1) return refuse("a hold has one list of rules");
  RuleIds rules;
  if (!question.descriptors.empty()) {
    const auto file = SealedMemory::adopt(std::move(question.descriptors[0]), hold_file_size_limit);
    if (!file) return refuse("the list of held rules " + file.error());
    auto listed = decode_hold_file(file->bytes());
    if (!listed) return refuse(listed.error());
    rules = std::move(*listed);
  }
  if (const auto begun = desk_->hold(std::move(rules), now); !begun) return refuse(begun.error());
  pusher_ = question.client;
  holds_ = true;
}

Reply MainCore::reload_answer(const tl::expected<PublishResult, std::string>& outcome) {
  const auto reload = std::exchange(reload_, nullptr);
  auto result = listed(reload->change.plan);
  result.generation = desk_->live().generation;
  result.applied = result.generation != reload->generation;
  if (result.applied) {  // although a worker may hang before it has taken it up
    configuration_.value = reload->change.configuration;
    for (const auto& change : reload->change.plan)
      std::fprintf(stderr, "sluice-dataplane: reloaded: %s\n", text(change).c_str());
  }
  if (!outcome) return Refusal{outcome.error()};
  return result;
}

void MainCore::answer_rules(CommandSocket::ClientId client, std::uint32_t generation) {
  const auto* rules = desk_->rules_of(generation);
  if (rules == nullptr) {
    socket_->answer(client,
                    Refusal{"generation " + std::to_string(generation) + " is not live any more; the live one is " +
                            std::to_string(desk_->live().generation)});
    return;
  }
  std::vector<int> descriptors;
  for (const auto& pack : rules->packs) descriptors.push_back(pack.pack.file->descriptor());
  socket_->answer(client, RulesAnswer{static_cast<std::uint32_t>(descriptors.size())}, descriptors);
}

// Loud, since what is suspended finds and blocks nothing from now on.
void MainCore::look_at_costs(Tick now) {
  const auto& live = tap_->generations().live();
  for (const auto& [label, cause, worker, measured] :
       budget_->look(live, std::chrono::steady_clock::now(), rte_rdtsc(), now)) {
    const auto why = cause == Suspension::cycles
                         ? std::to_string(measured / 10) + "." + std::to_string(measured % 10) +
                               " % of the time of worker " + std::to_string(worker)
                         : std::to_string(measured) + " hits of the limits of regular expressions within a minute";
    const char* effect = "it finds nothing";
    if (label.action == SignatureAction::pass)
      effect = "WHAT IT LETS PASS MAY BE BLOCKED";
    else if (label.action != SignatureAction::alert)
      effect = "WHAT IT BLOCKS PASSES";
    std::fprintf(stderr,
                 "sluice-dataplane: rule %s is suspended (%s): %s, until other rules are live or it is resumed "
                 "(`sluice rules resume`)\n",
                 label.rule_id.c_str(), why.c_str(), effect);
  }
}

void MainCore::answer_costs(CommandSocket::ClientId client) {
  const auto bytes = encode_rule_report(budget_->report(tap_->generations().live(), rte_rdtsc()));
  const auto file = SealedMemory::copy_of(bytes, "sluice-costs");
  if (!file) return socket_->answer(client, Refusal{file.error()});
  const int descriptor = file->descriptor();
  socket_->answer(client, CostsAnswer{}, {&descriptor, 1});
}

void MainCore::resume(CommandSocket::ClientId client, const std::vector<std::string>& rules) {
  const auto& live = tap_->generations().live();
  if (const auto unknown = RuleBudget::first_unknown(live, rules); !unknown.empty())
    return socket_->answer(client,
                           Refusal{unknown + " is no signature of the live rules: `sluice rules cost` lists them"});
  socket_->answer(client, ResumedAnswer{budget_->resume(live, rules)});
}

Reply MainCore::begin_capture(CommandSocket::ClientId client, const CaptureRequest& request) {
  auto* const captures = tap_->captures();
  if (captures == nullptr) return Refusal{"captures are off: set events.captures to true, and restart the data plane"};
  auto filter = PacketFilter::read(request.program);
  if (!filter) return Refusal{"the filter's program is refused: " + std::string{text_of(filter.error())}};
  const auto id = captures->start(
      {std::move(*filter), request.ports, request.packets, request.bytes, request.time, request.snap_length},
      CaptureTap::Clock::now());
  if (!id) return Refusal{id.error()};
  capturer_ = client;
  is_capturing_ = true;
  std::fprintf(stderr, "sluice-dataplane: capture %llu begins\n", static_cast<unsigned long long>(*id));
  return CaptureState{*id, {}, 0, 0, 0, 0};
}

Reply MainCore::look_at_capture(CommandSocket::ClientId client, bool end) {
  auto* const captures = tap_->captures();
  if (captures == nullptr || client != capturer_) return Refusal{"no capture of this connection"};
  if (end) captures->end(CaptureEnd::asked);
  const auto reading = captures->reading();
  return CaptureState{reading.id,          std::string{capture_end_names[static_cast<std::size_t>(reading.end)]},
                      reading.packets,     reading.bytes,
                      reading.beyond_rate, reading.without_room};
}

void MainCore::look_after_capture() {
  auto* const captures = tap_->captures();
  if (captures == nullptr || !is_capturing_) return;
  captures->look(CaptureTap::Clock::now());
  if (captures->is_on() && !socket_->knows(capturer_)) captures->end(CaptureEnd::left);
  if (captures->is_on()) return;
  is_capturing_ = false;
  const auto reading = captures->reading();
  std::fprintf(stderr, "sluice-dataplane: capture %llu ends (%s): %llu packets\n",
               static_cast<unsigned long long>(reading.id),
               std::string{capture_end_names[static_cast<std::size_t>(reading.end)]}.c_str(),
               static_cast<unsigned long long>(reading.packets));
}

TapStatus MainCore::status() const {
  const auto& shown = tap_->shown();
  const auto& live = desk_->live();
  TapStatus status{
      std::string{name_of(shown.state)}, shown.reason, shown.since_ns, live.generation, live.digest, {}, version_};
  for (const auto& pack : live.packs) status.packs.push_back(pack.about);
  status.mode = configuration_.value->mode == config::Mode::enforce ? "enforce" : "monitor";
  status.notices = config::notices(*configuration_.value);
  if (live.manifest) {
    status.ruleset = live.manifest->name;
    status.ruleset_sequence = live.manifest->sequence;
    status.ruleset_expires_ns = live.manifest->expires_ns;
  }
  return status;
}

}  // namespace sluice
