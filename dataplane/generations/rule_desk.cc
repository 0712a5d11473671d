#include "dataplane/generations/rule_desk.hh"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "dataplane/generations/start_packs.hh"

namespace sluice {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

}  // namespace

// Written by the background job, read when it is done.
struct RuleDesk::Load {
  enum class Occasion : std::uint8_t { start, push, reload, hold };
  Occasion occasion{};
  LoadRequest request;
  Prepare prepare{};                       // of a reload
  std::optional<LoaderSettings> settings;  // that it made
  bool is_needless = false;                // it made none
  bool is_dry_run = false;
  std::vector<std::string> shortcomings;  // in choosing what to start with
  std::optional<LoadedRules> rules;
  std::vector<std::uint32_t> held{};  // rows of the live generation, of a hold
  std::string error;                  // where there are no rules
};

struct RuleDesk::Writing {
  std::vector<NamedPack> packs;
  SignedManifest manifest;
  bool with_packs = false;  // else the floor alone
  PackFloor floor;
  std::string error;
};

RuleDesk::RuleDesk(LoaderSettings settings, std::vector<std::string> named, PackStore store,
                   GenerationSwitch& generations)
    : settings_(std::move(settings)), named_(std::move(named)), store_(std::move(store)), generations_(&generations) {
  auto floor = store_.load_floor();
  if (floor)
    floor_ = std::move(*floor);
  else
    std::fprintf(stderr, "sluice-dataplane: %s\n", floor.error().c_str());
}

void RuleDesk::start(Tick now) {
  auto load = std::make_shared<Load>();
  load->request.now = now;
  begin(std::move(load));
}

tl::expected<void, std::string> RuleDesk::push(std::vector<SealedPack> packs, SignedManifest manifest,
                                               bool allow_rollback, bool dry_run, Tick now) {
  if (auto may = may_begin(); !may) return may;
  auto load = std::make_shared<Load>();
  load->occasion = Load::Occasion::push;
  load->request.packs = std::move(packs);
  load->request.is_push = true;
  load->request.manifest = std::move(manifest);
  load->request.allow_rollback = allow_rollback;
  load->request.now = now;
  load->is_dry_run = dry_run;
  begin(std::move(load));
  return {};
}

tl::expected<void, std::string> RuleDesk::reload(Prepare prepare, bool dry_run, Tick now) {
  if (auto may = may_begin(); !may) return may;
  auto load = std::make_shared<Load>();
  load->occasion = Load::Occasion::reload;
  load->prepare = std::move(prepare);
  for (const auto& pack : live_.packs)
    if (!pack.is_site) load->request.packs.push_back(pack.pack);
  load->request.manifest = live_.signed_manifest;
  load->request.now = now;
  load->is_dry_run = dry_run;
  begin(std::move(load));
  return {};
}

tl::expected<void, std::string> RuleDesk::hold(RuleIds rules, Tick now) {
  if (auto may = may_begin(); !may) return may;
  held_ = std::make_shared<const RuleIds>(std::move(rules));
  auto load = std::make_shared<Load>();
  load->occasion = Load::Occasion::hold;
  for (const auto& pack : live_.packs) load->request.packs.push_back(pack.pack);
  load->request.now = now;
  begin(std::move(load));
  return {};
}

tl::expected<void, std::string> RuleDesk::may_begin() const {
  if (!started_) return tl::unexpected(std::string{"the first rules are still being loaded: try again in a moment"});
  if (stage_ == Stage::loading || stage_ == Stage::keeping)
    return tl::unexpected(std::string{"another push or reload is under way: try again in a moment"});
  if (stage_ == Stage::taking_over)
    return tl::unexpected(std::string{"not every worker uses the rules that came before: see the state of the tap"});
  return {};
}

void RuleDesk::begin(std::shared_ptr<Load> load) {
  load->request.floor = floor_;
  load->request.number = live_.generation + 1;
  load->request.held = held_;
  load_ = std::move(load);
  load_job_ = background_.post([this, begun = load_](const Background::Stop& stop) { this->load(*begun, stop); });
  stage_ = Stage::loading;
}

