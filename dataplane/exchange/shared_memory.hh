// What the data plane shows the control plane: counters and events, in one file of shared memory. The data plane
// makes the file and owns all of it but the consumer's page.
//
//   header | consumer page | worker pages | for each worker: findings ring, records ring
//
// Each side treats the other as hostile: see event_ring.hh for the rings; counters are copied out under their
// sequence count.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/base/counters.hh"
#include "dataplane/base/wiring.hh"
#include "dataplane/event/event_ring.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/exchange/link_state.hh"
#include "dataplane/exchange/mapping_guard.hh"
#include "dataplane/exchange/tap_state.hh"
#include "dataplane/pipeline/probe_reading.hh"

namespace sluice {

constexpr std::uint64_t shared_magic = 0x0031656369756c73;  // "sluice1" in memory
constexpr std::uint32_t shared_version = 12;
constexpr std::size_t shared_page = 4096;
constexpr std::uint32_t workers_limit = 64;
constexpr std::uint32_t ports_limit = 2 * port_pairs_limit;
constexpr std::uint64_t no_claim = ~std::uint64_t{0};  // of a worker that moves no packets: not yet, or no more

// What the tap is doing, and by which rules. Texts are cut to fit and end with a zero.
struct StateReading {
  TapState state{};
  std::uint32_t generation = 0;          // in use by every worker; 0 = none yet
  std::int64_t since_ns = 0;             // of the state and its reason, since 1970
  std::int64_t rules_expire_ns = 0;      // the first of the live packs and their manifest, since 1970; 0 = none does
  std::uint64_t swaps = 0;               // generations that took over while traffic flowed
  std::uint32_t suspended_rules = 0;     // that are not tried, for their cost
  std::uint64_t suspensions_cycles = 0;  // of rules, since the start
  std::uint64_t suspensions_limits = 0;
  char reason[128] = {};
  char ruleset_digest[72] = {};  // hex; empty without rules
};

// Of a port, in the order of SharedHeader::port_names.
struct SharedLink {
  std::atomic<LinkState> state{LinkState::unwatched};
  std::atomic<std::uint64_t> losses{0};
};

// data plane: wo, control: ro
struct SharedHeader {
  std::uint64_t magic = 0;  // written last: a file without it is not complete
  std::uint32_t version = 0;
  std::uint32_t workers = 0;
  std::uint32_t ports = 0;
  std::atomic<std::uint32_t> generation{0};  // as in `reading`, for a look at it alone
  std::uint64_t ring_bytes = 0;              // of each ring, a power of two
  std::uint64_t epoch = 0;                   // another value for every start: a reader that sees it change starts over
  std::int64_t started_ns = 0;
  std::uint32_t process = 0;
  std::atomic<TapState> state{TapState::starting};  // as in `reading`, for a look at it alone
  std::atomic<std::uint64_t> turns{0};              // of the main core: it moves, though every worker may hang
  std::atomic<std::uint64_t> held{0};               // packets in mbufs that are neither free nor counted out
  std::atomic<std::uint64_t> refused_calls{0};      // system calls that a thread tried and may not make
  char port_names[ports_limit][32] = {};            // inside, outside of the first pair, ...
  SharedLink links[ports_limit];
  std::atomic<std::uint64_t> sequence{0};  // odd while `reading` is being written
  StateReading reading;
};
static_assert(sizeof(SharedHeader) <= shared_page);

// control: wo, data plane: ro (range-checked)
struct ConsumerPage {
  struct Worker {
    RingIndex findings;
    RingIndex records;
  };
  Worker worker[workers_limit];
};
constexpr std::size_t consumer_page_size = (sizeof(ConsumerPage) + shared_page - 1) / shared_page * shared_page;

// One worker's counters as published at the end of a burst. worker: wo, control: ro
struct alignas(shared_page) WorkerPage {
  std::atomic<std::uint64_t> sequence{0};  // odd while the counters are being written
  InspectionCounters inspection;
  PortCounters ports[ports_limit];
  std::uint64_t flows = 0;
  std::uint64_t shed = 0;
  std::uint64_t busy_cycles = 0;
  ProbeReading probe;
  WiringByPair wiring;
  // guard: ro, all three in one look
  alignas(64) std::atomic<std::uint64_t> heartbeat{0};  // turns of the worker's loop
  std::atomic<std::uint64_t> claim{no_claim};           // epoch (guard_page.hh) under which it moves packets
  std::atomic<std::uint32_t> life{0};                   // see death_mark.hh
  RingIndex findings_written;
  RingIndex records_written;
};

// A consistent copy of a WorkerPage.
struct WorkerReading {
  InspectionCounters inspection;
  PortCounters ports[ports_limit];
  std::uint64_t flows = 0;
  std::uint64_t shed = 0;         // a Shed: what the worker leaves out now
  std::uint64_t busy_cycles = 0;  // of the time stamp counter, in turns of the loop that brought packets
  ProbeReading probe;
  WiringByPair wiring;             // pairs of a group: with the first of them
  std::uint32_t wiring_pairs = 0;  // the writer's: of these, how many it has; the others stay 0
};

// The whole mapping, as either side sees it. Sizes are checked when it is made, so that no accessor can leave it.
class SharedLayout {
 public:
  SharedLayout(std::uint8_t* base, std::uint32_t workers, std::uint64_t ring_bytes) noexcept
      : base_(base), workers_(workers), ring_bytes_(ring_bytes) {}

