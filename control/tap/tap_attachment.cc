#include "control/tap/tap_attachment.hh"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>

namespace sluice {
namespace {

std::int64_t wall_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool is_gone(std::uint32_t process) {
  return process == 0 || process > static_cast<std::uint32_t>(INT32_MAX) ||
         (::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH);
}

}  // namespace

void TapAttachment::set(bool up, std::string reason) {
  if (up != up_ || since_ns_ == 0) since_ns_ = wall_nanoseconds();
  up_ = up;
  reason_ = std::move(reason);
}

bool TapAttachment::renew(Clock::time_point now) {
  if (now < next_attach_) return false;
  next_attach_ = now + attach_interval;
  auto attached = SharedMemoryReader::attach(path_);
  if (!attached) {
    set(false, attached.error());
    return false;
  }
  reader_ = std::move(*attached);
  stale_ = false;
  has_moved_ = false;
  heartbeat_ = reader_->heartbeat();
  moved_at_ = now;
  next_stale_ = now + stale_interval;
  return true;
}

void TapAttachment::look(Clock::time_point now) {
  if (reader_ == nullptr) return;
  const auto heartbeat = reader_->heartbeat();
  if (heartbeat != heartbeat_) {
    has_moved_ = true;
    moved_at_ = now;
  }
  heartbeat_ = heartbeat;
  if (now >= next_stale_) {
    stale_ = reader_->is_stale();
    next_stale_ = now + stale_interval;
  }
  judge(now);
}

// The process id alone says little: the data plane may live in another process name space.
void TapAttachment::judge(Clock::time_point now) {
  const auto process = reader_->process();
  const auto still = now - moved_at_;
  if (reader_->state() == TapState::stopped) return set(false, "the data plane has ended");
  if (stale_) return set(false, "the data plane has ended or restarts");
  if (still >= gone_after && is_gone(process))
    return set(false, fmt::format("the data plane (process {}) is gone", process));
  if (still >= hung_after) return set(false, fmt::format("the data plane (process {}) does not move", process));
  if (has_moved_) set(true, "");
}

}  // namespace sluice
