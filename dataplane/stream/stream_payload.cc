#include <algorithm>

#include "dataplane/parsers/vpn.hh"
#include "dataplane/stream/stream.hh"

// Clear text as signatures without a buffer see it: each byte once, in order, as far as it shall be seen.
namespace sluice {
namespace {

// No parser wants what follows, however much it is.
constexpr std::uint64_t skip_all = std::uint64_t{1} << 62;

}  // namespace

bool Streams::scans(const StreamSide& side) const noexcept {
  return !side.deep && !hides_payload(side.protocol) && protocols_->wants_streams();
}

std::uint64_t Streams::depth_of(Protocol protocol) const noexcept {
  const auto& depths = options_.depths;
  const auto depth = protocol == Protocol::unknown ? depths.unknown
                     : protocol == Protocol::http  ? depths.http
                                                   : depths.other;
  return depth == 0 ? ~std::uint64_t{0} : depth;
}

// `data` begins at `sequence`; some of it may have been seen before, while a parser waited for more.
void Streams::scan(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  const auto ahead = sequence_distance(side.scanned, sequence);
  if (ahead >= 0) {
    side.scanned = sequence;  // behind a hole: nothing is found across it
  } else {
    if (-std::int64_t{ahead} >= static_cast<std::int64_t>(data.size())) return;
    data = data.subspan(static_cast<std::size_t>(-std::int64_t{ahead}));
  }
  scan_piece(at, side, data);
}

void Streams::scan_piece(const Passage& at, StreamSide& side, Bytes data) noexcept {
  const bool shed = sheds(at);
  if (side.window == no_index && !shed) side.window = windows_.take();
  auto* const window = side.window == no_index ? nullptr : &windows_.at(side.window);
  std::uint64_t position = side.scanned - side.first_sequence;
  if (window != nullptr) {
    // A stream may be longer than its numbers count.
    const auto known = side.first_sequence + static_cast<std::uint32_t>(window->position());
    if (window->position() != 0) position = window->position() + std::int64_t{sequence_distance(known, side.scanned)};
    window->move_to(position);
  }
  const auto depth = depth_of(side.protocol);
  const auto room = depth - std::min(position, depth);
  const auto seen = data.first(static_cast<std::size_t>(std::min<std::uint64_t>(room, data.size())));
  side.scanned += static_cast<std::uint32_t>(seen.size());
  if (!seen.empty()) {
    if (shed) {
      mark(at, UninspectedReason::overload_payload);
    } else if (window != nullptr) {
      protocols_->stream(at, *window, side.window, seen);
    } else {
      ++counters_->payload_windows_full;
      at.packet.lapse = Lapse::payload_windows_full;
      protocols_->payload(at, position, seen);
    }
  }
  if (room > data.size()) return;
  side.deep = true;
  give_window(side);
}

// What cannot be put in order is seen by itself.
void Streams::scan_alone(const Passage& at, const StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  if (!scans(side)) return;
  if (sheds(at)) return mark(at, UninspectedReason::overload_payload);
  protocols_->payload(at, sequence - side.first_sequence, data);
}

// Signatures have seen what they shall, or no rule wants them to any more.
void Streams::reach_depth(const Passage& at, StreamSide& side) noexcept {
  side.finished = true;
  at.flow.deep = at.flow.deep || side.deep;
  if (!side.deep) return;
  mark(at, UninspectedReason::depth);
  at.packet.anomalies.add(Anomaly::stream_reassembly_depth_reached);
}

// No parser reads on; signatures do, where it is clear text.
void Streams::go_on_as_clear_text(const Passage& at, StreamSide& side) noexcept {
  if (!scans(side)) {
    side.finished = true;
    at.flow.deep = at.flow.deep || side.deep;
    return;
  }
  side.clear_text = true;
  side.skip = skip_all;
  if (at.packet.uninspected == UninspectedReason::unknown_protocol) at.packet.uninspected.reset();
}

// More of what signatures alone read is missing than can be kept. A receiver that is heard will say what has reached
// it; until then a piece far ahead is seen by itself, unless a message begins in it, which is parsed as ever.
void Streams::leap(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  mark(at, UninspectedReason::stream_gap);
  const auto end = sequence + static_cast<std::uint32_t>(data.size());
  const auto missing = static_cast<std::uint64_t>(sequence_distance(side.next_sequence, end));
  if (at.flow.receiver[static_cast<std::size_t>(at.way)].has_acknowledged && missing <= side.skip)
    return scan_alone(at, side, sequence, data);
  while (!side.finished && side.skip > 0 && side.buffer != no_index) {
    const auto hole = buffers_->at(side.buffer).behind_first_hole();
    if (!hole || *hole > side.skip) break;
    pass_over(side, *hole);
    parse_buffered(at, side);
  }
  side.leapt = true;
  if (side.finished) return;
  const auto ahead = sequence_distance(side.next_sequence, sequence);
  if (ahead > 0) pass_over(side, std::min<std::uint64_t>(side.skip, static_cast<std::uint64_t>(ahead)));
  read(at, side, sequence, data);
}

void Streams::give_window(StreamSide& side) noexcept {
  if (side.window == no_index) return;
  windows_.give(side.window);
  side.window = no_index;
}

}  // namespace sluice