// In the background: the main core changes none of what this reads before it is done.
void RuleDesk::load(Load& load, const Background::Stop& stop) const {
  if (load.occasion == Load::Occasion::hold) return find_held(load);
  if (load.occasion == Load::Occasion::start) {
    auto start = choose_start_packs(store_, named_, settings_.keyring);
    load.request.packs = std::move(start.packs);
    load.request.manifest = std::move(start.manifest);
    load.shortcomings = std::move(start.shortcomings);
  } else if (load.occasion == Load::Occasion::reload) {
    auto settings = load.prepare(settings_);
    if (!settings) {
      load.error = std::move(settings.error());
      return;
    }
    load.is_needless = !*settings;
    if (load.is_needless) return;
    load.settings = std::move(*settings);
  }
  auto rules = load_generation(load.request, load.settings ? *load.settings : settings_, stop);
  if (!rules)
    load.error = std::move(rules.error());
  else if (load.occasion == Load::Occasion::reload && !rules->shortcomings.empty())
    load.error = joined(rules->shortcomings);  // what runs is better than that
  else
    load.rules.emplace(std::move(*rules));
}

// In the background too: nothing is published meanwhile.
void RuleDesk::find_held(Load& load) const {
  std::vector<PackView> packs;
  for (const auto& pack : load.request.packs) {
    auto view = PackView::open(pack.file->bytes(), pack.file);
    if (!view) {
      load.error = view.error();
      return;
    }
    packs.push_back(std::move(*view));
  }
  load.held = held_rows(*load.request.held, packs, generations_->live().labels);
}

std::optional<tl::expected<PublishResult, std::string>> RuleDesk::take_outcome() {
  return std::exchange(outcome_, std::nullopt);
}

void RuleDesk::step(Tick now) {
  if (stage_ == Stage::loading && background_.is_done(load_job_)) loaded();
  if (stage_ == Stage::taking_over) {
    if (generations_->is_left()) {
      // To free a large generation takes longer than to leave it.
      if (result_)
        result_->publish = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - published_at_);
      (void)generations_->retire();
      taken_over(now);
    } else if (result_ && SteadyClock::now() - published_at_ > takeover_limit) {
      outcome_ = tl::unexpected("published as generation " + std::to_string(live_.generation) +
                                ", but a worker has not taken it up: see the state of the tap");
      result_.reset();
    }
  }
  if (writing_ && background_.is_done(writing_job_)) {
    store_shortcoming_.clear();
    if (!writing_->error.empty())
      store_shortcoming_ = "a restart would not know these rules, they could not be kept: " + writing_->error;
    writing_.reset();
    if (stage_ != Stage::keeping) return;
    stage_ = Stage::idle;
    outcome_ = *std::exchange(result_, std::nullopt);
  }
}

void RuleDesk::loaded() {
  stage_ = Stage::idle;
  const auto load = std::exchange(load_, nullptr);
  if (load->occasion == Load::Occasion::hold) {
    if (!load->error.empty()) {
      outcome_ = tl::unexpected(load->error);
      return;
    }
    generations_->live().ruleset.hold(load->held);
    held_rules_ = static_cast<std::uint32_t>(load->held.size());
    outcome_ = PublishResult{live_.generation, live_.digest, {}, {}, {}, {}};
    return;
  }
  if (load->is_needless) {
    outcome_ = PublishResult{live_.generation, live_.digest, {}, {}, {}, {}};
    return;
  }
  if (load->occasion == Load::Occasion::start)
    settle_start(*load);
  else if (!load->rules)
    outcome_ = tl::unexpected(load->error);
  else
    result_ = PublishResult{live_.generation,     load->rules->digest, load->rules->verify,
                            load->rules->compile, load->rules->build,  {}};
  if (!load->rules) {
    started_ = true;
    return;
  }
  if (load->is_dry_run) {
    outcome_ = *std::exchange(result_, std::nullopt);
    return;
  }
  if (load->request.allow_rollback) lower_floor(*load);
  if (load->settings) settings_ = std::move(*load->settings);
  was_pushed_ = was_pushed_ || load->occasion == Load::Occasion::push;
  publish(std::move(*load->rules), std::move(load->request.manifest));
}

// What it could not start with is said, and shown in the state until the next push.
void RuleDesk::settle_start(Load& load) {
  if (load.rules)
    std::move(load.rules->shortcomings.begin(), load.rules->shortcomings.end(), std::back_inserter(load.shortcomings));
  else
    load.shortcomings.push_back(load.error);
  for (const auto& text : load.shortcomings) std::fprintf(stderr, "sluice-dataplane: %s\n", text.c_str());
  start_shortcoming_ = joined(load.shortcomings);
}

