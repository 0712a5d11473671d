#include "control/vantage/vantage_desk.hh"

#include <algorithm>
#include <utility>

#include "control/tap/system_clock.hh"
#include "control/vantage/vantage_document.hh"

namespace sluice {
namespace {

bool was_found(const std::vector<VantageJudgement>& before, const VantageJudgement& now) {
  return std::any_of(before.begin(), before.end(), [&](const auto& one) {
    return one.condition == now.condition && one.pair == now.pair && one.state == VantageState::found;
  });
}

}  // namespace

VantageDesk::VantageDesk(std::vector<VantagePair> pairs, EventLoop& events, const Inventory& inventory,
                         std::chrono::milliseconds interval)
    : pairs_(std::move(pairs)), events_(&events), inventory_(&inventory), interval_(interval), thread_([this] {
        run();
      }) {}

VantageDesk::~VantageDesk() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

std::vector<VantageJudgement> VantageDesk::judgements() const {
  const std::lock_guard lock{mutex_};
  return judgements_;
}

void VantageDesk::run() {
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      if (stopped_.wait_for(lock, interval_, [this] { return stop_; })) return;
    }
    look();
  }
}

// What was found stays while no data plane lives: nobody has changed a cable for that.
void VantageDesk::look() {
  const auto status = events_->status();
  if (!status.up || !status.reading) return;
  const auto now = wall_time();
  judge_.take({std::chrono::steady_clock::now(), now, status.reading->epoch, pair_samples(*status.reading, pairs_),
               device_signs(*inventory_, now)});
  const auto& judged = judge_.judgements();
  const auto before = judgements();
  for (const auto& one : judged)
    if (was_found(before, one) != (one.state == VantageState::found)) events_->write_vantage(vantage_note(one));
  const std::lock_guard lock{mutex_};
  judgements_ = judged;
}

}  // namespace sluice
