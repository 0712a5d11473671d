// A real Worker between two ports of DPDK's, without huge pages or root: the ports' wires are rings that the test
// fills and empties.
#pragma once

#include <rte_eth_ring.h>
#include <rte_ring.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dataplane/exchange/conservation.hh"
#include "dataplane/wire/eal.hh"
#include "dataplane/wire/worker.hh"
#include "tests/unit/pipeline_run.hh"

namespace sluice::test {

constexpr std::uint32_t jumbo_frame = 14 + 9000;
constexpr unsigned ring_slots = 4096;
constexpr auto patience = std::chrono::seconds{20};

// DPDK starts once in a process.
struct Dpdk {
  Dpdk() {
    EalOptions options;
    options.workers = 0;
    options.memory_mib = 128;
    options.huge_pages = HugePages::off;
    auto started = Eal::start(options);
    if (!started) throw std::runtime_error(started.error());
    eal.emplace(std::move(*started));
    pool = rte_pktmbuf_pool_create("test-packets", 6000, 0, 0, RTE_PKTMBUF_HEADROOM + jumbo_frame, SOCKET_ID_ANY);
    if (pool == nullptr) throw std::runtime_error("no packet pool");
  }
  static inline std::optional<Eal> eal;
  static inline rte_mempool* pool = nullptr;
};

// A port, and the test's ends of its wire.
class RingPort {
 public:
  RingPort(const std::string& name, unsigned transmit_slots, unsigned receive_slots)
      : towards_(rte_ring_create((name + "-rx").c_str(), receive_slots, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ)),
        from_(rte_ring_create((name + "-tx").c_str(), transmit_slots, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ)) {
    BOOST_REQUIRE((towards_ != nullptr && from_ != nullptr));
    const int made = rte_eth_from_rings(name.c_str(), &towards_, 1, &from_, 1, 0);
    BOOST_REQUIRE(made >= 0);
    id_ = static_cast<std::uint16_t>(made);
    const rte_eth_conf configuration{};
    BOOST_REQUIRE(rte_eth_dev_configure(id_, 1, 1, &configuration) == 0);
    BOOST_REQUIRE(rte_eth_rx_queue_setup(id_, 0, 1024, 0, nullptr, Dpdk::pool) == 0);
    BOOST_REQUIRE(rte_eth_tx_queue_setup(id_, 0, 1024, 0, nullptr) == 0);
    BOOST_REQUIRE(rte_eth_dev_start(id_) == 0);
  }
  ~RingPort() {
    (void)rte_eth_dev_stop(id_);
    (void)rte_eth_dev_close(id_);
    for (auto* ring : {towards_, from_}) {
      void* mbuf = nullptr;
      while (rte_ring_dequeue(ring, &mbuf) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(mbuf));
      rte_ring_free(ring);
    }
  }
  RingPort(const RingPort&) = delete;
  RingPort& operator=(const RingPort&) = delete;

  void arrives(const Frame& frame) { BOOST_REQUIRE(offer(frame)); }
  // False where the queue is full: the frame is lost, as on a wire.
  [[nodiscard]] bool offer(const Frame& frame) {
    auto* mbuf = rte_pktmbuf_alloc(Dpdk::pool);
    BOOST_REQUIRE(mbuf != nullptr);
    auto* room = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size()));
    BOOST_REQUIRE(room != nullptr);
    std::copy(frame.begin(), frame.end(), reinterpret_cast<std::uint8_t*>(room));
    if (rte_ring_enqueue(towards_, mbuf) == 0) return true;
    rte_pktmbuf_free(mbuf);
    return false;
  }
  std::vector<Frame> left() {
    std::vector<Frame> frames;
    void* taken = nullptr;
    while (rte_ring_dequeue(from_, &taken) == 0) {
      auto* mbuf = static_cast<rte_mbuf*>(taken);
      const auto* data = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
      frames.emplace_back(data, data + rte_pktmbuf_data_len(mbuf));
      rte_pktmbuf_free(mbuf);
    }
    return frames;
  }
  [[nodiscard]] std::uint16_t id() const { return id_; }
  [[nodiscard]] unsigned transmit_capacity() const { return rte_ring_get_capacity(from_); }

 private:
  rte_ring* towards_;
  rte_ring* from_;
  std::uint16_t id_ = 0;
};

// Leaves nothing out, but where a test says when.
struct Tap {
  explicit Tap(Mode mode = Mode::enforce, unsigned transmit_slots = ring_slots)
      : Tap(small_options(mode), transmit_slots) {}
  explicit Tap(const PipelineOptions& options, unsigned transmit_slots = ring_slots)
      : Tap(options, std::move(*make_generation(listed_rules(), {}, 1, 1)), transmit_slots) {}
  Tap(const PipelineOptions& options, std::unique_ptr<Generation> generation, unsigned transmit_slots,
      unsigned receive_slots = ring_slots, const LoadLimits& load = {})
      : number(++made),
        inside("in" + std::to_string(number), transmit_slots, receive_slots),
        outside("out" + std::to_string(number), transmit_slots, receive_slots),
        generations(1, std::move(generation)),
        worker(std::make_unique<Worker>(
            options, generations, 0, std::vector{WorkerPair{{inside.id(), 0, 0}, {outside.id(), 0, 1}}},
            EventSink{findings.producer(), records.producer()}, *page, *Dpdk::pool, epoch, load)) {}

  template <class Done>
  static void until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  }
  [[nodiscard]] std::uint64_t received() const {
    const auto reading = read(*page);
    return reading ? reading->ports[0].received + reading->ports[1].received : 0;
  }
  // Lets the worker run until it has received that many frames, and ends it. `meanwhile` runs beside it, first.
  template <class Meanwhile>
  WorkerReading run(std::uint64_t frames, Meanwhile meanwhile) {
    std::atomic<bool> stop{false};
    std::thread thread{[&] { worker->run(stop); }};
    meanwhile();
    until([&] { return received() >= frames; });
    stop = true;
    thread.join();
    const auto last = read(*page);
    BOOST_REQUIRE(last.has_value());
    return *last;
  }
  WorkerReading run(std::uint64_t frames) {
    return run(frames, [] {});
  }

  static inline int made = 0;
  int number;
  RingPort inside;
  RingPort outside;
  GenerationSwitch generations;
  LocalRing findings;
  LocalRing records;
  std::unique_ptr<WorkerPage> page = std::make_unique<WorkerPage>();
  WireEpoch epoch;
  std::unique_ptr<Worker> worker;
};

inline void check_conservation(const WorkerReading& reading) {
  for (const std::size_t port : {0, 1}) {
    const auto error = conservation_error(reading.ports[port], reading.ports[other_port(port)]);
    BOOST_TEST(error.received == 0);
    BOOST_TEST(error.transmitted == 0);
  }
  for (const auto& port : {reading.ports[0], reading.ports[1]})
    BOOST_TEST(port.received == port.forwarded + port.dropped.sum() + port.consumed.sum());
  BOOST_TEST(reading.ports[1].transmitted == reading.ports[0].forwarded + reading.ports[1].injected.sum());
  BOOST_TEST(reading.ports[0].transmitted == reading.ports[1].forwarded + reading.ports[0].injected.sum());
}

inline Frame query(std::uint16_t port, std::string_view name) {
  return udp_frame(ends("192.168.1.10", port, "198.51.100.53", 53), dns_query(name));
}

}  // namespace sluice::test
