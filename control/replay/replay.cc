#include "control/replay/replay.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "control/eve/eve_file.hh"
#include "control/replay/replay_evidence.hh"
#include "control/replay/replay_lane.hh"
#include "control/replay/replay_placement.hh"
#include "control/text/progress_bar.hh"
#include "dataplane/capture/capture.hh"
#include "dataplane/capture/capture_writer.hh"

namespace sluice {
namespace {

// Packets read ahead of the one that is written next.
constexpr std::size_t window = 2048;

class Replay {
 public:
  Replay(const ReplayOptions& options, const Generation& generation, const EveContext& context, Statistics& statistics,
         FindingsTable& findings)
      : options_(options),
        generation_(&generation),
        context_(context),
        statistics_(&statistics),
        findings_(&findings),
        slots_(std::make_unique<ReplaySlot[]>(window)) {
    context_.resolvers = &resolvers_;
    statistics_->generation = generation.number();
    statistics_->ports.push_back({"capture", {}});
  }

  ReplayEnd run() {
    if (!options_.eve_path.empty() && !eve_.open(options_.eve_path)) {
      complain(options_.eve_path + ": " + std::strerror(errno));
      return ReplayEnd::failed;
    }
    if (options_.evidence) {
      auto opened = ReplayEvidence::open(*options_.evidence, context_, options_.version);
      if (!opened) {
        complain(opened.error());
        return ReplayEnd::failed;
      }
      evidence_.emplace(std::move(*opened));
    }
    bool unreadable = false;
    for (const auto& path : options_.captures) {
      const auto end = one(path);
      if (end == ReplayEnd::failed) return end;
      unreadable = unreadable || end == ReplayEnd::unreadable;
    }
    if (!finish_lanes()) return ReplayEnd::failed;
    if (evidence_ && !finish_evidence()) return ReplayEnd::failed;
    if (writer_) {
      if (const auto closed = writer_->close(); !closed) {
        complain(closed.error().message);
        return ReplayEnd::failed;
      }
    }
    if (!eve_.flush()) {
      complain(options_.eve_path + ": " + std::strerror(errno));
      return ReplayEnd::failed;
    }
    return unreadable ? ReplayEnd::unreadable : ReplayEnd::complete;
  }

 private:
  static void complain(const std::string& what) { fmt::print(stderr, "sluice: {}\n", what); }

  bool finish_evidence() {
    evidence_->flush();
    if (!evidence_->complaint().empty()) {
      complain(evidence_->complaint());
      return false;
    }
    for (std::size_t i = 0; i < evidence_refusal_names.size(); ++i)
      if (const auto refused = evidence_->counts().refused[i]; refused != 0)
        complain(fmt::format("evidence: {} findings without a record ({})", refused, evidence_refusal_names[i]));
    const auto& head = evidence_->head();
    if (eve_.is_open() && eve_writer_)
      eve_.write(eve_writer_->evidence_line(head.number, head.digest, generation_->number(), last_time()));
    return true;
  }

  ReplayEnd one(const std::string& path) {
    const auto inside = survey(path, options_.inside);
    auto reader = CaptureReader::open(path);
    if (!inside || !reader) {
      complain(inside ? reader.error().message : inside.error());
      return ReplayEnd::unreadable;
    }
    inside_ = *inside;
    if (!options_.write_path.empty() && !open_writer(*reader)) return ReplayEnd::failed;
    if (!options_.continue_state && !finish_lanes()) return ReplayEnd::failed;
    if (lanes_.empty()) start_lanes(path);

    reader_ = &*reader;
    ProgressBar progress{path, options_.progress};
    CapturedPacket captured;
    auto next = reader->next(captured);
    for (; next == CaptureNext::packet; next = reader->next(captured)) {
      if (!take(captured)) return ReplayEnd::failed;
      progress.at(reader->position(), reader->size());
    }
    if (next == CaptureNext::cut)
      complain(path + ": " + reader->cut_reason() + "; the packets before that were replayed");
    for (auto& lane : lanes_) lane->flush();
    while (oldest_ < newest_)
      if (!retire()) return ReplayEnd::failed;
    return ReplayEnd::complete;
  }

  bool open_writer(const CaptureReader& reader) {
    if (writer_) {
      writer_->next_input();
      return true;
    }
    auto opened = CaptureWriter::open(options_.write_path, reader.container(), options_.captures);
    if (!opened) {
      complain(opened.error().message);
      return false;
    }
    writer_.emplace(std::move(*opened));
    return true;
  }

  void start_lanes(const std::string& path) {
    context_.pcap_filename = path;
    eve_writer_.emplace(context_);
    if (evidence_) evidence_->set_capture(path);
    number_ = 0;
    placement_.emplace(options_.workers);
    const bool threaded = options_.workers > 1;
    for (std::uint32_t i = 0; i < options_.workers; ++i)
      lanes_.push_back(std::make_unique<ReplayLane>(options_.pipeline, *generation_, i, threaded,
                                                    [this, i] { drain(*lanes_[i], ~std::uint64_t{0}); }));
  }