  [[nodiscard]] static std::size_t size(std::uint32_t workers, std::uint64_t ring_bytes) noexcept;
  [[nodiscard]] SharedHeader& header() const noexcept { return *reinterpret_cast<SharedHeader*>(base_); }
  [[nodiscard]] WorkerPage& worker(std::uint32_t index) const noexcept;
  [[nodiscard]] std::span<std::uint8_t> findings(std::uint32_t index) const noexcept { return ring(2 * index); }
  [[nodiscard]] std::span<std::uint8_t> records(std::uint32_t index) const noexcept { return ring(2 * index + 1); }
  [[nodiscard]] static constexpr std::size_t consumer_offset() noexcept { return shared_page; }

 private:
  [[nodiscard]] std::span<std::uint8_t> ring(std::uint32_t number) const noexcept;

  std::uint8_t* base_;
  std::uint32_t workers_;
  std::uint64_t ring_bytes_;
};

// The data plane's side.
class SharedMemory {
 public:
  // Makes the file, mode 0640, and its folder where that is missing; a file of an earlier start is replaced.
  [[nodiscard]] static tl::expected<SharedMemory, std::string> create(const std::string& path, std::uint32_t workers,
                                                                      std::uint64_t ring_bytes);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();  // unmaps and removes the file

  [[nodiscard]] const SharedLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] EventSink sink(std::uint32_t worker) const noexcept;
  // Says that everything is in place.
  void publish() const noexcept;

 private:
  SharedMemory(std::string path, std::uint8_t* base, std::size_t size, const SharedLayout& layout, MappingGuard guard)
      : path_(std::move(path)), base_(base), size_(size), layout_(layout), guard_(std::move(guard)) {}

  std::string path_;
  std::uint8_t* base_;
  std::size_t size_;
  SharedLayout layout_;
  MappingGuard guard_;  // the other side has the file too
};

// Writes a worker's counters under their sequence count.
void publish(WorkerPage& page, const WorkerReading& reading) noexcept;
// A consistent copy; nothing where the writer kept changing it (or died in the middle) for many tries.
[[nodiscard]] std::optional<WorkerReading> read(const WorkerPage& page) noexcept;

// The same of the tap's state. What is read ends its texts with a zero, whatever stood there.
void publish(SharedHeader& header, const StateReading& reading) noexcept;
[[nodiscard]] std::optional<StateReading> read_state(const SharedHeader& header) noexcept;

}  // namespace sluice