// An operator takes the tap back: to what is live next, and to the time that its clock says.
void RuleDesk::lower_floor(const Load& load) {
  const auto& manifest = load.rules->manifest;
  for (const auto& pack : load.rules->packs) floor_.sequences.erase(pack.about.name);
  std::erase_if(floor_.sequences, [&](const auto& entry) {
    return manifest ? entry.first == ruleset_floor(manifest->name) : entry.first.starts_with(ruleset_floor({}));
  });
  floor_.last_seen = std::min(floor_.last_seen, load.request.now);
}

void RuleDesk::raise_floor(const std::string& name, std::uint64_t sequence) {
  if (floor_.sequences.size() >= PackStore::floor_limit && floor_.sequences.count(name) == 0) {
    std::fprintf(stderr, "sluice-dataplane: %zu names of packs were live: older ones of %s are not refused\n",
                 floor_.sequences.size(), name.c_str());
    return;
  }
  auto& known = floor_.sequences[name];
  known = std::max(known, sequence);
}

void RuleDesk::publish(LoadedRules rules, SignedManifest manifest) {
  previous_ = std::exchange(live_, Live{rules.generation->number(), std::move(rules.digest), std::move(rules.packs),
                                        std::move(rules.manifest), std::move(manifest)});
  published_at_ = SteadyClock::now();
  generations_->publish(std::move(rules.generation));
  stage_ = Stage::taking_over;
}

void RuleDesk::taken_over(Tick now) {
  // Who is told that it is live may count on it that a restart knows it, too.
  stage_ = result_ ? Stage::keeping : Stage::idle;
  if (started_) ++swaps_;
  if (was_pushed_) start_shortcoming_.clear();
  started_ = true;
  if (result_) result_->generation = live_.generation;
  for (const auto& pack : live_.packs)
    if (!pack.is_site) raise_floor(pack.about.name, pack.about.sequence);
  if (live_.manifest) raise_floor(ruleset_floor(live_.manifest->name), live_.manifest->sequence);
  floor_.last_seen = std::max(floor_.last_seen, now);
  keep();
}

// What runs now is what a restart begins with. Packs that the configuration names are not kept: it may name others
// then.
void RuleDesk::keep() {
  auto writing = std::make_shared<Writing>();
  writing->with_packs = was_pushed_;
  for (const auto& pack : live_.packs)
    if (!pack.is_site) writing->packs.push_back({pack.about.name, pack.about.digest, pack.pack});
  writing->manifest = live_.signed_manifest;
  writing->floor = floor_;
  writing_ = writing;
  writing_job_ = background_.post([this, writing](const Background::Stop&) {
    if (writing->packs.empty() && !writing->with_packs) return;
    auto done =
        writing->with_packs ? store_.store(writing->packs, writing->manifest) : tl::expected<void, std::string>{};
    if (done) done = store_.store_floor(writing->floor);
    if (!done) writing->error = done.error();
  });
  // What the old generation held goes back to the system.
  (void)background_.post([](const Background::Stop&) { (void)::malloc_trim(0); });
}

const RuleDesk::Live* RuleDesk::rules_of(std::uint32_t generation) const noexcept {
  if (generation == 0) return nullptr;
  return live_.generation == generation ? &live_ : previous_.generation == generation ? &previous_ : nullptr;
}

RuleDesk::Expiry RuleDesk::first_expiry() const {
  Expiry first;
  const auto look_at = [&](const char* kind, const std::string& name, std::int64_t expires_ns) {
    if (expires_ns != 0 && (first.at_ns == 0 || expires_ns < first.at_ns)) first = {kind + name, expires_ns};
  };
  for (const auto& pack : live_.packs) look_at("pack ", pack.about.name, pack.about.expires_ns);
  if (live_.manifest) look_at("ruleset ", live_.manifest->name, live_.manifest->expires_ns);
  return first;
}

void RuleDesk::describe(TapCondition& condition, Tick now) const {
  condition.loading_first = !started_;
  condition.has_rules = generations_->live().ruleset.size() != 0;
  const auto first = first_expiry();
  if (const auto expires = tick_from_nanoseconds(first.at_ns); first.at_ns != 0 && expires <= now) {
    condition.stale = first.what;
    condition.stale_since = expires;
  }
  condition.shortcoming = start_shortcoming_.empty() ? store_shortcoming_ : start_shortcoming_;
}

}  // namespace sluice
