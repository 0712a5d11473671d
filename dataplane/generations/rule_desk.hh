// The rules of the running tap: loads new ones in the background, brings them into use, keeps them for the next start.
// Stepped by the main core; no step waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/exchange/command.hh"
#include "dataplane/exchange/tap_state.hh"
#include "dataplane/generations/background.hh"
#include "dataplane/generations/generation_loader.hh"
#include "dataplane/generations/generation_switch.hh"
#include "dataplane/generations/pack_store.hh"

namespace sluice {

// From the moment that a generation is published, for the answer to the push. A worker that takes longer hangs; the
// generation stays published, and the next push waits until the worker has moved.
constexpr auto takeover_limit = std::chrono::seconds{5};

class RuleDesk {
 public:
  // `named`: paths of rules.packs. `generations` has an empty generation until the first rules are live.
  RuleDesk(LoaderSettings settings, std::vector<std::string> named, PackStore store, GenerationSwitch& generations);

  struct Live {
    std::uint32_t generation = 0;
    std::string digest;  // empty without rules
    std::vector<LoadedPack> packs;
    std::optional<Manifest> manifest;  // that they came with
    SignedManifest signed_manifest;
  };

  // Begins to load what the tap starts with.
  void start(Tick now);
  [[nodiscard]] bool has_started() const noexcept { return started_; }
  // Begins to load; refused while another push is under way. take_outcome() has the rest.
  [[nodiscard]] tl::expected<void, std::string> push(std::vector<SealedPack> packs, SignedManifest manifest,
                                                     bool allow_rollback, bool dry_run, Tick now);
  // Begins to load the live packs anew, for a site that has changed. `prepare` runs in the background, with the
  // settings in use: it makes those to use from now on, or nothing where there is nothing to do.
  using Prepare =
      std::function<tl::expected<std::optional<LoaderSettings>, std::string>(const LoaderSettings& running)>;
  [[nodiscard]] tl::expected<void, std::string> reload(Prepare prepare, bool dry_run, Tick now);
  // Begins to hold these rules and no others: of the live generation, and of every one that comes after it. They raise
  // alarms and block nothing.
  [[nodiscard]] tl::expected<void, std::string> hold(RuleIds rules, Tick now);
  // Of the live ones, as of the last outcome.
  [[nodiscard]] std::uint32_t held_rules() const noexcept { return held_rules_; }
  // Of the push, reload or hold under way, once.
  [[nodiscard]] std::optional<tl::expected<PublishResult, std::string>> take_outcome();

  void step(Tick now);
  [[nodiscard]] bool is_busy() const noexcept { return stage_ != Stage::idle; }

  [[nodiscard]] const Live& live() const noexcept { return live_; }
  // Of the live generation or the one before it; null for any other.
  [[nodiscard]] const Live* rules_of(std::uint32_t generation) const noexcept;
  [[nodiscard]] std::uint64_t swaps() const noexcept { return swaps_; }
  // What of the live packs and their manifest expires first; none of them: 0.
  struct Expiry {
    std::string what;        // "pack NAME" or "ruleset NAME"
    std::int64_t at_ns = 0;  // since 1970
  };
  [[nodiscard]] Expiry first_expiry() const;
  // What of the tap's condition the rules decide.
  void describe(TapCondition& condition, Tick now) const;

 private:
  enum class Stage : std::uint8_t { idle, loading, taking_over, keeping };
  struct Load;
  struct Writing;

  [[nodiscard]] tl::expected<void, std::string> may_begin() const;
  void begin(std::shared_ptr<Load> load);
  void load(Load& load, const Background::Stop& stop) const;
  void find_held(Load& load) const;
  void loaded();
  void settle_start(Load& load);
  void publish(LoadedRules rules, SignedManifest manifest);
  void taken_over(Tick now);
  void lower_floor(const Load& load);
  void raise_floor(const std::string& name, std::uint64_t sequence);
  void keep();

  LoaderSettings settings_;
  std::vector<std::string> named_;
  PackStore store_;
  GenerationSwitch* generations_;

  Stage stage_ = Stage::idle;
  bool started_ = false;
  std::shared_ptr<Load> load_;
  std::uint64_t load_job_ = 0;
  std::chrono::steady_clock::time_point published_at_{};
  std::optional<PublishResult> result_;  // of the push or reload under way, as far as it is known
  std::optional<tl::expected<PublishResult, std::string>> outcome_;

  std::shared_ptr<const RuleIds> held_ = std::make_shared<RuleIds>();
  std::uint32_t held_rules_ = 0;
  Live live_;
  Live previous_;
  PackFloor floor_;
  std::uint64_t swaps_ = 0;
  bool was_pushed_ = false;        // the packs that are live
  std::string start_shortcoming_;  // gone with the next push
  std::shared_ptr<Writing> writing_;
  std::uint64_t writing_job_ = 0;
  std::string store_shortcoming_;

  Background background_;  // last: its jobs use what stands above
};

}  // namespace sluice
