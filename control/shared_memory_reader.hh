// The control plane's side of the shared memory: takes events out, copies counters. What lies there is treated as
// hostile: sizes are checked once, records and counters each time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/statistics.hh"
#include "dataplane/event_ring.hh"
#include "dataplane/shared_memory.hh"

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
  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] TapState state() const noexcept { return layout_.header().state.load(); }
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
  std::vector<std::unique_ptr<RingConsumer>> findings_;
  std::vector<std::unique_ptr<RingConsumer>> records_;
};

}  // namespace sluice
