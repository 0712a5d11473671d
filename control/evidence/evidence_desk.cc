#include "control/evidence/evidence_desk.hh"

#include <fmt/format.h>

#include <utility>

#include "control/tap/system_clock.hh"

namespace sluice {

EvidenceDesk::EvidenceDesk(EvidenceOptions options)
    : options_(std::move(options)), quota_(options_.device_hour_records), thread_([this] { run(); }) {}

EvidenceDesk::~EvidenceDesk() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool EvidenceDesk::wants(const Address& device, Tick now) {
  const bool is_wanted = quota_.take(device, now);
  const std::lock_guard lock{mutex_};
  if (!is_wanted)
    counts_.refuse(EvidenceRefusal::device_hour);
  else if (waiting_.size() >= waiting_limit)
    counts_.refuse(EvidenceRefusal::busy);
  return is_wanted && waiting_.size() < waiting_limit;
}

void EvidenceDesk::put(EvidenceDraft draft) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(draft));
  }
  wake_.notify_one();
}

void EvidenceDesk::settle(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  done_.wait_for(lock, patience, [this] { return waiting_.empty() && !is_writing_; });
}

EvidenceCounts EvidenceDesk::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

std::optional<ChainHead> EvidenceDesk::head() const {
  const std::lock_guard lock{mutex_};
  return head_;
}

std::string EvidenceDesk::complaint() const {
  const std::lock_guard lock{mutex_};
  return complaint_;
}

void EvidenceDesk::run() {
  for (;;) {
    open();
    std::vector<EvidenceDraft> drafts;
    {
      std::unique_lock lock{mutex_};
      is_writing_ = false;
      done_.notify_all();
      wake_.wait_for(lock, std::chrono::seconds{1}, [this] { return stop_ || !waiting_.empty(); });
      if (stop_ && waiting_.empty()) return;
      while (!waiting_.empty() && drafts.size() < batch_limit) {
        drafts.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
      is_writing_ = true;
    }
    write(std::move(drafts));
  }
}

void EvidenceDesk::open() {
  const auto now = std::chrono::steady_clock::now();
  if (store_ || now < next_open_) return;
  next_open_ = now + retry_interval;
  auto counts = this->counts();
  const auto before = counts.mended;
  auto store = EvidenceStore::open(options_, text_of(system_clock_state()), wall_time(), counts);
  if (!store) return fail(store.error(), 0);
  if (counts.mended != before)
    fmt::print(stderr,
               "sluice-control: evidence: half a line was taken from the end of the chain, as a power cut leaves "
               "it\n");
  store_.emplace(std::move(*store));
  const std::lock_guard lock{mutex_};
  counts_.mended = counts.mended;
  counts_.bytes = counts.bytes;
  head_ = store_->head();
  complaint_.clear();
}

void EvidenceDesk::write(std::vector<EvidenceDraft> drafts) {
  if (!store_) return fail(complaint(), drafts.size());
  EvidenceCounts fresh;
  const auto now = std::chrono::steady_clock::now();
  auto done = drafts.empty() ? tl::expected<void, std::string>{} : store_->write(drafts, wall_time(), fresh);
  if (!done) return fail(done.error(), drafts.size());
  bool is_retired = false;
  if (now >= next_retire_) {
    next_retire_ = now + retire_interval;
    is_retired = true;
    done = store_->retire(wall_time(), fresh);
  }
  {
    const std::lock_guard lock{mutex_};
    counts_.written += fresh.written;
    for (std::size_t i = 0; i < fresh.refused.size(); ++i) counts_.refused[i] += fresh.refused[i];
    if (!drafts.empty() || is_retired) counts_.bytes = fresh.bytes;
    head_ = store_->head();
  }
  if (!done) fail(done.error(), 0);
}

// Said once, until it works again.
void EvidenceDesk::fail(const std::string& why, std::size_t drafts) {
  store_.reset();
  const std::lock_guard lock{mutex_};
  counts_.refuse(EvidenceRefusal::unwritable, drafts);
  if (complaint_ == why || why.empty()) return;
  complaint_ = why;
  fmt::print(stderr, "sluice-control: evidence cannot be kept: {}\n", why);
}

}  // namespace sluice
