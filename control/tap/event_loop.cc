#include "control/tap/event_loop.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/tap/system_clock.hh"

namespace sluice {
namespace {

// Events taken from a data plane that has ended: more than its rings hold, and an end where it goes on all the same.
constexpr std::size_t farewell_limit = 1'000'000;

}  // namespace

EventLoop::EventLoop(EventLoopOptions options, RuleFetcher::Fetch fetch, EventStream& stream)
    : stream_(&stream),
      redactor_(std::move(options.redaction_key)),
      tally_(options.tally),
      evidence_(options.evidence),
      captures_(options.captures),
      store_(options.store),
      inventory_(options.inventory),
      writer_({options.tap_id,
               options.site,
               system_clock_state(),
               &books_,
               {},
               &redactor_,
               &resolvers_,
               {},
               options.ipv6_in_full}),
      decisions_({options.tap_id, options.site, system_clock_state(), &books_, {}, nullptr, nullptr}, boot_id(),
                 options.version, options.evidence_record_bytes),
      table_(&books_),
      attachment_(std::move(options.shared_memory)),
      guard_(std::move(options.guard_file)),
      eve_(std::move(options.eve)),
      fetcher_(std::move(fetch)),
      next_stats_(Clock::now() + stats_interval),
      next_state_(Clock::now() + first_state_patience),
      thread_([this] { run(); }) {}

EventLoop::~EventLoop() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  thread_.join();
}

void EventLoop::run() {
  std::chrono::microseconds pause{};
  for (;;) {
    {
      const std::lock_guard lock{mutex_};
      const auto now = Clock::now();
      const bool more = turn(now);
      turned_.notify_all();
      if (stop_ && !more) {
        retry_waiting(now, false);
        end_keeping();
        write_evidence(now, true);
        write_statistics(now);
        eve_.flush(now);
        return;
      }
      pause = more ? turn_interval : look_interval;
    }
    std::this_thread::sleep_for(pause);
  }
}

// True where more events may be waiting.
bool EventLoop::turn(Clock::time_point now) {
  attachment_.look(now);
  guard_.look(now);
  if (attachment_.wants_renewal()) attach(now);
  write_state(now);
  write_links(now);
  learn_rules();
  retry_waiting(now, true);
  const auto taken = drain(burst, now);
  if (taken < burst) ++idle_turns_;
  if (now >= next_stats_) {
    next_stats_ = now + stats_interval;
    write_statistics(now);
  }
  if (now >= next_evidence_) write_evidence(now, false);
  if (reopen_wanted_.exchange(false)) eve_.reopen(now);
  if (now >= next_flush_) {
    next_flush_ = now + flush_interval;
    const auto clock = system_clock_state();
    writer_.set_clock_state(clock);
    decisions_.set_clock_state(clock);
    table_.set_clock_is_set(clock != ClockState::unset);
    eve_.flush(now);
    if (const auto complaint = redactor_.complaint(); !complaint.empty() && !has_complained_) {
      fmt::print(stderr, "sluice-control: {}\n", complaint);
      has_complained_ = true;
    }
  }
  return taken == burst;
}

void EventLoop::attach(Clock::time_point now) {
  if (attachment_.reader() != nullptr) {
    for (std::size_t taken = burst, sum = 0; taken == burst && sum < farewell_limit; sum += taken)
      taken = drain(burst, now);
    refresh_reading();  // the last of the old one
  }
  const auto damaged = attachment_.reader() != nullptr ? attachment_.reader()->damaged() : 0;
  const auto unreadable = attachment_.reader() != nullptr ? attachment_.reader()->counters_unreadable() : 0;
  if (!attachment_.renew(now)) return;
  said_links_.clear();
  counted_.rings_damaged += damaged;
  counted_.counters_unreadable += unreadable;
  retry_waiting(now, false);
  end_keeping();
  books_.clear();
  counted_.rules_known = false;
  counted_generation_ = 0;
}

