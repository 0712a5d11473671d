#include "dataplane/stream/stream.hh"

#include <algorithm>

namespace sluice {
namespace {

// How far one step may move the expected sequence number without confusing "ahead" with "behind".
constexpr std::uint64_t skip_step = std::uint64_t{1} << 29;

constexpr std::size_t index(Way way) noexcept { return static_cast<std::size_t>(way); }

}  // namespace

// `data` begins at `sequence`; it may lie before, at or after what is expected next.
void Streams::deliver(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  auto& receiver = at.flow.receiver[index(at.way)];
  // What came by and was confirmed is over: a keep-alive may bring any byte there (RFC 9293 section 3.8.4).
  if (receiver.has_acknowledged) {
    auto read = side.next_sequence;
    if (side.buffer != no_index) read += static_cast<std::uint32_t>(buffers_->at(side.buffer).contiguous().size());
    if (sequence_distance(read, receiver.acknowledged) < 0) read = receiver.acknowledged;
    const auto old = sequence_distance(sequence, read);
    if (old >= static_cast<std::int64_t>(data.size())) return;
    if (old > 0) {
      data = data.subspan(static_cast<std::size_t>(old));
      sequence = read;
    }
  }
  const bool is_other = differs(side, receiver, sequence, data);
  if (is_other) {
    if (options_.drop_refused) return refuse(at, TcpAnomaly::overlap);
    note(at, TcpAnomaly::overlap);
    if (!fork(side, receiver)) note(TcpAnomaly::unwatched);
  }
  if (receiver.version != no_index) read_version(at, receiver, sequence, data, is_other);
  if (!side.finished) read(at, side, sequence, data);
}

void Streams::read(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  const auto end = sequence + static_cast<std::uint32_t>(data.size());
  // What no parser wants is passed over at once, but where signatures read it in its order.
  if (!scans(side)) {
    if (side.clear_text) return reach_depth(at, side);
    if (side.deep && side.skip > 0) mark(at, UninspectedReason::depth);
    while (side.skip > 0 && sequence_distance(side.next_sequence, end) > 0)
      pass_over(side, std::min(side.skip, skip_step));
  }
  const auto expected = side.next_sequence;
  const auto ahead = sequence_distance(expected, sequence);
  if (ahead < 0 && sequence_distance(expected, end) <= 0) {  // a retransmission of what was read, or passed over
    if (side.leapt) scan_alone(at, side, sequence, data);
    return;
  }
  const auto fresh = ahead < 0 ? data.subspan(static_cast<std::size_t>(-std::int64_t{ahead})) : data;
  const auto offset = ahead > 0 ? static_cast<std::size_t>(ahead) : 0;

  if (offset == 0 && (side.buffer == no_index || buffers_->at(side.buffer).empty())) {
    const auto before = side;
    const auto used = parse(at, side, fresh);
    keep(at, side, before, fresh, used);
    if (side.finished || used == fresh.size()) return;
    if (used > 0) return read(at, side, sequence, data);
  }
  if (offset >= ReassemblyBuffer::window) return skip_ahead(at, side, sequence, data);
  if (!take_buffer(at, side)) {
    if (!side.finished) scan_alone(at, side, sequence, data);
    return;
  }
  auto& receiver = at.flow.receiver[index(at.way)];
  auto& buffer = buffers_->at(side.buffer);
  if (buffer.consumed() + offset + fresh.size() > ReassemblyBuffer::window) forget(side, receiver);
  const auto stored =
      buffer.insert(static_cast<std::ptrdiff_t>(buffer.consumed() + offset), fresh,
                    options_.drop_refused ? ReassemblyBuffer::Copy::first : ReassemblyBuffer::Copy::linux);
  parse_buffered(at, side);
  if (side.finished || stored == ReassemblyBuffer::Stored::all) return;
  // Room was made by what was parsed: offer the rest again.
  if (side.next_sequence != expected) return read(at, side, sequence, data);
  if (side.skip > 0) return leap(at, side, sequence, data);
  if (buffer.contiguous().size() < ReassemblyBuffer::window) return;
  // The window is full and the parser still waits: a message larger than may be kept.
  mark(at, UninspectedReason::handshake_size);
  protocols_->cut(at, side, buffer.contiguous());
  go_on_as_clear_text(at, side);
  if (side.finished) return;
  parse_buffered(at, side);
  read(at, side, sequence, data);
}

// So far ahead that what is missing cannot be kept. Where the receiver is heard it will say what has reached it; one
// segment alone proves nothing.
void Streams::skip_ahead(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  mark(at, UninspectedReason::stream_gap);
  if (side.skip > 0) return leap(at, side, sequence, data);
  if (at.flow.receiver[index(at.way)].has_acknowledged) return;
  at.packet.anomalies.add(Anomaly::stream_reassembly_seq_gap);
  const auto missing = static_cast<std::uint64_t>(sequence_distance(side.next_sequence, sequence));
  if (!protocols_->resume_after_gap(at, side, missing)) go_on_as_clear_text(at, side);
  if (side.finished) return;
  buffers_->give(side);
  side.next_sequence = sequence;
  read(at, side, sequence, data);
}

// Moves on by bytes that no parser wants.
void Streams::pass_over(StreamSide& side, std::uint64_t count) noexcept {
  side.skip -= count;
  side.next_sequence += static_cast<std::uint32_t>(count);
  if (side.buffer != no_index) buffers_->at(side.buffer).consume(count);
}

void Streams::parse_buffered(const Passage& at, StreamSide& side) noexcept {
  auto& buffer = buffers_->at(side.buffer);
  for (;;) {
    const auto ready = buffer.contiguous();
    if (ready.empty()) break;
    const auto used = parse(at, side, ready);
    if (side.finished) return;
    buffer.consume(used);
    // A body may end inside what lies behind the next hole.
    if (side.skip > 0 && !buffer.empty() && !scans(side))
      pass_over(side, std::min<std::uint64_t>(side.skip, ReassemblyBuffer::window));
    if (used == 0 || buffer.empty()) break;
  }
}

// Feeds `data`, which begins at side.next_sequence, until the parser wants more than there is; returns how many
// bytes are done with.
std::size_t Streams::parse(const Passage& at, StreamSide& side, Bytes data) noexcept {
  // What a direction speaks is part of some rules: of its first bytes it is known behind the parser.
  const auto begin = side.next_sequence;
  const bool scans_now = scans(side);
  const bool scans_later = scans_now && side.protocol == Protocol::unknown && !side.clear_text;
  if (scans_now && !scans_later) scan(at, side, begin, data);
  std::size_t used = 0;
  const auto take = [&](std::uint64_t count) {
    used += static_cast<std::size_t>(count);
    side.next_sequence += static_cast<std::uint32_t>(count);
  };
  while (used < data.size()) {
    if (side.skip > 0) {
      const auto skipped = std::min<std::uint64_t>(side.skip, data.size() - used);
      take(skipped);
      side.skip -= skipped;
      continue;
    }
    at.packet.stream = data.subspan(used);
    const auto progress = protocols_->advance(at, side, data.subspan(used));
    if (progress.state == Progress::State::finished) {
      go_on_as_clear_text(at, side);
      if (side.finished) break;
      continue;
    }
    take(progress.consumed);
    side.skip = progress.skip;
    if (progress.state == Progress::State::need_more) break;
  }
  if (scans_later) scan(at, side, begin, data);
  at.packet.stream = {};
  return used;
}

bool Streams::take_buffer(const Passage& at, StreamSide& side) noexcept {
  if (side.buffer != no_index) return true;
  if (buffers_->take(at.flow, at.way, at.packet.time)) {
    at.flow.receiver[index(at.way)].origin = side.next_sequence;
    return true;
  }
  mark(at, UninspectedReason::buffer_full);
  side.finished = side.skip == 0;
  return false;
}

bool Streams::is_done(const Flow& flow) noexcept {
  for (std::size_t way = 0; way < 2; ++way) {
    const auto& side = flow.side[way];
    if (!side.finished || side.buffer != no_index || flow.receiver[way].version != no_index) return false;
  }
  return true;
}

bool Streams::is_waiting(const Flow& flow) noexcept {
  for (std::size_t way = 0; way < 2; ++way) {
    const auto& side = flow.side[way];
    if (!side.finished && side.buffer != no_index && !buffers_->at(side.buffer).empty()) return true;
    if (const auto version = flow.receiver[way].version; version != no_index && !versions_.at(version).empty())
      return true;
  }
  return false;
}

void Streams::release(Flow& flow) noexcept {
  for (auto& side : flow.side) {
    buffers_->give(side);
    give_window(side);
  }
  for (auto& receiver : flow.receiver) give_version(receiver);
}

}  // namespace sluice
