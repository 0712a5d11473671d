#include "tests/splits/wire.hh"

#include <rte_mbuf.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

namespace sluice::splits {
namespace {

constexpr std::uint32_t longest_frame = 4096;
constexpr auto patience = std::chrono::seconds{30};

template <class Value>
Value or_throw(tl::expected<Value, std::string>&& result) {
  if (!result) throw std::runtime_error(result.error());
  return std::move(*result);
}

constexpr std::uint32_t flows_at_a_time = 262'144;

// Flows end soon, since there are millions of them; but not while the machine lets a block wait.
PipelineOptions options() {
  using std::chrono::seconds;
  auto result = test::small_options(Mode::enforce);
  result.record = Record::findings;
  result.flow_table_entries = flows_at_a_time;
  result.reassembly_buffers = 4096;
  result.timeouts = {seconds{4}, seconds{4}, seconds{4}, seconds{4}, seconds{4}};
  return result;
}

}  // namespace

Wire::Wire(std::uint64_t cases)
    : pool_(or_throw(PacketPool::create(4 * slots, longest_frame))),
      inside_("splits-inside", pool_.get(), slots),
      outside_("splits-outside", pool_.get(), slots),
      generations_(1, or_throw(make_generation(test::listed_rules(), {}, 1, 1))),
      found_(cases) {
  worker_ = std::make_unique<Worker>(
      options(), generations_, 0, std::vector{WorkerPair{{inside_.id(), 0, 0}, {outside_.id(), 0, 1}}},
      EventSink{findings_.producer(), records_.producer()}, *page_, *pool_.get(), epoch_);
  thread_ = std::thread{[this] { worker_->run(stop_); }};
}

Wire::~Wire() {
  stop_ = true;
  thread_.join();
}

WorkerReading Wire::reading() const {
  const auto reading = read(*page_);
  if (!reading) throw std::runtime_error("the worker's counters cannot be read");
  return *reading;
}

void Wire::put(bench::MemoryPort& port, const test::Frame& frame) {
  auto* mbuf = rte_pktmbuf_alloc(pool_.get());
  if (mbuf == nullptr) throw std::runtime_error("the pool of packet buffers is empty");
  auto* room = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size()));
  if (room == nullptr) throw std::runtime_error("a frame is longer than a packet buffer");
  std::memcpy(room, frame.data(), frame.size());
  if (rte_ring_enqueue(port.arriving(), mbuf) != 0) throw std::runtime_error("the wire is full");
  ++sent_;
}

// Until the worker has received all and counted it; what came out is thrown away.
void Wire::wait() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto now = read(*page_);  // nothing while it is being written
    if (now && now->ports[0].received + now->ports[1].received == sent_) break;
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the worker does not take the frames");
    std::this_thread::yield();
  }
  for (const auto* port : {&inside_, &outside_}) {
    void* mbuf = nullptr;
    while (rte_ring_dequeue(port->leaving(), &mbuf) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(mbuf));
  }
  while (const auto record = findings_.consumer.pop()) {
    const auto event = Event::parse(record->bytes);
    if (!event || event->header().type != EventType::alert) throw std::runtime_error("the worker said something else");
    const auto action = event->find(Field::action);
    const auto number = number_of(event->header().source, event->header().source_port);
    if (number >= found_.size()) throw std::runtime_error("a finding of a client that does not exist");
    found_[number] = action && action->integer() == static_cast<std::uint64_t>(Action::drop);
  }
}

void Wire::send(const std::vector<Case>& block) {
  // Room for all of them: those of earlier blocks are given time to end.
  for (;;) {
    const auto now = read(*page_);
    if (now && now->flows + 2 * block.size() <= flows_at_a_time) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  for (const auto& each : block)
    if (!each.opening.empty()) put(inside_, each.opening);
  wait();
  for (const auto& each : block)
    if (!each.answer.empty()) put(outside_, each.answer);
  wait();
  for (const auto& each : block)
    for (const auto& frame : each.frames) put(inside_, frame);
  wait();
}

}  // namespace sluice::splits
