// The rules of a tap as they run: a desk with one worker, which the test is, and a publisher with a key.
#pragma once

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dataplane/generations/rule_desk.hh"
#include "tests/unit/signed_packs.hh"

namespace sluice::test {

constexpr auto patience = std::chrono::seconds{30};
inline const Tick today = tick_from_nanoseconds(1'750'000'000'000'000'000);

struct Desk {
  explicit Desk(std::vector<std::string> named = {}) : named(std::move(named)) { open(); }

  void open() {
    desk.reset();
    generations = std::make_unique<GenerationSwitch>(1, std::move(*make_generation({}, {}, 0, 1)));
    desk = std::make_unique<RuleDesk>(settings(), named, PackStore{directory()}, *generations);
  }
  [[nodiscard]] LoaderSettings settings() const {
    LoaderSettings settings;
    settings.keyring = keyring;
    settings.ruleset = ruleset;
    settings.program = {0, 1, 0};
    return settings;
  }
  void start() {
    desk->start(now);
    until([&] { return desk->has_started() && !desk->is_busy(); });
  }
  template <class Done>
  void until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      desk->step(now);
      if (worker_moves) (void)generations->current(0);
      std::this_thread::yield();
    }
    BOOST_REQUIRE(done());
  }
  // The generation's number, or why there is none.
  std::string push(std::vector<SealedPack> packs, bool allow_rollback = false, bool dry_run = false,
                   SignedManifest manifest = {}) {
    const auto begun = desk->push(std::move(packs), std::move(manifest), allow_rollback, dry_run, now);
    return begun ? outcome() : begun.error();
  }
  // As push(). Nothing of `next`: there is nothing to do.
  std::string reload(tl::expected<std::optional<LoaderSettings>, std::string> next, bool dry_run = false) {
    const auto begun = desk->reload([&](const LoaderSettings&) { return next; }, dry_run, now);
    return begun ? outcome() : begun.error();
  }
  std::string outcome() {
    std::optional<tl::expected<PublishResult, std::string>> outcome;
    until([&] {
      if (!outcome) outcome = desk->take_outcome();
      return outcome.has_value();
    });
    return *outcome ? std::to_string((*outcome)->generation) : outcome->error();
  }
  [[nodiscard]] SealedPack pack(const std::string& name, std::uint64_t sequence, std::int64_t expires_ns = 0) const {
    return publisher.signed_pack(pack_of(name, sequence, {name + ".example"}, expires_ns));
  }
  [[nodiscard]] SignedManifest manifest(std::uint64_t sequence, const std::vector<SealedPack>& packs,
                                        std::int64_t expires_ns = 0) const {
    return publisher.signed_manifest(manifest_of("phones", sequence, packs, expires_ns));
  }
  [[nodiscard]] std::string state() const {
    TapCondition condition;
    desk->describe(condition, now);
    const auto verdict = judge(condition);
    return std::string{name_of(verdict.state)} + (verdict.reason.empty() ? "" : ": ") + verdict.reason;
  }
  [[nodiscard]] std::string directory() const { return folder.path + "/state"; }

  TemporaryFolder folder;
  Publisher publisher;
  Keyring keyring{{publisher.key()}, {}};
  std::string ruleset;  // that the tap runs
  std::vector<std::string> named;
  bool worker_moves = true;
  Tick now = today;
  std::unique_ptr<GenerationSwitch> generations;
  std::unique_ptr<RuleDesk> desk;
};

}  // namespace sluice::test
