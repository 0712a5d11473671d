// One row of the table: a worker of its own, with rules and traffic of its own, that counts cycles while it forwards.
// All rows have their turns on one CPU, one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dataplane/generations/generation_switch.hh"
#include "dataplane/wire/worker.hh"
#include "tests/bench/event_drain.hh"
#include "tests/bench/instructions.hh"
#include "tests/bench/rounds.hh"
#include "tests/bench/rules.hh"
#include "tests/bench/source.hh"

namespace sluice::bench {

// What a row adds to the one before it.
struct RowKind {
  std::string_view name;
  std::string_view what;
  Look look{};
  RuleChoice rules{};
  std::string_view goal;  // cycles a packet in total; empty = none was set
};

inline constexpr RowKind row_kinds[] = {
    {"forward", "receive and transmit", Look::foreign, RuleChoice::none, "105, testpmd"},
    {"flow", "+ decode, flow table", Look::opaque, RuleChoice::none, "300"},
    {"handshakes", "+ handshakes read", Look::plain, RuleChoice::none, ""},
    {"match", "+ names and signatures", Look::plain, RuleChoice::match, "350, bar 500"},
    {"packs", "+ all that ships", Look::plain, RuleChoice::packs, "350, bar 500"},
    {"large", "ten times the names, 10k signatures", Look::plain, RuleChoice::large, ""},
};

// Frames of one turn of a row, at least.
struct Turn {
  std::uint64_t warm_up = 0;  // of the first turn alone: every flow gets its handshake behind it
  std::uint64_t run_in = 0;   // not measured: the row's own data comes back into the caches
  std::uint64_t measured = 0;
};

class Row {
 public:
  Row(const RowKind& kind, std::uint32_t number, std::unique_ptr<const Generation> rules, std::uint32_t flows,
      std::uint64_t seed, const Messages& messages, rte_mempool* pool, const Turn& turn, Rounds& rounds);
  ~Row();
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  // On the row's own thread, until the rounds are over.
  void run() noexcept;

  [[nodiscard]] const RowKind& kind() const noexcept { return *kind_; }
  // By round: cycles a packet.
  [[nodiscard]] const std::vector<double>& samples() const noexcept { return samples_; }
  // Measured blocks, and those of them in which the row's thread had to leave the CPU to another: these do not count,
  // unless all of a turn are so.
  [[nodiscard]] std::uint64_t blocks() const noexcept { return blocks_; }
  [[nodiscard]] std::uint64_t blocks_disturbed() const noexcept { return blocks_disturbed_; }
  [[nodiscard]] double source_cycles_per_frame() const noexcept;
  // Of all measured blocks; none where the CPU does not count them, or not for this program.
  [[nodiscard]] std::optional<double> instructions_per_frame() const noexcept;
  [[nodiscard]] const SourceCounters& sent() const noexcept { return source_.counters(); }
  [[nodiscard]] const Mix& mix() const noexcept { return source_.mix(); }
  [[nodiscard]] const FoundEvents& found() const noexcept { return events_.found(); }
  // Flows that the worker remembered when its last turn ended.
  [[nodiscard]] std::uint64_t flows_remembered() const noexcept { return flows_remembered_; }
  // When run() has returned.
  [[nodiscard]] WorkerReading reading() const;

 private:
  // By the worker.
  struct Taken {
    std::uint64_t cycles = 0;
    std::uint64_t frames = 0;

    void operator+=(const Taken& other) noexcept {
      cycles += other.cycles;
      frames += other.frames;
    }
    [[nodiscard]] double cycles_per_frame() const noexcept {
      return frames == 0 ? 0 : static_cast<double>(cycles) / static_cast<double>(frames);
    }
  };
  enum class Part : std::uint8_t { before_first, warm_up, run_in, measured };

  static std::uint16_t between_bursts(std::uint16_t port, std::uint16_t queue, rte_mbuf** frames, std::uint16_t count,
                                      std::uint16_t limit, void* row) noexcept;
  void next_block() noexcept;
  void end_block(std::uint64_t cycles) noexcept;
  void begin(Part part, std::uint64_t frames) noexcept;
  void end_part() noexcept;

  const RowKind* kind_;
  std::uint32_t number_;
  Turn turn_;
  Rounds* rounds_;
  Source source_;
  EventDrain events_;
  std::unique_ptr<WorkerPage> page_;
  GenerationSwitch generations_;
  WireEpoch epoch_;
  std::unique_ptr<Worker> worker_;
  const void* callback_;

  std::atomic<bool> stop_{false};
  Part part_ = Part::before_first;
  std::uint64_t frames_of_part_ = 0;  // at least
  std::uint64_t block_frames_ = 0;
  Taken all_;  // in this part
  Taken undisturbed_;
  std::uint64_t source_cycles_ = 0;  // of all
  std::uint64_t block_began_ = 0;
  std::uint64_t flows_remembered_ = 0;
  long preemptions_ = 0;  // when the block began
  std::uint64_t blocks_ = 0;
  std::uint64_t blocks_disturbed_ = 0;
  InstructionCounter instructions_;
  std::uint64_t instructions_before_ = 0;  // when the block began
  std::uint64_t instructions_measured_ = 0;
  std::uint64_t frames_measured_ = 0;
  std::vector<double> samples_;
};

}  // namespace sluice::bench
