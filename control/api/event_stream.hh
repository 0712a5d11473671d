// Lines for those who follow events as they come. A follower that is too slow loses lines and is told how many.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

enum class StreamKind : std::uint8_t {
  findings,  // a line for a person
  eve,       // JSON
};

class EventStream {
 public:
  static constexpr std::size_t follower_limit = 8;
  static constexpr std::size_t waiting_limit = std::size_t{4} * 1024 * 1024;  // bytes of lines for one follower

  class Follower {
   public:
    explicit Follower(StreamKind kind) : kind_(kind) {}

    // The lines that have come, each with its line end; an empty text after `patience` without any, nothing when the
    // stream has ended. Of lines that found no room, one says how many: "# 7 lines lost", in EVE {"lost_lines":7}.
    [[nodiscard]] std::optional<std::string> take(std::chrono::milliseconds patience);

   private:
    friend class EventStream;
    const StreamKind kind_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::string waiting_;
    std::uint64_t lost_ = 0;
    bool ended_ = false;
  };

  // Null where there are too many already. The follower leaves when the last pointer to it does.
  [[nodiscard]] std::shared_ptr<Follower> follow(StreamKind kind);
  [[nodiscard]] bool is_followed(StreamKind kind) const;
  void put(StreamKind kind, const std::string& line);
  // Followers get what waits, and then the end.
  void end();

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Follower>> followers_;
  bool ended_ = false;
};

}  // namespace sluice