// The generation that is live, and what was asked for.
void EventLoop::learn_rules() {
  auto* const reader = attachment_.reader();
  if (reader == nullptr) return;
  const auto live = reader->ruleset();
  if (live.generation == 0) return;
  books_.add(live.generation, live.digest);
  if (auto answer = fetcher_.take(); answer && answer->epoch == reader->epoch() && !reader->is_stale()) {
    if (answer->book) books_.add(answer->generation, "", std::move(*answer->book));
  }
  const auto* const book = books_.book(live.generation);
  if (book == nullptr) {
    counted_.rules_known = false;
    if (attachment_.is_up()) fetcher_.ask(reader->epoch(), live.generation);
  } else if (!counted_.rules_known || counted_generation_ != live.generation) {
    counted_.rules_by_kind = book->count_by_kind();
    counted_.rules_known = true;
    counted_generation_ = live.generation;
  }
}

std::size_t EventLoop::drain(std::size_t limit, Clock::time_point now) {
  auto* const reader = attachment_.reader();
  std::size_t taken = 0;
  while (reader != nullptr && taken < limit) {
    const auto record = reader->next();
    if (!record) break;
    ++taken;
    take(*record, now);
  }
  return taken;
}

void EventLoop::take(const RingRecord& in, Clock::time_point now) {
  // A copy of a packet; what comes behind the end of its capture is nobody's.
  if (in.tag != 0) {
    if (captures_ == nullptr || !captures_->put(in.tag, in.bytes)) ++counted_.events_malformed;
    return;
  }
  const auto record = in.bytes;
  const auto event = Event::parse(record);
  if (!event) {
    ++counted_.events_malformed;
    return;
  }
  ++counted_.events_read;
  const bool is_kept = event->header().type == EventType::kept_flow;
  const bool is_explained = event->header().type == EventType::alert || is_kept;
  const bool is_known = books_.book(event->header().generation) != nullptr;
  // Packets of a flow come behind what tells whose they are.
  if (!is_explained || (is_known && (!is_kept || waiting_.empty()))) return report(*event, now);
  if (waiting_.size() == waiting_limit) {
    const auto first = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto oldest = Event::parse(first.record)) report(*oldest, now);
  }
  waiting_.push_back({{record.begin(), record.end()}, now + explain_patience});
}

// Alerts whose rules have come to be known, or that have waited long enough: in the order in which they came.
void EventLoop::retry_waiting(Clock::time_point now, bool patient) {
  while (!waiting_.empty()) {
    const auto event = Event::parse(waiting_.front().record);
    const bool known = event && books_.book(event->header().generation) != nullptr;
    if (event && !known && patient && now < waiting_.front().until) {
      if (attachment_.is_up()) fetcher_.ask(attachment_.reader()->epoch(), event->header().generation);
      return;
    }
    if (event) report(*event, now);
    waiting_.pop_front();
  }
}

void EventLoop::report(const Event& event, Clock::time_point now) {
  const bool is_alert = event.header().type == EventType::alert;
  if (event.header().type == EventType::kept_flow) return keep(event);
  if (inventory_ != nullptr)
    if (const auto sighting = read_sighting(event)) inventory_->take(*sighting);
  if (event.header().type == EventType::sighting) return;
  table_.consume(event);
  resolvers_.consume(event);
  if (is_alert) {
    const auto finding = read_finding(event, books_.book(event.header().generation), true);
    const auto number = finding.rule != nullptr ? static_cast<std::size_t>(finding.rule->finding_class) : 0;
    ++counted_.findings[number < finding_classes ? number : 0][finding.action == Action::drop ? 1 : 0];
    if (finding.rule == nullptr) ++counted_.alerts_unexplained;
    if (tally_ != nullptr) count_block(event, finding);
    const bool has_evidence = evidence_ != nullptr && evidence_->wants(finding.device, finding.time);
    if (has_evidence) evidence_->put(decisions_.draft(event));
    if (store_ != nullptr) {
      const auto* const rules = books_.find(event.header().generation);
      store_->note(finding, rules != nullptr ? rules->digest : std::string_view{}, has_evidence);
    }
    if (inventory_ != nullptr) note_name(event, finding);
    if (stream_->is_followed(StreamKind::findings)) stream_->put(StreamKind::findings, table_.finding_line(event));
  }
  const bool followed = stream_->is_followed(StreamKind::eve);
  if (eve_.path().empty() && !followed) return;
  const auto line = writer_.line(event);
  eve_.write(line, now);
  if (followed) stream_->put(StreamKind::eve, line);
}

