#include "control/store/store_desk.hh"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "control/tap/system_clock.hh"

namespace sluice {
namespace {

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// A damaged one is kept for who can read more of it, the last one only. SQLite's own files beside it go first: they
// would be taken for those of the new one. False: it could not be moved.
bool put_aside(const std::string& path) {
  std::error_code error;
  for (const auto* suffix : {"-wal", "-shm", ""}) {
    std::filesystem::remove(path + ".damaged" + suffix, error);
    std::filesystem::rename(path + suffix, path + ".damaged" + suffix, error);
  }
  return !error;  // of the last, which is there
}

}  // namespace

StoreDesk::StoreDesk(StoreOptions options, Inventory& inventory)
    : options_(std::move(options)), inventory_(&inventory) {
  {
    const std::lock_guard lock{writing_};
    open();
  }
  thread_ = std::thread{[this] { run(); }};
}

StoreDesk::~StoreDesk() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreDesk::note(const Finding& finding, std::string_view ruleset, bool has_evidence) {
  const auto device = inventory_->device_at({finding.device, finding.vlan}, finding.time).text();
  const std::lock_guard lock{mutex_};
  if (!tally_.note(finding, {options_.tap_id, ruleset, device, has_evidence})) ++counts_.waiting;
}

void StoreDesk::settle(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  is_hurried_ = true;
  wake_.notify_one();
  const auto goal = turns_ + (is_writing_ ? 2 : 1);  // what is being written now was taken before
  done_.wait_for(lock, patience, [&] { return turns_ >= goal; });
}

StoreStatus StoreDesk::status() const {
  const std::lock_guard lock{mutex_};
  return {counts_, options_.bytes, tally_.size(), complaint_};
}

void StoreDesk::run() {
  for (;;) {
    std::vector<FindingGrowth> grown;
    bool is_last = false;
    {
      std::unique_lock lock{mutex_};
      if (std::exchange(is_writing_, false)) ++turns_;
      done_.notify_all();
      wake_.wait_for(lock, write_interval, [this] { return stop_ || is_hurried_; });
      is_last = stop_;
      is_hurried_ = false;
      // What waits for a disk waits where it is.
      if (store_ || std::chrono::steady_clock::now() >= next_open_ || is_last) grown = tally_.take();
      is_writing_ = true;
    }
    {
      const std::lock_guard lock{writing_};
      if (is_last) next_open_ = {};  // there is no later try
      open();
      write(std::move(grown));
      write_devices();
      if (!is_last) retire();
    }
    if (is_last) return;
  }
}

void StoreDesk::open() {
  const auto now = std::chrono::steady_clock::now();
  if (store_ || now < next_open_) return;
  next_open_ = now + retry_interval;
  auto store = FindingStore::open(options_);
  if (!store && store.error().fault == StoreFault::damaged && put_aside(options_.path)) {
    fmt::print(stderr, "sluice-control: the store is damaged and is begun anew; it is kept as {}.damaged: {}\n",
               options_.path, store.error().reason);
    {
      const std::lock_guard lock{reading_};
      reader_.reset();
    }
    store = FindingStore::open(options_);
    inventory_->write_all();
  }
  if (!store) return fail(store.error());
  store_.emplace(std::move(*store));
  if (!is_restored_) {
    auto devices = store_->devices();
    if (!devices) return fail(devices.error());
    inventory_->restore(std::move(*devices));
    is_restored_ = true;
  }
  const std::lock_guard lock{mutex_};
  store_->measure(counts_);
  complaint_.clear();
}

void StoreDesk::write(std::vector<FindingGrowth> grown) {
  if (grown.empty()) return;
  StoreCounts counts = status().counts;
  const auto waiting = counts.waiting;
  auto done = tl::expected<void, StoreFailure>{};
  if (store_) done = store_->write(grown, counts);
  const bool is_written = store_.has_value() && done.has_value();
  {
    const std::lock_guard lock{mutex_};
    counts.waiting += counts_.waiting - waiting;
    counts_ = counts;
    if (!is_written) counts_.waiting += tally_.put_back(std::move(grown));
  }
  if (!done) fail(done.error());
}

void StoreDesk::write_devices() {
  if (!store_) return;
  const auto changes = inventory_->take_changes();
  const auto done = store_->write(changes);
  if (done) return;
  inventory_->put_back(changes);
  fail(done.error());
}

// Not by a clock that nobody has set: it would say that nothing is old, or that all is.
void StoreDesk::retire() {
  const auto now = std::chrono::steady_clock::now();
  if (!store_ || now < next_retire_ || system_clock_state() == ClockState::unset) return;
  next_retire_ = now + retire_interval;
  auto counts = status().counts;
  const auto before = counts;
  const auto done = store_->retire(wall_ns(), counts);
  constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;
  inventory_->retire(wall_ns() - static_cast<std::int64_t>(options_.keep_days) * day_ns);
  {
    const std::lock_guard lock{mutex_};
    counts_.retired += counts.retired - before.retired;
    counts_.findings = counts.findings;
    counts_.bytes = counts.bytes;
  }
  if (!done) fail(done.error());
}

// Said once, until it works again.
void StoreDesk::fail(const StoreFailure& failure) {
  if (store_ && failure.fault == StoreFault::damaged) next_open_ = {};  // it is put aside at once
  store_.reset();
  const std::lock_guard lock{mutex_};
  if (complaint_ == failure.reason) return;
  complaint_ = failure.reason;
  fmt::print(stderr, "sluice-control: findings cannot be stored, and wait in memory: {}\n", failure.reason);
}

void StoreDesk::set_exceptions(std::shared_ptr<const ExceptionList> exceptions) {
  const std::lock_guard lock{reading_};
  exceptions_ = std::move(exceptions);
}

// A reader of a store that is gone is opened anew.
template <class Ask>
tl::expected<nlohmann::ordered_json, std::string> StoreDesk::read(Ask ask) {
  const std::lock_guard lock{reading_};
  if (!reader_) {
    auto reader = FindingReader::open(options_.path);
    if (!reader) return tl::unexpected(reader.error().reason);
    reader_.emplace(std::move(*reader));
  }
  auto answer = ask(*reader_);
  if (answer) return std::move(*answer);
  reader_.reset();
  return tl::unexpected(answer.error().reason);
}

tl::expected<nlohmann::ordered_json, std::string> StoreDesk::list(const FindingQuery& query) {
  return read([&](FindingReader& reader) { return reader.list(query, *exceptions_); });
}

tl::expected<nlohmann::ordered_json, std::string> StoreDesk::one(const std::string& id) {
  return read([&](FindingReader& reader) { return reader.one(id, *exceptions_); });
}

tl::expected<nlohmann::ordered_json, std::string> StoreDesk::change(const std::string& id,
                                                                    const FindingChange& change) {
  auto before = one(id);
  if (!before || before->is_null()) return before;
  {
    const std::lock_guard lock{writing_};
    if (!store_) return tl::unexpected(status().complaint);
    const auto done = store_->change((*before)["number"].get<std::int64_t>(), change, wall_ns());
    if (!done) return tl::unexpected(done.error().reason);
    if (!*done) return nlohmann::ordered_json{};
  }
  return one(id);
}

}  // namespace sluice
