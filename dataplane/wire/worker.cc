#include "dataplane/wire/worker.hh"

#include <rte_cycles.h>
#include <rte_pause.h>
#include <time.h>

#include <algorithm>
#include <cstring>

#include "dataplane/verdict/ech_strip.hh"

namespace sluice {
namespace {

// Each packet may begin a flow, so housekeeping comes after packets, and looks at two flows for each of them
// (pipeline.cc); and after empty turns, since flows end in silence too.
constexpr std::uint32_t packets_between_housekeeping = 128;
constexpr std::uint64_t turns_between_housekeeping = 256;
// A transmit queue that is full for a moment gets this many chances before packets are dropped, and counted.
constexpr int transmit_tries = 64;
// A backlog is over when no queue has a whole burst any more; at full load at the latest when a driver's whole ring has
// gone by.
constexpr std::uint32_t backlog_turns_limit = 256;

// A turn without packets takes less than a microsecond; a worker that does not come back for so long was kept from it.
constexpr std::uint64_t absences_per_second = 1000;

// Wall time without a system call: the kernel's vDSO reads the time stamp counter.
Tick now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return tick_from_nanoseconds(std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec);
}

}  // namespace

Worker::Worker(const PipelineOptions& options, GenerationSwitch& generations, std::uint32_t number,
               std::vector<WorkerPair> pairs, const EventSink& sink, WorkerPage& page, rte_mempool& buffers,
               const WireEpoch& wire, const LoadLimits& load, CaptureTap* captures)
    : generations_(&generations),
      number_(number),
      generation_(&generations.live()),
      sink_(sink),
      pipeline_(options, *generation_, number, sink_),
      probe_(options, *generation_, number),
      pairs_(std::move(pairs)),
      page_(&page),
      buffers_(&buffers),
      wire_(&wire),
      load_(load),
      captures_(captures),
      absence_cycles_(rte_get_tsc_hz() / absences_per_second),
      turn_began_(rte_rdtsc()) {
  pipeline_.make_resident();
  for (const auto& pair : pairs_) reading_.wiring_pairs = std::max(reading_.wiring_pairs, pair.flows + 1U);
}

void Worker::run(const std::atomic<bool>& stop) noexcept {
  std::uint32_t since_housekeeping = 0;
  if (wire_->now() == 0) claim_wire(0);  // nobody has ever had it, there is no backlog
  for (std::uint64_t turn = 0; !stop.load(std::memory_order_relaxed); ++turn) {
    begin_turn();
    take_up_rules();
    std::uint32_t received = has_wire() ? 0 : discard_backlog();
    for (std::size_t i = 0; i < pairs_.size() && has_wire(); ++i) {
      received += forward(pairs_[i].inside, pairs_[i].outside, Inside::source, pairs_[i].flows);
      received += forward(pairs_[i].outside, pairs_[i].inside, Inside::destination, pairs_[i].flows);
    }
    was_idle_ = received == 0;
    since_housekeeping += received;
    if (since_housekeeping >= packets_between_housekeeping || turn % turns_between_housekeeping == 0) {
      since_housekeeping = 0;
      housekeep();
      publish_counters();
    } else if (received != 0) {
      publish_counters();
    } else {
      rte_pause();
    }
    page_->heartbeat.store(turn + 1, std::memory_order_relaxed);
  }
  page_->claim.store(no_claim, std::memory_order_release);
  pipeline_.finish(now(), 0);
  publish_counters();
  generations_->leave(number_);
}

// Of a turn with packets nobody can tell how long their search may take.
void Worker::begin_turn() noexcept {
  const auto now = rte_rdtsc();
  was_away_ = was_idle_ && now - turn_began_ > absence_cycles_;
  if (!was_idle_) reading_.busy_cycles += now - turn_began_;
  turn_began_ = now;
}

// As much as the load asks for.
void Worker::shed() noexcept {
  if (static_cast<std::uint64_t>(load_.level()) == reading_.shed) return;
  reading_.shed = static_cast<std::uint64_t>(load_.level());
  pipeline_.shed(load_.shedding());
}