// A listed name that a device asked for is one vote, the weakest, for what the device is.
void EventLoop::note_name(const Event& event, const Finding& finding) {
  if (finding.is_by_address() || finding.matched_value.empty()) return;
  const DevicePlace place{finding.device, finding.vlan};
  std::string name{finding.matched_value};
  const auto path = event.find(Field::http_uri);
  const bool is_asked = finding.matched_field == Field::http_host && path;
  if (is_asked) name += path->text().substr(0, path->text().find('?'));
  inventory_->add(place, {is_asked ? FactKind::connectivity_check : FactKind::name, std::move(name)}, finding.time);
}

void EventLoop::keep(const Event& event) {
  if (evidence_ == nullptr) return;
  std::vector<EvidenceDraft> parts;
  keeper_.take(event, decisions_, parts);
  put(std::move(parts), event.header().time);
}

// No more comes of what is kept: its data plane has ended, or this program does.
void EventLoop::end_keeping() {
  std::vector<EvidenceDraft> parts;
  keeper_.finish(parts);
  put(std::move(parts), wall_time());
}

void EventLoop::put(std::vector<EvidenceDraft> parts, Tick time) {
  for (auto& part : parts)
    if (evidence_->wants(part.device, time)) evidence_->put(std::move(part));
}

// Of a rule that asks for it: another one may have blocked what this one is about, and would not have to.
void EventLoop::count_block(const Event& event, const Finding& finding) {
  const auto asks = event.find(Field::rule_action);
  if (finding.rule == nullptr || !asks || asks->integer() != static_cast<std::uint64_t>(Action::drop)) return;
  tally_->note({finding.rule->rule_id, event.header().flow_id, finding.device, finding.action == Action::drop});
}

void EventLoop::refresh_reading() {
  if (attachment_.reader() != nullptr) counted_.reading = attachment_.reader()->reading();
}

// What goes past the data plane is not inspected, whatever the data plane says of itself.
TapCoverage EventLoop::coverage() {
  if (auto past = guard_.bypass()) return *std::move(past);
  if (attachment_.is_up()) return attachment_.reader()->coverage();
  return {absent_state, attachment_.reason(), attachment_.since_ns(), 0};
}

void EventLoop::write_line(const std::string& line, Clock::time_point now) {
  eve_.write(line, now);
  stream_->put(StreamKind::eve, line);
}

void EventLoop::write_push(const PushNote& note) {
  const std::lock_guard lock{mutex_};
  const auto* const reader = attachment_.reader();
  const auto live = reader != nullptr ? reader->ruleset() : SharedMemoryReader::LiveRules{};
  write_line(writer_.push_line(note, live.digest, live.generation, wall_time()), Clock::now());
}

LoopStatus EventLoop::status() {
  const std::lock_guard lock{mutex_};
  refresh_reading();
  auto status = counted_;
  status.up = attachment_.is_up();
  status.coverage = coverage();
  status.guard = guard_.status();
  if (const auto* const reader = attachment_.reader(); reader != nullptr) {
    status.rings_damaged += reader->damaged();
    status.counters_unreadable += reader->counters_unreadable();
  }
  status.eve_written = eve_.written();
  status.eve_lost = eve_.lost();
  status.eve_rotations = eve_.rotations();
  status.eve_failing = eve_.is_failing();
  if (evidence_ != nullptr) {
    status.evidence = evidence_->counts();
    status.evidence_failing = !evidence_->complaint().empty();
  }
  return status;
}

Statistics EventLoop::statistics() {
  const std::lock_guard lock{mutex_};
  refresh_reading();
  return counted_.reading ? statistics_of(*counted_.reading, wall_time()) : Statistics{};
}

FindingsTable EventLoop::findings() {
  const std::lock_guard lock{mutex_};
  return table_;
}

void EventLoop::set_exceptions(std::shared_ptr<const ExceptionList> exceptions) {
  const std::lock_guard lock{mutex_};
  writer_.set_exceptions(exceptions);
  decisions_.set_exceptions(exceptions);
  table_.set_exceptions(std::move(exceptions));
}

void EventLoop::settle() {
  std::unique_lock lock{mutex_};
  const auto enough = idle_turns_ + 2;
  turned_.wait_for(lock, std::chrono::seconds{1}, [&] { return idle_turns_ >= enough; });
}

}  // namespace sluice
