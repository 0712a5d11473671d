// What the guard sees of the data plane at one look: its workers' heartbeats, by its shared memory, and the end of its
// process. The memory is read by copies, never mapped: the control plane may write to it, and cut it short.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <string>

#include "dataplane/base/descriptor.hh"
#include "dataplane/exchange/shared_memory.hh"

namespace sluice {

struct Sight {
  struct Worker {
    std::uint64_t heartbeat = 0;
    std::uint64_t claim = no_claim;
    std::uint32_t life = 0;
  };
  bool lives = false;          // there is memory of it, and its process has not ended
  std::uint64_t instance = 0;  // another value for every start; 0 = none was seen
  std::uint32_t process = 0;   // its id; 0 = not known yet
  std::uint32_t workers = 0;   // 0 = its ports are open or being opened, and no worker runs yet
  std::array<Worker, workers_limit> worker;
};

class SightOfDataPlane {
 public:
  explicit SightOfDataPlane(std::string path) : path_(std::move(path)) {}

  // Good until the next call. No heap.
  [[nodiscard]] const Sight& look() noexcept;
  // Becomes readable at the moment at which the process ends; below 0 while none is known.
  [[nodiscard]] int end_of_process() const noexcept { return process_.number(); }
  // Whether the kernel says that the process has begun to end, or will: one that was killed is not done for a while.
  [[nodiscard]] bool is_ending() const noexcept;

 private:
  void find() noexcept;
  void read_header() noexcept;

  std::string path_;
  Descriptor memory_;
  struct stat about_ {};  // of what is open
  Descriptor process_;
  Sight sight_;
};

}  // namespace sluice