// Between bursts: from here on nothing of the generation before is used.
void Worker::take_up_rules() noexcept {
  const auto& generation = generations_->current(number_);
  if (&generation == generation_) return;
  generation_ = &generation;
  pipeline_.use(generation);
  probe_.use(generation);
}

void Worker::housekeep() noexcept {
  const auto time = now();
  pipeline_.housekeep(time, 0);
  load_.look(time);
  shed();
  if (const auto clock = KnownAnswerProbe::Clock::now(); probe_.is_due(clock)) probe_.run(clock, time, reading_.probe);
}

// What came while the guard had the wire went past, or is too late: it must not come twice, nor behind what came after
// it. The wire is ours again when the guard has left it to us and the last of that is gone.
std::uint32_t Worker::discard_backlog() noexcept {
  const auto epoch = wire_->now();  // before the last look into the queues
  std::uint32_t received = 0;
  bool over = true;
  for (const auto& pair : pairs_)
    for (const auto* port : {&pair.inside, &pair.outside}) {
      const auto count = discard(*port);
      received += count;
      over = over && count < burst_limit;
    }
  if (epoch % 2 == 0 && (over || ++backlog_turns_ == backlog_turns_limit)) claim_wire(epoch);
  return received;
}

std::uint16_t Worker::discard(const WorkerPort& port) noexcept {
  std::array<rte_mbuf*, burst_limit> frames;
  const auto count = rte_eth_rx_burst(port.port, port.queue, frames.data(), frames.size());
  auto& counters = reading_.ports[port.counter];
  counters.received += count;
  for (std::uint16_t i = 0; i < count; ++i) counters.received_bytes += frames[i]->pkt_len;
  if (count != 0) drop_stale(port, {frames.data(), count});
  return count;
}

void Worker::claim_wire(std::uint64_t epoch) noexcept {
  claim_ = epoch;
  backlog_turns_ = 0;
  page_->claim.store(epoch, std::memory_order_release);
}

void Worker::drop_stale(const WorkerPort& from, std::span<rte_mbuf*> frames) noexcept {
  reading_.ports[from.counter].dropped[DropReason::stale_after_bypass] += frames.size();
  rte_pktmbuf_free_bulk(frames.data(), static_cast<unsigned>(frames.size()));
}

std::uint16_t Worker::forward(const WorkerPort& from, const WorkerPort& to, Inside inside, std::uint8_t pair) noexcept {
  std::array<rte_mbuf*, burst_limit> frames;
  const auto count = rte_eth_rx_burst(from.port, from.queue, frames.data(), frames.size());
  const bool is_load = load_.came(from.counter, count, was_away_);
  if (count == 0) return 0;

  const auto time = now();
  if (is_load) {
    load_.weigh(from.counter, time);
    shed();
  }
  auto& counters = reading_.ports[from.counter];
  counters.received += count;
  auto& burst = burst_;
  for (std::uint16_t i = 0; i < count; ++i) {
    // Ports are set up so that a frame fits one mbuf (port.hh).
    const auto length = rte_pktmbuf_data_len(frames[i]);
    counters.received_bytes += length;
    burst[i].clear();
    burst[i].frame = {rte_pktmbuf_mtod(frames[i], const std::uint8_t*), length};
    burst[i].wire_length = length;
    burst[i].time = time;
    burst[i].port_pair = pair;
    burst[i].inside = inside;
  }
  pipeline_.process({burst.data(), count});
  if (captures_ != nullptr && captures_->is_wanted()) [[unlikely]]
    copy(from, {burst.data(), count});
  for (const auto i : pipeline_.ech_keys())
    strip_ech(burst[i], {rte_pktmbuf_mtod(frames[i], std::uint8_t*), rte_pktmbuf_data_len(frames[i])});

  std::array<rte_mbuf*, burst_limit> passing;
  std::size_t passed = 0;
  for (std::uint16_t i = 0; i < count; ++i) {
    if (burst[i].action == Action::pass) {
      passing[passed++] = frames[i];
    } else {
      ++counters.dropped[burst[i].drop_reason];
      rte_pktmbuf_free(frames[i]);
    }
  }
  // Looked at last: a worker that was stopped in the middle of a burst, and has lost the wire meanwhile, sends nothing.
  if (!has_wire()) {
    drop_stale(from, {passing.data(), passed});
    return count;
  }
  transmit(from, to, {passing.data(), passed});
  if (!pipeline_.replies().empty()) send_replies(from, to);
  return count;
}

