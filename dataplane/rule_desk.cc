#include "dataplane/rule_desk.hh"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "dataplane/start_packs.hh"

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
  LoadRequest request;
  bool is_dry_run = false;
  std::vector<std::string> shortcomings;  // in choosing what to start with
  std::optional<LoadedRules> rules;
  std::string error;  // where there are none
};

struct RuleDesk::Writing {
  std::vector<NamedPack> packs;
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

tl::expected<void, std::string> RuleDesk::push(std::vector<SealedPack> packs, bool allow_rollback, bool dry_run,
                                               Tick now) {
  if (!started_) return tl::unexpected(std::string{"the first rules are still being loaded: try again in a moment"});
  if (stage_ == Stage::loading) return tl::unexpected(std::string{"another push is under way: try again in a moment"});
  if (stage_ == Stage::taking_over)
    return tl::unexpected(std::string{"not every worker uses the rules of the push before: see the state of the tap"});
  auto load = std::make_shared<Load>();
  load->request.packs = std::move(packs);
  load->request.is_push = true;
  load->request.allow_rollback = allow_rollback;
  load->request.now = now;
  load->is_dry_run = dry_run;
  begin(std::move(load));
  return {};
}

void RuleDesk::begin(std::shared_ptr<Load> load) {
  load->request.floor = floor_;
  load->request.number = live_.generation + 1;
  load_ = std::move(load);
  load_job_ = background_.post([this, load = load_](const Background::Stop& stop) {
    if (!load->request.is_push) {
      auto start = choose_start_packs(store_, named_, settings_.keyring);
      load->request.packs = std::move(start.packs);
      load->shortcomings = std::move(start.shortcomings);
    }
    auto rules = load_generation(load->request, settings_, stop);
    if (rules)
      load->rules.emplace(std::move(*rules));
    else
      load->error = rules.error();
  });
  stage_ = Stage::loading;
}

std::optional<tl::expected<PublishResult, std::string>> RuleDesk::take_outcome() {
  return std::exchange(outcome_, std::nullopt);
}

void RuleDesk::step(Tick now) {
  if (stage_ == Stage::loading && background_.is_done(load_job_)) loaded();
  if (stage_ == Stage::taking_over) {
    if (generations_->retire()) {
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
  }
}

void RuleDesk::loaded() {
  stage_ = Stage::idle;
  const auto load = std::exchange(load_, nullptr);
  const bool is_push = load->request.is_push;
  if (!load->rules) {
    if (is_push)
      outcome_ = tl::unexpected(load->error);
    else
      load->shortcomings.push_back(load->error);
  }
  if (!is_push) {
    if (load->rules)
      std::move(load->rules->shortcomings.begin(), load->rules->shortcomings.end(),
                std::back_inserter(load->shortcomings));
    for (const auto& text : load->shortcomings) std::fprintf(stderr, "sluice-dataplane: %s\n", text.c_str());
    start_shortcoming_ = joined(load->shortcomings);
  }
  if (!load->rules) {
    started_ = true;
    return;
  }
  if (is_push)
    result_ = PublishResult{live_.generation,     load->rules->digest, load->rules->verify,
                            load->rules->compile, load->rules->build,  {}};
  if (load->is_dry_run) {
    outcome_ = *std::exchange(result_, std::nullopt);
    return;
  }
  if (load->request.allow_rollback)
    for (const auto& pack : load->rules->packs) floor_.sequences.erase(pack.about.name);
  publish(std::move(*load->rules));
}

void RuleDesk::publish(LoadedRules rules) {
  previous_ = std::exchange(live_, Live{rules.generation->number(), std::move(rules.digest), std::move(rules.packs)});
  published_at_ = SteadyClock::now();
  generations_->publish(std::move(rules.generation));
  stage_ = Stage::taking_over;
}

void RuleDesk::taken_over(Tick now) {
  stage_ = Stage::idle;
  const bool is_push = started_;
  if (is_push) {
    ++swaps_;
    start_shortcoming_.clear();
  }
  started_ = true;
  if (result_) {
    result_->generation = live_.generation;
    result_->publish = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - published_at_);
    outcome_ = *std::exchange(result_, std::nullopt);
  }
  for (const auto& pack : live_.packs) {
    if (pack.is_site) continue;
    if (floor_.sequences.size() >= PackStore::floor_limit && floor_.sequences.count(pack.about.name) == 0) {
      std::fprintf(stderr, "sluice-dataplane: %zu names of packs were live: older ones of %s are not refused\n",
                   floor_.sequences.size(), pack.about.name.c_str());
      continue;
    }
    auto& sequence = floor_.sequences[pack.about.name];
    sequence = std::max(sequence, pack.about.sequence);
  }
  floor_.last_seen = std::max(floor_.last_seen, now);
  keep();
}

// What runs now is what a restart begins with. Packs that the configuration names are not kept: it may name others
// then.
void RuleDesk::keep() {
  auto writing = std::make_shared<Writing>();
  writing->with_packs = swaps_ != 0;
  for (const auto& pack : live_.packs)
    if (!pack.is_site) writing->packs.push_back({pack.about.name, pack.about.digest, pack.pack});
  writing->floor = floor_;
  writing_ = writing;
  writing_job_ = background_.post([this, writing](const Background::Stop&) {
    // What the old generation held goes back to the system.
    (void)::malloc_trim(0);
    if (writing->packs.empty() && !writing->with_packs) return;
    auto done = writing->with_packs ? store_.store(writing->packs) : tl::expected<void, std::string>{};
    if (done) done = store_.store_floor(writing->floor);
    if (!done) writing->error = done.error();
  });
}

const RuleDesk::Live* RuleDesk::rules_of(std::uint32_t generation) const noexcept {
  if (generation == 0) return nullptr;
  return live_.generation == generation ? &live_ : previous_.generation == generation ? &previous_ : nullptr;
}

void RuleDesk::describe(TapCondition& condition, Tick now) const {
  condition.loading_first = !started_;
  condition.has_rules = generations_->live().ruleset.size() != 0;
  for (const auto& pack : live_.packs) {
    const auto expires = tick_from_nanoseconds(pack.about.expires_ns);
    if (pack.about.expires_ns == 0 || expires > now) continue;
    if (!condition.stale_pack.empty() && expires >= condition.stale_since) continue;
    condition.stale_pack = pack.about.name;
    condition.stale_since = expires;
  }
  condition.shortcoming = start_shortcoming_.empty() ? store_shortcoming_ : start_shortcoming_;
}

}  // namespace sluice