  // Reads one packet into the window; makes room there first.
  bool take(const CapturedPacket& captured) {
    if (newest_ - oldest_ == window && !retire()) return false;
    auto& slot = slots_[newest_++ % window];
    slot.bytes.assign(captured.data.begin(), captured.data.end());
    slot.captured = captured;
    slot.captured.data = slot.bytes;
    slot.replies.clear();
    slot.done.store(false, std::memory_order_relaxed);
    slot.packet = Packet{};
    slot.packet.frame = slot.bytes;
    slot.packet.time = captured.time;
    slot.packet.number = ++number_;
    slot.packet.link = link_layer_of(captured.link_type);
    slot.packet.link_type = captured.link_type;
    slot.packet.wire_length = captured.wire_length;
    if (inside_.by == InsideChoice::By::networks) slot.packet.networks = &inside_.networks;
    auto& lane = place(slot);
    slot.lane = &lane;
    while (!lane.submit(slot))
      if (!retire()) return false;
    return true;
  }

  // Says which end is inside and which lane owns the packet.
  ReplayLane& place(ReplaySlot& slot) {
    if (inside_.by == InsideChoice::By::interface)
      slot.packet.inside = slot.captured.interface == inside_.interface ? Inside::source : Inside::destination;
    if (lanes_.size() == 1) return *lanes_[0];
    auto probe = slot.packet;
    (void)decode(probe, nullptr);  // addresses stand there even where the rest is unreadable
    return *lanes_[placement_->lane_of(probe, inside_.by == InsideChoice::By::interface)];
  }

  // Lets the oldest packet of the window go: its events first, then the packet itself.
  bool retire() {
    auto& slot = slots_[oldest_ % window];
    while (!slot.done.load(std::memory_order_acquire)) {
      slot.lane->flush();
      if (!drain(*slot.lane, slot.packet.number)) std::this_thread::yield();
    }
    drain(*slot.lane, slot.packet.number);
    ++oldest_;

    traffic_.consume(slot.packet);
    auto& counters = statistics_->ports.back().counters;
    ++counters.received;
    counters.received_bytes += slot.bytes.size();
    if (slot.packet.action == Action::drop) {
      ++counters.dropped[slot.packet.drop_reason];
      return write_replies(slot);
    }
    ++counters.forwarded;
    return write(slot.captured);
  }

  // In the place of the packet that was rejected.
  bool write_replies(const ReplaySlot& slot) {
    for (const auto& reply : slot.replies) {
      ++statistics_->ports.back().counters.injected[reply.kind];
      auto captured = slot.captured;
      captured.data = reply.frame();
      captured.wire_length = static_cast<std::uint32_t>(captured.data.size());
      if (!write(captured)) return false;
    }
    return true;
  }

  // What leaves.
  bool write(const CapturedPacket& captured) {
    auto& counters = statistics_->ports.back().counters;
    ++counters.transmitted;
    counters.transmitted_bytes += captured.data.size();
    if (!writer_) return true;
    const auto written = writer_->write(captured, reader_->interfaces()[captured.interface]);
    if (!written) complain(written.error().message);
    return written.has_value();
  }

  // Takes a lane's events up to that packet; false where there was none.
  bool drain(ReplayLane& lane, std::uint64_t tag) {
    bool any = false;
    while (const auto record = lane.next_event(tag)) {
      any = true;
      const auto event = Event::parse(record->bytes);
      if (!event) continue;
      const bool is_kept = event->header().type == EventType::kept_flow;
      if (evidence_ && (is_kept || event->header().type == EventType::alert)) evidence_->consume(*event);
      if (is_kept) continue;
      findings_->consume(*event);
      traffic_.consume(*event);
      resolvers_.consume(*event);
      if (eve_.is_open()) eve_.write(eve_writer_->line(*event));
    }
    return any;
  }

  // Ends a run: every flow ends, every event is taken.
  bool finish_lanes() {
    for (auto& lane : lanes_) {
      while (!lane->finish(last_time(), number_)) drain(*lane, ~std::uint64_t{0});
      drain(*lane, ~std::uint64_t{0});
      statistics_->inspection += lane->counters();
      traffic_.anomalies += lane->anomalies();
    }
    statistics_->traffic = traffic_;
    if (!lanes_.empty() && eve_.is_open()) eve_.write(eve_writer_->stats_line(*statistics_, last_time()));
    lanes_.clear();
    resolvers_.clear();
    return true;
  }

  [[nodiscard]] Tick last_time() const { return newest_ == 0 ? Tick{} : slots_[(newest_ - 1) % window].packet.time; }

  const ReplayOptions& options_;
  const Generation* generation_;
  EveContext context_;
  Statistics* statistics_;
  FindingsTable* findings_;
  TrafficCounts traffic_;
  OfferedResolvers resolvers_;
  EveFile eve_;
  std::optional<ReplayEvidence> evidence_;
  std::optional<EveWriter> eve_writer_;
  std::optional<CaptureWriter> writer_;
  const CaptureReader* reader_ = nullptr;  // of the packets in the window
  InsideChoice inside_;
  std::optional<ReplayPlacement> placement_;
  std::unique_ptr<ReplaySlot[]> slots_;
  std::uint64_t oldest_ = 0;  // packets that have left the window
  std::uint64_t newest_ = 0;  // packets that have entered it
  std::uint64_t number_ = 0;  // of the packet in its run
  std::vector<std::unique_ptr<ReplayLane>> lanes_;
};

}  // namespace

ReplayEnd replay(const ReplayOptions& options, const Generation& generation, const EveContext& context,
                 Statistics& statistics, FindingsTable& findings) {
  return Replay{options, generation, context, statistics, findings}.run();
}

}  // namespace sluice
