// A data plane for tests of the control plane: the memory that it shares, workers that turn, and its answers.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "control/tap/tap_commands.hh"
#include "dataplane/exchange/shared_memory.hh"
#include "tests/unit/event_record.hh"
#include "tests/unit/signed_packs.hh"

namespace sluice::test {

// For a server of this test; two runs side by side have two.
inline std::string free_address() {
  constexpr int first = 20'000;
  constexpr int count = 12'000;  // below the ports that the kernel gives to clients
  static int next = ::getpid();
  return "127.0.0.1:" + std::to_string(first + next++ % count);
}

// Waits until it holds, some seconds at most.
inline bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 500; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

class FakeTap {
 public:
  static constexpr std::uint64_t ring_bytes = 4 * event_size_limit;
  static constexpr std::uint32_t workers = 2;

  explicit FakeTap(const std::string& path) : memory_(std::move(*SharedMemory::create(path, workers, ring_bytes))) {
    auto& header = memory_.layout().header();
    header.ports = 2;
    std::string{"lab-in"}.copy(header.port_names[0], 31);
    std::string{"lab-out"}.copy(header.port_names[1], 31);
    live(1, std::string(64, 'a'));
    for (std::uint32_t i = 0; i < workers; ++i) sinks_.push_back(memory_.sink(i));
    memory_.publish();
    turning_ = std::thread{[this] {
      while (!stop_) {
        if (!hang) ++memory_.layout().worker(0).heartbeat;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
      }
    }};
  }
  ~FakeTap() {
    stop_ = true;
    turning_.join();
  }

  void live(std::uint32_t generation, const std::string& digest, TapState state = TapState::inspecting,
            const std::string& reason = "") {
    StateReading reading;
    reading.state = state;
    reading.generation = generation;
    reading.since_ns = 1'795'235'787'000'000'000;
    reason.copy(reading.reason, sizeof reading.reason - 1);
    digest.copy(reading.ruleset_digest, sizeof reading.ruleset_digest - 1);
    sluice::publish(memory_.layout().header(), reading);
  }
  void counters(std::uint32_t worker, const WorkerReading& reading) {
    sluice::publish(memory_.layout().worker(worker), reading);
  }
  void alert(std::uint32_t generation, std::uint64_t row, std::string_view name, Action action = Action::pass) {
    auto at = header(EventType::alert);
    at.generation = generation;
    EventWriter writer{buffer_};
    writer.begin(at);
    writer.integer(Field::rule_row, row);
    writer.integer(Field::matched_field, static_cast<std::uint64_t>(Field::tls_sni));
    writer.text(Field::matched_value, name);
    writer.integer(Field::stage, static_cast<std::uint64_t>(Stage::name_in_handshake));
    writer.integer(Field::action, static_cast<std::uint64_t>(action));
    sinks_[0].put(EventType::alert, 0, writer.finish(), counted_);
  }
  void flow() {
    EventWriter writer{buffer_};
    writer.begin(header(EventType::flow));
    record(writer.finish());
  }
  void record(Bytes bytes) { sinks_[1].put(EventType::flow, 0, bytes, counted_); }
  [[nodiscard]] const SharedLayout& layout() const { return memory_.layout(); }

  std::atomic<bool> hang{false};

 private:
  SharedMemory memory_;
  std::vector<EventSink> sinks_;
  InspectionCounters counted_;
  std::array<std::uint8_t, event_size_limit> buffer_{};
  std::atomic<bool> stop_{false};
  std::thread turning_;
};

// On any thread: see FakeCommands.
inline std::shared_ptr<const SealedMemory> sealed(const std::vector<std::uint8_t>& bytes) {
  auto file = SealedMemory::copy_of(bytes, "test");
  if (!file) throw std::runtime_error{file.error()};
  return std::make_shared<const SealedMemory>(std::move(*file));
}

// Takes whatever is published, and says afterwards that it is live. Its answers are given on threads of the control
// plane, beside assertions of the test's own: they throw, because Boost.Test asserts on one thread alone.
class FakeCommands {
 public:
  struct State {
    std::string refusal;  // of the next publication
    bool reachable = true;
    std::vector<TapPack> live;
    std::vector<SignedPack> packs;  // as published last
    RuleReport costs;
    std::vector<std::string> resumed;  // as asked for last
    SignedManifest manifest;           // with them
    bool allow_rollback = false;
    std::uint32_t generation = 1;
    std::vector<std::string> held;                 // as asked for last
    std::vector<std::string> held_at_publication;  // when something was published last
    bool renamed = false;                          // the rules of a data plane that was started anew
  };
  // Locked until the end of the expression that it stands in.
  class Locked {
   public:
    Locked(std::recursive_mutex& mutex, State& state) : lock_(mutex), state_(&state) {}
    State* operator->() const { return state_; }

