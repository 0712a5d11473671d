#include "control/api/event_stream.hh"

#include <algorithm>
#include <utility>

namespace sluice {

std::optional<std::string> EventStream::Follower::take(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  wake_.wait_for(lock, patience, [&] { return !waiting_.empty() || ended_; });
  if (waiting_.empty() && ended_) return std::nullopt;
  auto lines = std::exchange(waiting_, {});
  if (const auto lost = std::exchange(lost_, 0); lost != 0) {
    const auto number = std::to_string(lost);
    lines += kind_ == StreamKind::eve ? "{\"lost_lines\":" + number + "}\n" : "# " + number + " lines lost\n";
  }
  return lines;
}

std::shared_ptr<EventStream::Follower> EventStream::follow(StreamKind kind) {
  const std::lock_guard lock{mutex_};
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  if (ended_ || followers_.size() >= follower_limit) return nullptr;
  auto follower = std::make_shared<Follower>(kind);
  followers_.push_back(follower);
  return follower;
}

bool EventStream::is_followed(StreamKind kind) const {
  const std::lock_guard lock{mutex_};
  return std::any_of(followers_.begin(), followers_.end(), [&](const auto& weak) {
    const auto follower = weak.lock();
    return follower != nullptr && follower->kind_ == kind;
  });
}

void EventStream::put(StreamKind kind, const std::string& line) {
  const std::lock_guard lock{mutex_};
  for (const auto& weak : followers_) {
    const auto follower = weak.lock();
    if (follower == nullptr || follower->kind_ != kind) continue;
    const std::lock_guard follower_lock{follower->mutex_};
    if (follower->waiting_.size() + line.size() >= waiting_limit) {
      ++follower->lost_;
      continue;
    }
    follower->waiting_.append(line).push_back('\n');
    follower->wake_.notify_one();
  }
}

void EventStream::end() {
  const std::lock_guard lock{mutex_};
  ended_ = true;
  for (const auto& weak : followers_) {
    const auto follower = weak.lock();
    if (follower == nullptr) continue;
    const std::lock_guard follower_lock{follower->mutex_};
    follower->ended_ = true;
    follower->wake_.notify_one();
  }
}

}  // namespace sluice
