// One worker: receive a burst, pipeline, transmit or drop, and every so often housekeeping. Nothing else.
#pragma once

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "dataplane/event/event_sink.hh"
#include "dataplane/exchange/guard_page.hh"
#include "dataplane/exchange/shared_memory.hh"
#include "dataplane/generations/generation_switch.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/packet/placement.hh"
#include "dataplane/pipeline/known_answer_probe.hh"
#include "dataplane/pipeline/pipeline.hh"
#include "dataplane/wire/capture_tap.hh"
#include "dataplane/wire/load_watch.hh"

namespace sluice {

// One end of a wire as a worker polls it.
struct WorkerPort {
  std::uint16_t port = 0;     // DPDK's number of it
  std::uint16_t queue = 0;    // this worker's, for both directions
  std::uint32_t counter = 0;  // index in WorkerReading::ports
};

struct WorkerPair {
  WorkerPort inside;
  WorkerPort outside;
  std::uint8_t flows = 0;  // whose flows they are: the pair's own, or those of the first pair of its group
};

class Worker {
 public:
  // `number`: of the worker among those that `generations` counts. `buffers`: what the tap itself sends lies in.
  // `wire`: whose turn it is to move packets. `load`: when it leaves something out. `captures`: who may ask for copies;
  // null: nobody.
  Worker(const PipelineOptions& options, GenerationSwitch& generations, std::uint32_t number,
         std::vector<WorkerPair> pairs, const EventSink& sink, WorkerPage& page, rte_mempool& buffers,
         const WireEpoch& wire, const LoadLimits& load = {}, CaptureTap* captures = nullptr);

  // Until `stop` is set (main: wo, worker: ro).
  void run(const std::atomic<bool>& stop) noexcept;

 private:
  // Moves at most one burst from `from` to `to`; returns how many packets came in.
  std::uint16_t forward(const WorkerPort& from, const WorkerPort& to, Inside inside, std::uint8_t pair) noexcept;
  // The wire is this worker's, and nobody else has had it since that was claimed.
  [[nodiscard]] bool has_wire() const noexcept { return wire_->now() == claim_; }
  std::uint32_t discard_backlog() noexcept;
  std::uint16_t discard(const WorkerPort& port) noexcept;
  void claim_wire(std::uint64_t epoch) noexcept;
  void begin_turn() noexcept;
  void shed() noexcept;
  void copy(const WorkerPort& from, std::span<const Packet> burst) noexcept;
  void drop_stale(const WorkerPort& from, std::span<rte_mbuf*> frames) noexcept;
  void transmit(const WorkerPort& from, const WorkerPort& to, std::span<rte_mbuf*> frames) noexcept;
  void send_replies(const WorkerPort& from, const WorkerPort& to) noexcept;
  [[nodiscard]] bool send(const PacketReply& reply, const WorkerPort& port) noexcept;
  void take_up_rules() noexcept;
  void housekeep() noexcept;
  void publish_counters() noexcept;

  GenerationSwitch* generations_;
  std::uint32_t number_;
  const Generation* generation_;  // that the pipeline uses
  EventSink sink_;
  Pipeline pipeline_;
  KnownAnswerProbe probe_;
  std::vector<WorkerPair> pairs_;
  WorkerReading reading_;
  WorkerPage* page_;
  rte_mempool* buffers_;
  const WireEpoch* wire_;
  std::uint64_t claim_ = no_claim;
  std::uint32_t backlog_turns_ = 0;
  std::uint64_t replies_lost_ = 0;
  LoadWatch load_;
  CaptureTap* captures_;
  std::uint64_t absence_cycles_;  // of the time stamp counter
  std::uint64_t turn_began_;      // by it
  bool was_idle_ = false;         // in the turn before
  bool was_away_ = false;         // between that and this one
  std::array<Packet, burst_limit> burst_;
};

}  // namespace sluice
