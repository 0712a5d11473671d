// Asks the data plane what the rows of a generation are, on a thread of its own: checking the form of a large ruleset
// takes longer than an event ring may wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/exchange/sealed_memory.hh"
#include "rules/pack/rule_book.hh"

namespace sluice {

class RuleFetcher {
 public:
  // The pack files of a generation, in the order of its rows.
  using Fetch = std::function<tl::expected<SealedFiles, std::string>(std::uint32_t generation)>;
  // After a failure the same question is not asked again for this time.
  static constexpr auto retry_interval = std::chrono::milliseconds{500};

  struct Answer {
    std::uint64_t epoch = 0;
    std::uint32_t generation = 0;
    tl::expected<std::shared_ptr<const RuleBook>, std::string> book;
  };

  explicit RuleFetcher(Fetch fetch);
  ~RuleFetcher();
  RuleFetcher(const RuleFetcher&) = delete;
  RuleFetcher& operator=(const RuleFetcher&) = delete;

  // `epoch`: of the data plane that is meant; it comes back with the answer. A question while another is under way is
  // dropped: ask again.
  void ask(std::uint64_t epoch, std::uint32_t generation);
  [[nodiscard]] std::optional<Answer> take();

 private:
  struct Question {
    std::uint64_t epoch;
    std::uint32_t generation;
    bool operator==(const Question&) const = default;
  };

  void run();

  Fetch fetch_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Question> question_;  // under way, or to be taken up
  std::optional<Question> failed_;
  std::chrono::steady_clock::time_point retry_at_{};
  std::optional<Answer> answer_;
  bool stop_ = false;
  std::thread thread_;
};

// The facts of all rows: of all packs first the indicators, then the signatures. The packs are read in place.
[[nodiscard]] tl::expected<std::shared_ptr<const RuleBook>, std::string> read_rule_book(const SealedFiles& packs);

}  // namespace sluice
