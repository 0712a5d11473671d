// The store of a running tap: takes findings from the event loop, adds them up and writes them on a thread of its own,
// so that no disk keeps events waiting. While the disk cannot be written they stay in memory, to a bound.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "control/store/finding_reader.hh"
#include "control/store/finding_store.hh"

namespace sluice {

struct StoreStatus {
  StoreCounts counts;
  std::uint64_t bytes_limit = 0;
  std::size_t unwritten = 0;  // findings that have grown since they were written last
  std::string complaint;      // why nothing can be written; empty where it can
};

class StoreDesk {
 public:
  static constexpr auto write_interval = std::chrono::seconds{1};
  static constexpr auto retry_interval = std::chrono::seconds{10};
  static constexpr auto retire_interval = std::chrono::hours{1};

  // The inventory is kept too, and outlives the desk.
  StoreDesk(StoreOptions options, Inventory& inventory);
  ~StoreDesk();  // writes what waits
  StoreDesk(const StoreDesk&) = delete;
  StoreDesk& operator=(const StoreDesk&) = delete;

  void note(const Finding& finding, std::string_view ruleset, bool has_evidence);
  // Waits until all that was noted is written or could not be, or not that long.
  void settle(std::chrono::milliseconds patience);
  [[nodiscard]] StoreStatus status() const;

  // The site's, from now on and of what was found before.
  void set_exceptions(std::shared_ptr<const ExceptionList> exceptions);
  // As in FindingReader; the error says what is wrong and what to do.
  [[nodiscard]] tl::expected<nlohmann::ordered_json, std::string> list(const FindingQuery& query);
  [[nodiscard]] tl::expected<nlohmann::ordered_json, std::string> one(const std::string& id);
  // The finding as it is then; null: there is none.
  [[nodiscard]] tl::expected<nlohmann::ordered_json, std::string> change(const std::string& id,
                                                                         const FindingChange& change);

 private:
  void run();
  void open();
  void write(std::vector<FindingGrowth> grown);
  void write_devices();
  void retire();
  void fail(const StoreFailure& failure);
  template <class Ask>
  tl::expected<nlohmann::ordered_json, std::string> read(Ask ask);

  const StoreOptions options_;
  Inventory* inventory_;

  std::mutex writing_;  // of the store
  std::optional<FindingStore> store_;
  bool is_restored_ = false;  // the inventory
  std::chrono::steady_clock::time_point next_open_{};
  std::chrono::steady_clock::time_point next_retire_{};

  std::mutex reading_;  // of the reader
  std::optional<FindingReader> reader_;
  std::shared_ptr<const ExceptionList> exceptions_ = std::make_shared<const ExceptionList>();

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::condition_variable done_;
  FindingTally tally_;
  StoreCounts counts_;
  std::string complaint_;
  std::uint64_t turns_ = 0;  // times that what waited was written, or was tried to be
  bool is_hurried_ = false;
  bool is_writing_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sluice
