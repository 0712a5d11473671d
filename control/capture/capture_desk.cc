#include "control/capture/capture_desk.hh"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "control/text/safe_text.hh"

namespace sluice {

struct CaptureDesk::Running {
  CaptureAsked asked;
  TapClient tap;
  CaptureState state;
  std::string waiting;     // frames
  std::uint64_t lost = 0;  // packets, for want of room here
  std::chrono::steady_clock::time_point next_look{};
  bool is_over = false;
};

tl::expected<void, std::string> CaptureDesk::start(CaptureAsked asked) {
  const auto refuse = [this](std::string why) {
    const std::lock_guard lock{mutex_};
    ++counts_.refused;
    starting_ = false;
    return tl::unexpected(std::move(why));
  };
  {
    const std::lock_guard lock{mutex_};
    if (running_ != nullptr || starting_) {
      ++counts_.refused;
      return tl::unexpected(std::string{"a capture is under way: one at a time, wait for its end"});
    }
    starting_ = true;
  }
  auto tap = TapClient::connect(command_socket_);
  if (!tap) return refuse(tap.error());
  auto state = tap->capture(asked.request);
  if (!state) return refuse(state.error());
  auto running = std::make_shared<Running>(Running{std::move(asked), std::move(*tap), std::move(*state), {}, 0, {}});
  nlohmann::json names = nlohmann::json::array();
  for (const auto& name : running->asked.ports) names.push_back(stored_text(name));
  put_capture_frame(running->waiting, CaptureFrameKind::ports, names.dump());
  write_({&running->asked, nullptr, 0});
  const std::lock_guard lock{mutex_};
  running_ = std::move(running);
  starting_ = false;
  ++counts_.begun;
  return {};
}

bool CaptureDesk::put(std::uint64_t id, Bytes record) {
  const std::lock_guard lock{mutex_};
  if (running_ == nullptr || running_->state.id != id) return false;
  if (running_->waiting.size() + record.size() > waiting_limit) {
    ++running_->lost;
    ++counts_.lost;
    return true;
  }
  put_capture_frame(running_->waiting, CaptureFrameKind::packet, as_text(record));
  ++counts_.packets;
  wake_.notify_all();
  return true;
}

std::optional<std::string> CaptureDesk::take(const std::function<void()>& settle) {
  std::unique_lock lock{mutex_};
  const auto running = running_;
  if (running == nullptr) return std::nullopt;
  if (running->is_over && running->waiting.empty()) return std::nullopt;
  wake_.wait_for(lock, look_interval, [&] { return !running->waiting.empty(); });
  const auto now = std::chrono::steady_clock::now();
  if (now >= running->next_look && !running->is_over) {
    running->next_look = now + look_interval;
    lock.unlock();
    const auto state = running->tap.look_at_capture(false);
    lock.lock();
    if (state)
      running->state = *state;
    else
      running->state.end = "gone";  // the data plane
    if (!running->state.end.empty()) {
      lock.unlock();
      settle();
      lock.lock();
      running->is_over = true;
      running->waiting += end_frame(*running);
    } else if (running->waiting.empty()) {
      put_capture_frame(running->waiting, CaptureFrameKind::alive, {});
    }
  }
  return std::exchange(running->waiting, {});
}

std::string CaptureDesk::end_frame(const Running& running) const {
  std::string frame;
  const auto& state = running.state;
  const nlohmann::json document{{"end", stored_text(state.end)},
                                {"packets", state.packets},
                                {"bytes", state.bytes},
                                {"beyond_rate", state.beyond_rate},
                                {"without_room", state.without_room + running.lost}};
  put_capture_frame(frame, CaptureFrameKind::end, document.dump());
  return frame;
}

void CaptureDesk::finish() {
  std::unique_lock lock{mutex_};
  const auto running = running_;
  if (running == nullptr) return;
  lock.unlock();
  if (running->state.end.empty()) {  // the one who asked is gone
    if (const auto state = running->tap.look_at_capture(true)) running->state = *state;
    running->state.end = "left";
  }
  write_({&running->asked, &running->state, running->lost});
  lock.lock();
  counts_.lost += running->state.beyond_rate + running->state.without_room;
  running_ = nullptr;
}

CaptureCounts CaptureDesk::counts() {
  const std::lock_guard lock{mutex_};
  auto counts = counts_;
  counts.is_on = running_ != nullptr;
  return counts;
}

}  // namespace sluice
