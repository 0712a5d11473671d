// The control plane's side of the shared memory: takes events out, copies counters. What lies there is treated as
// hostile: sizes are checked once, records and counters each time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/tap/tap_reading.hh"
#include "dataplane/event/event_ring.hh"
#include "dataplane/exchange/mapping_guard.hh"
#include "dataplane/exchange/shared_memory.hh"

namespace sluice {

class SharedMemoryReader {
 public:
  // An error where the file is missing, not complete, or of another version.
  [[nodiscard]] static tl::expected<std::unique_ptr<SharedMemoryReader>, std::string> attach(const std::string& path);
  ~SharedMemoryReader();
  SharedMemoryReader(const SharedMemoryReader&) = delete;
  SharedMemoryReader& operator=(const SharedMemoryReader&) = delete;

  // The next event of any worker, findings before records; nothing where all rings are empty.
  [[nodiscard]] std::optional<RingRecord> next();
  // Each worker's counters are of one moment; those that cannot be read (a worker that died while it wrote) stand as
  // they were read last, so that no counter ever goes down.
  [[nodiscard]] TapReading reading();
  // Which rules are live.
  struct LiveRules {
    std::uint32_t generation = 0;  // 0: none yet
    std::string digest;
  };
  [[nodiscard]] LiveRules ruleset() const;
  [[nodiscard]] TapState state() const noexcept;
  // One a port.
  [[nodiscard]] std::vector<TapLink> links() const;
  [[nodiscard]] std::string port_name(std::size_t port) const;
  // As it is now, or was when it could be read last.
  [[nodiscard]] TapCoverage coverage();
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] std::uint32_t process() const noexcept { return process_; }
  // Turns of the main core and of all workers together: goes up while one of them moves.
  [[nodiscard]] std::uint64_t heartbeat() const noexcept;
  // Times that a ring's content made no sense and was given up, and that a worker's counters or the state could not be
  // read.
  [[nodiscard]] std::uint64_t damaged() const noexcept;
  [[nodiscard]] std::uint64_t counters_unreadable() const noexcept { return counters_unreadable_; }
  // Another data plane than the one attached to has taken the path, or it is gone.
  [[nodiscard]] bool is_stale() const;

 private:
  SharedMemoryReader(std::string path, std::uint8_t* base, std::size_t size, std::uint8_t* consumer,
                     const SharedLayout& layout, std::uint32_t workers);

  std::string path_;
  std::uint8_t* base_;
  std::size_t size_;
  std::uint8_t* consumer_;  // the one page that is ours to write
  SharedLayout layout_;
  std::uint32_t workers_;
  std::uint64_t epoch_;
  std::uint32_t process_;
  std::vector<MappingGuard> guards_;     // of both mappings
  StateReading state_;                   // as read last
  std::vector<WorkerReading> counters_;  // as read last
  std::uint64_t counters_unreadable_ = 0;
  std::vector<std::unique_ptr<RingConsumer>> findings_;
  std::vector<std::unique_ptr<RingConsumer>> records_;
};

}  // namespace sluice
