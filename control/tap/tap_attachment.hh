// The tie to a data plane that comes, dies, hangs and restarts as it likes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "control/tap/shared_memory_reader.hh"

namespace sluice {

class TapAttachment {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto attach_interval = std::chrono::milliseconds{200};
  static constexpr auto stale_interval = std::chrono::milliseconds{100};
  // Without a turn of the main core or any worker for this time the data plane is not up: a process that is gone, or
  // that hangs.
  static constexpr auto gone_after = std::chrono::milliseconds{300};
  static constexpr auto hung_after = std::chrono::milliseconds{800};

  explicit TapAttachment(std::string path) : path_(std::move(path)) {}

  // Whether the data plane lives; to be called a few times a second at least.
  void look(Clock::time_point now);
  // Another data plane than the one attached to stands at the path, or none is attached: take what is left in the old
  // one's rings, then call renew().
  [[nodiscard]] bool wants_renewal() const noexcept { return reader_ == nullptr || stale_; }
  // True where a data plane was attached to. One that ended keeps its last counters until there is another.
  bool renew(Clock::time_point now);

  [[nodiscard]] SharedMemoryReader* reader() const noexcept { return reader_.get(); }
  [[nodiscard]] bool is_up() const noexcept { return up_; }
  [[nodiscard]] bool is_stale() const noexcept { return stale_; }
  // Why it is not up; empty where it is.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] std::int64_t since_ns() const noexcept { return since_ns_; }  // of being up or not, since 1970

 private:
  void judge(Clock::time_point now);
  void set(bool up, std::string reason);

  std::string path_;
  std::unique_ptr<SharedMemoryReader> reader_;
  bool stale_ = false;
  bool up_ = false;
  bool has_moved_ = false;  // since it was attached to: what a dead one left behind never does
  std::string reason_ = "no data plane was seen yet";
  std::int64_t since_ns_ = 0;
  std::uint64_t heartbeat_ = 0;
  Clock::time_point moved_at_{};
  Clock::time_point next_attach_{};
  Clock::time_point next_stale_{};
};

}  // namespace sluice
