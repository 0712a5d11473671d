// What the event loop says by itself: of captures, evidence, counters, the tap's state, its links.
#include <fmt/format.h>

#include "control/tap/event_loop.hh"
#include "control/tap/system_clock.hh"
#include "control/text/safe_text.hh"

namespace sluice {

void EventLoop::write_capture(const CaptureDesk::Note& note) {
  const auto& asked = *note.asked;
  const auto& request = asked.request;
  Json about{{"state", note.end == nullptr ? "begun" : "ended"},
             {"user", stored_text(asked.user)},
             {"from", stored_text(asked.from)},
             {"filter", stored_text(asked.filter)}};
  about["ports"] = Json::array();
  for (std::size_t port = 0; port < asked.ports.size(); ++port)
    if ((request.ports >> port & 1U) != 0) about["ports"].push_back(stored_text(asked.ports[port]));
  about["limits"] = {{"packets", request.packets},
                     {"bytes", request.bytes},
                     {"milliseconds", request.time.count()},
                     {"snap_length", request.snap_length}};
  if (note.end != nullptr) {
    about["end"] = stored_text(note.end->end);
    about["packets"] = note.end->packets;
    about["bytes"] = note.end->bytes;
    about["beyond_rate"] = note.end->beyond_rate;
    about["without_room"] = note.end->without_room + note.lost;
  }
  fmt::print(stderr, "sluice-control: capture: {}\n", about.dump(-1, ' ', true));
  const std::lock_guard lock{mutex_};
  const auto now = Clock::now();
  write_line(writer_.capture_line(std::move(about), counted_generation_, wall_time()), now);
}

void EventLoop::write_vantage(Json about) {
  fmt::print(stderr, "sluice-control: vantage: {}\n", about.dump(-1, ' ', true));
  const std::lock_guard lock{mutex_};
  write_line(writer_.vantage_line(std::move(about), counted_generation_, wall_time()), Clock::now());
}

// With the first head that there is, hourly, and at the end.
void EventLoop::write_evidence(Clock::time_point now, bool is_last) {
  if (evidence_ == nullptr) return;
  if (is_last) evidence_->settle(evidence_patience);
  const auto head = evidence_->head();
  if (!head) return;
  next_evidence_ = now + evidence_interval;
  write_line(writer_.evidence_line(head->number, head->digest, counted_generation_, wall_time()), now);
}

void EventLoop::write_statistics(Clock::time_point now) {
  refresh_reading();
  if (!counted_.reading) return;
  const auto time = wall_time();
  write_line(writer_.stats_line(statistics_of(*counted_.reading, time), time), now);
}

void EventLoop::write_state(Clock::time_point now) {
  if (now < next_state_ && (said_ || !attachment_.is_up())) return;
  auto coverage = this->coverage();
  // While there is none, each look for one finds another reason.
  const bool is_still_absent = said_ && said_->state == absent_state && coverage.state == absent_state;
  if (is_still_absent || (said_ && coverage.is_as(*said_))) return;
  next_state_ = now + state_interval;
  write_line(writer_.state_line(coverage, said_ ? said_->state : std::string_view{}, wall_time()), now);
  said_ = std::move(coverage);
}

// Each link's first state, and every other one; what was over before the next look is not said.
void EventLoop::write_links(Clock::time_point now) {
  if (now < next_links_ || !attachment_.is_up()) return;
  next_links_ = now + state_interval;
  const auto& reader = *attachment_.reader();
  const auto links = reader.links();
  said_links_.resize(links.size());
  for (std::size_t port = 0; port < links.size(); ++port) {
    const auto state = links[port].state;
    auto& said = said_links_[port];
    if (state == said || state == LinkState::unwatched || state == LinkState::training) continue;
    write_line(writer_.link_line(reader.port_name(port), state, said, reader.ruleset().generation, wall_time()), now);
    said = state;
  }
}

}  // namespace sluice
