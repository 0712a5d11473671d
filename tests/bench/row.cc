#include "tests/bench/row.hh"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace sluice::bench {
namespace {

using std::chrono::seconds;

// The configuration's defaults but for what follows from time: the bench starts in a second as many flows as a site
// does in minutes. So flows that are over are forgotten sooner, and there is room for those that are not yet. Live
// flows never wait that long for their next frame, turns of the other rows included.
PipelineOptions pipeline_options(std::uint32_t flows) {
  constexpr std::uint32_t room_for_the_dead = 262'144;  // 10 million packets a second end some 85,000 UDP flows
  PipelineOptions options;
  options.flow_table_entries = 4 * flows + room_for_the_dead;
  options.hash_secret = 0x5a17;
  const auto of_closed = std::chrono::microseconds{3} * flows;
  const auto of_datagrams = std::max<Duration>(seconds{3}, std::chrono::microseconds{12} * flows);
  //                  opening      established   closed     datagram      other
  options.timeouts = {seconds{60}, seconds{600}, of_closed, of_datagrams, seconds{30}};
  return options;
}

// How often the kernel gave this thread's CPU to somebody else.
long preemptions() noexcept {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

}  // namespace

Row::Row(const RowKind& kind, std::uint32_t number, std::unique_ptr<const Generation> rules, std::uint32_t flows,
         std::uint64_t seed, const Messages& messages, rte_mempool* pool, const Turn& turn, Rounds& rounds)
    : kind_(&kind),
      number_(number),
      turn_(turn),
      rounds_(&rounds),
      source_(std::string{kind.name}, pool, kind.look, Mix{flows, seed, messages}),
      page_(std::make_unique<WorkerPage>()),
      generations_(1, std::move(rules)) {
  const WorkerPair pair{{source_.inside().id(), 0, 0}, {source_.outside().id(), 0, 1}};
  worker_ = std::make_unique<Worker>(pipeline_options(flows), generations_, 0, std::vector{pair}, events_.sink(),
                                     *page_, *pool, epoch_);
  callback_ = rte_eth_add_rx_callback(source_.inside().id(), 0, between_bursts, this);
  if (callback_ == nullptr) throw std::runtime_error("DPDK takes no callback on a memory port");
}

Row::~Row() {
  (void)rte_eth_remove_rx_callback(source_.inside().id(), 0, static_cast<const rte_eth_rxtx_callback*>(callback_));
}

void Row::run() noexcept {
  instructions_.open();
  worker_->run(stop_);
}

WorkerReading Row::reading() const {
  const auto reading = read(*page_);
  if (!reading) throw std::runtime_error("the counters of row " + std::string{kind_->name} + " cannot be read");
  return *reading;
}

double Row::source_cycles_per_frame() const noexcept {
  const auto frames = source_.counters().frames;
  return frames == 0 ? 0 : static_cast<double>(source_cycles_) / static_cast<double>(frames);
}

std::optional<double> Row::instructions_per_frame() const noexcept {
  if (!instructions_.is_open() || frames_measured_ == 0) return {};
  return static_cast<double>(instructions_measured_) / static_cast<double>(frames_measured_);
}

// On the worker's own thread, whenever it has asked the inside port for frames. It asks the ports one after the other
// and transmits before it asks again: where both wires are empty, the block is through.
std::uint16_t Row::between_bursts(std::uint16_t, std::uint16_t, rte_mbuf**, std::uint16_t count, std::uint16_t,
                                  void* row) noexcept {
  auto& self = *static_cast<Row*>(row);
  if (count == 0 && self.source_.is_drained()) self.next_block();
  return count;
}

void Row::next_block() noexcept {
  const auto now = rte_rdtsc_precise();
  if (part_ != Part::before_first) end_block(now - block_began_);
  source_.collect();
  events_.empty();
  if (all_.frames >= frames_of_part_) end_part();
  const auto loading = rte_rdtsc_precise();
  const auto frames_before = source_.counters().frames;
  if (!stop_) source_.load();
  block_frames_ = source_.counters().frames - frames_before;
  preemptions_ = preemptions();
  instructions_before_ = instructions_.read();
  block_began_ = rte_rdtsc_precise();
  source_cycles_ += block_began_ - loading;
}

void Row::end_block(std::uint64_t cycles) noexcept {
  const auto instructions = instructions_.read() - instructions_before_;
  const bool is_disturbed = preemptions() != preemptions_;
  all_ += {cycles, block_frames_};
  if (!is_disturbed) undisturbed_ += {cycles, block_frames_};
  if (part_ != Part::measured) return;
  instructions_measured_ += instructions;
  frames_measured_ += block_frames_;
  ++blocks_;
  if (is_disturbed) ++blocks_disturbed_;
}

void Row::begin(Part part, std::uint64_t frames) noexcept {
  part_ = part;
  frames_of_part_ = frames;
  all_ = {};
  undisturbed_ = {};
}

void Row::end_part() noexcept {
  switch (part_) {
    case Part::before_first:
      if (rounds_->wait_for_turn(number_)) return begin(Part::warm_up, turn_.warm_up);
      break;
    case Part::run_in: return begin(Part::measured, turn_.measured);
    case Part::measured:
      samples_.push_back((undisturbed_.frames > 0 ? undisturbed_ : all_).cycles_per_frame());
      [[fallthrough]];
    case Part::warm_up:
      if (const auto reading = read(*page_)) flows_remembered_ = reading->flows;
      rounds_->end_turn(number_);
      if (rounds_->wait_for_turn(number_)) return begin(Part::run_in, turn_.run_in);
      break;
  }
  stop_ = true;
}

}  // namespace sluice::bench