// Of what the site exempts nothing: by its flow, and where it has none by its addresses, whichever is the device's.
void Worker::copy(const WorkerPort& from, std::span<const Packet> burst) noexcept {
  const auto is_secret = [this](const Packet& packet) {
    if (packet.uninspected == UninspectedReason::exempt) return true;
    TrafficPlace place{packet.source, packet.vlan[0], packet.destination};
    place.knows_sides = false;
    place.now_ns = nanoseconds_since_epoch(packet.time);
    const auto* const line = generation_->ruleset.traffic().find(place);
    return line != nullptr && line->action == TrafficAction::exempt;
  };
  captures_->copy(number_, from.counter, burst, is_secret, sink_);
}

// What the ends of rejected packets are told; a lost one is no more than a lost packet.
void Worker::send_replies(const WorkerPort& from, const WorkerPort& to) noexcept {
  for (const auto& reply : pipeline_.replies()) {
    const auto& port = reply.end == RejectTarget::source ? from : to;
    if (!send(reply, port)) {
      ++replies_lost_;
      continue;
    }
    auto& counters = reading_.ports[port.counter];
    ++counters.injected[reply.kind];
    ++counters.transmitted;
    counters.transmitted_bytes += reply.size;
  }
}

bool Worker::send(const PacketReply& reply, const WorkerPort& port) noexcept {
  auto* frame = rte_pktmbuf_alloc(buffers_);
  if (frame == nullptr) return false;
  auto* const room = rte_pktmbuf_append(frame, reply.size);
  if (room != nullptr) {
    std::memcpy(room, reply.bytes.data(), reply.size);
    for (int tries = 0; tries < transmit_tries; ++tries)
      if (rte_eth_tx_burst(port.port, port.queue, &frame, 1) == 1) return true;
  }
  rte_pktmbuf_free(frame);
  return false;
}

void Worker::transmit(const WorkerPort& from, const WorkerPort& to, std::span<rte_mbuf*> frames) noexcept {
  auto& in = reading_.ports[from.counter];
  auto& out = reading_.ports[to.counter];
  // The driver may free a frame as soon as it has taken it.
  std::array<std::uint32_t, burst_limit> lengths;
  for (std::size_t i = 0; i < frames.size(); ++i) lengths[i] = frames[i]->pkt_len;

  std::size_t sent = 0;
  for (int tries = 0; sent < frames.size() && tries < transmit_tries; ++tries)
    sent += rte_eth_tx_burst(to.port, to.queue, frames.data() + sent, static_cast<std::uint16_t>(frames.size() - sent));
  for (std::size_t i = 0; i < sent; ++i) out.transmitted_bytes += lengths[i];
  out.transmitted += sent;
  in.forwarded += sent;
  in.dropped[DropReason::tx_full] += frames.size() - sent;
  if (sent < frames.size()) rte_pktmbuf_free_bulk(frames.data() + sent, static_cast<unsigned>(frames.size() - sent));
}

void Worker::publish_counters() noexcept {
  reading_.inspection = pipeline_.counters();
  reading_.inspection.unanswered[UnansweredReason::no_room] += replies_lost_;
  reading_.flows = pipeline_.flows();
  std::copy_n(pipeline_.wiring().begin(), reading_.wiring_pairs, reading_.wiring.begin());
  publish(*page_, reading_);
}

}  // namespace sluice