   private:
    std::unique_lock<std::recursive_mutex> lock_;
    State* state_;
  };
  Locked operator->() { return locked(); }

  [[nodiscard]] TapCommands commands() {
    TapCommands commands;
    commands.status = [this]() -> tl::expected<TapStatus, TapFailure> {
      const auto self = locked();
      if (!self->reachable) return tl::unexpected(TapFailure{false, "nobody there"});
      TapStatus status{"inspecting", "", 1, self->generation, std::string(64, 'a'), self->live, "0.1.0"};
      status.mode = "enforce";
      status.notices = {"policy.traffic, guests: some traffic is exempt"};
      return status;
    };
    commands.publish = [this](const std::vector<SignedPack>& set, bool rollback, bool dry_run,
                              const SignedManifest& with) -> tl::expected<PublishResult, TapFailure> {
      const auto self = locked();
      if (!self->reachable) return tl::unexpected(TapFailure{false, "nobody there"});
      if (!self->refusal.empty()) return tl::unexpected(TapFailure{true, self->refusal});
      self->allow_rollback = rollback;
      if (dry_run) return PublishResult{self->generation, std::string(64, 'b'), {}, {}, {}, {}};
      self->packs = set;
      self->held_at_publication = self->held;
      self->manifest = with;
      self->live.clear();
      for (const auto& pack : set) {
        const auto read = read_pack(pack.bytes);
        if (!read) throw std::runtime_error{read.error()};
        self->live.push_back({read->info.name, read->info.channel, read->info.sequence, pack_digest(pack.bytes),
                              read->info.expires_ns, read->rules.size()});
      }
      ++self->generation;
      return PublishResult{self->generation, std::string(64, 'b'), {}, {}, {}, std::chrono::microseconds{1500}};
    };
    commands.costs = [this]() -> tl::expected<RuleReport, TapFailure> {
      const auto self = locked();
      if (!self->reachable) return tl::unexpected(TapFailure{false, "nobody there"});
      return self->costs;
    };
    commands.resume = [this](const std::vector<std::string>& rules) -> tl::expected<std::uint32_t, TapFailure> {
      const auto self = locked();
      if (!self->refusal.empty()) return tl::unexpected(TapFailure{true, self->refusal});
      self->resumed = rules;
      return static_cast<std::uint32_t>(rules.size());
    };
    commands.hold = [this](const RuleIds& rules) -> tl::expected<std::uint32_t, TapFailure> {
      const auto self = locked();
      if (!self->reachable) return tl::unexpected(TapFailure{false, "nobody there"});
      self->held = rules.rules();
      return static_cast<std::uint32_t>(self->held.size());
    };
    commands.reload = [this](bool dry_run) -> tl::expected<ReloadResult, TapFailure> {
      const auto self = locked();
      if (!self->reachable) return tl::unexpected(TapFailure{false, "nobody there"});
      if (!self->refusal.empty()) return tl::unexpected(TapFailure{true, self->refusal});
      if (!dry_run) ++self->generation;
      return ReloadResult{{{"mode", "\"monitor\"", "\"enforce\"", false}}, 0, !dry_run, self->generation};
    };
    commands.rules = [this](std::uint32_t wanted) -> tl::expected<SealedFiles, std::string> {
      const auto self = locked();
      if (wanted > 2) return tl::unexpected(std::string{"not live any more"});
      return SealedFiles{
          sealed(write_pack(pack_of("site", 0, {"site.example"}))),
          sealed(write_pack(pack_of("phones", wanted, {self->renamed ? "other.example" : "data.example"})))};
    };
    return commands;
  }

 private:
  Locked locked() { return {mutex_, state_}; }

  std::recursive_mutex mutex_;
  State state_;
};

}  // namespace sluice::test
