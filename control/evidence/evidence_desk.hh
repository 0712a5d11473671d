// Evidence of a running tap: takes drafts from the event loop and writes them on a thread of its own, so that no disk
// keeps events waiting. What finds no room, or no disk, is counted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/evidence/evidence_quota.hh"
#include "control/evidence/evidence_store.hh"

namespace sluice {

class EvidenceDesk {
 public:
  static constexpr std::size_t waiting_limit = 512;  // drafts
  static constexpr std::size_t batch_limit = 64;     // drafts between two times that the chain goes to disk
  static constexpr auto retry_interval = std::chrono::seconds{10};
  static constexpr auto retire_interval = std::chrono::hours{1};

  explicit EvidenceDesk(EvidenceOptions options);
  ~EvidenceDesk();  // writes what waits
  EvidenceDesk(const EvidenceDesk&) = delete;
  EvidenceDesk& operator=(const EvidenceDesk&) = delete;

  // Whether a finding on that device gets a record; asked once for each. Of one thread.
  [[nodiscard]] bool wants(const Address& device, Tick now);
  void put(EvidenceDraft draft);
  // Waits until all that was put is written, or not that long.
  void settle(std::chrono::milliseconds patience);

  [[nodiscard]] EvidenceCounts counts() const;
  // Of the chain; nothing before it was taken up.
  [[nodiscard]] std::optional<ChainHead> head() const;
  // Why nothing can be written; empty where it can.
  [[nodiscard]] std::string complaint() const;

 private:
  void run();
  void open();
  void write(std::vector<EvidenceDraft> drafts);
  void fail(const std::string& why, std::size_t drafts);

  EvidenceOptions options_;
  EvidenceQuota quota_;
  std::optional<EvidenceStore> store_;  // the thread's
  std::chrono::steady_clock::time_point next_open_{};
  std::chrono::steady_clock::time_point next_retire_{};

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::condition_variable done_;
  std::deque<EvidenceDraft> waiting_;
  bool is_writing_ = false;
  bool stop_ = false;
  EvidenceCounts counts_;
  std::optional<ChainHead> head_;
  std::string complaint_;
  std::thread thread_;
};

}  // namespace sluice
