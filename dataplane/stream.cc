#include "dataplane/stream.hh"

#include <algorithm>

namespace sluice {
namespace {

// Sequence numbers are compared modulo 2^32 (RFC 9293 section 3.4).
std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept { return static_cast<std::int32_t>(to - from); }

// How far one step may move the expected sequence number without confusing "ahead" with "behind".
constexpr std::uint64_t skip_step = std::uint64_t{1} << 29;

void mark(const Passage& at, UninspectedReason reason) noexcept {
  if (!at.packet.uninspected) at.packet.uninspected = reason;
}

}  // namespace

void Streams::segment(const Passage& at) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  const auto& packet = at.packet;
  if ((packet.tcp_flags & tcp_flag::ack) != 0) acknowledged(at);
  if (side.finished) return;

  auto sequence = packet.tcp_sequence;
  if ((packet.tcp_flags & tcp_flag::syn) != 0) {
    ++sequence;  // the SYN itself takes one number; data may follow it (RFC 7413)
    if (!side.started) start(side, sequence);
  }
  if (!packet.payload.empty()) {
    if (!side.started) {
      if (!midstream_) {
        mark(at, UninspectedReason::stream_gap);
        return finish(side);
      }
      start(side, sequence);
    }
    deliver(at, side, sequence, packet.payload);
  }
  if (side.finished || side.buffer == no_index) return;
  // What the snap length cut off never comes, and after a FIN nothing does; but the FIN may have overtaken data.
  const auto rest = buffers_->at(side.buffer).contiguous();
  const auto end = sequence + static_cast<std::uint32_t>(packet.payload.size());
  const bool ended = (packet.tcp_flags & tcp_flag::fin) != 0 &&
                     distance(side.next_sequence + static_cast<std::uint32_t>(rest.size()), end) == 0;
  const bool snapped = packet.wire_length > packet.frame.size();
  if (!snapped && !ended) return;
  if (!rest.empty()) protocols_->cut(at, side, rest);
  if (ended || !protocols_->resume_after_gap(side)) return finish(side);
  side.next_sequence += static_cast<std::uint32_t>(rest.size());
  buffers_->at(side.buffer).advance(rest.size());
}

void Streams::start(StreamSide& side, std::uint32_t sequence) noexcept {
  side.started = true;
  side.first_sequence = sequence;
  side.next_sequence = sequence;
}

// The far end confirms bytes that never came by: they are lost to the tap, not late.
void Streams::acknowledged(const Passage& at) noexcept {
  auto& other = at.flow.side[static_cast<std::size_t>(opposite(at.way))];
  if (other.finished || other.buffer == no_index || (at.packet.tcp_flags & tcp_flag::rst) != 0) return;
  auto& buffer = buffers_->at(other.buffer);
  const auto behind = buffer.behind_first_hole();
  if (!behind) return;
  const auto first_stored = other.next_sequence + static_cast<std::uint32_t>(*behind);
  if (distance(first_stored, at.packet.tcp_acknowledgement) < 0) return;

  mark(at, UninspectedReason::stream_gap);
  // The event belongs to the direction that sent the bytes, though this packet is what released them.
  const Passage sender{at.packet, at.flow, opposite(at.way)};
  if (const auto before = buffer.contiguous(); !before.empty()) protocols_->cut(sender, other, before);
  if (!protocols_->resume_after_gap(other)) return finish(other);
  other.next_sequence = first_stored;
  buffer.advance(*behind);
  parse_buffered(sender, other);
  acknowledged(at);  // it may confirm further holes; each turn closes one
}

// `data` begins at `sequence`; it may lie before, at or after what is expected next.
void Streams::deliver(const Passage& at, StreamSide& side, std::uint32_t sequence, Bytes data) noexcept {
  const auto end = sequence + static_cast<std::uint32_t>(data.size());
  while (side.skip > 0 && distance(side.next_sequence, end) > 0) pass_over(side, std::min(side.skip, skip_step));
  const auto expected = side.next_sequence;
  const auto ahead = distance(expected, sequence);
  if (ahead < 0 && distance(expected, end) <= 0) return;  // a retransmission of what was parsed
  const auto fresh = ahead < 0 ? data.subspan(static_cast<std::size_t>(-std::int64_t{ahead})) : data;
  const auto offset = ahead > 0 ? static_cast<std::size_t>(ahead) : 0;

  if (offset == 0 && side.buffer == no_index) {
    const auto used = parse(at, side, fresh);
    if (side.finished || used == fresh.size()) return;
    if (used > 0) return deliver(at, side, sequence, data);
  }
  if (offset >= ReassemblyBuffer::window) {
    // So far ahead that what is missing cannot be waited for.
    mark(at, UninspectedReason::stream_gap);
    if (!protocols_->resume_after_gap(side)) return finish(side);
    give_buffer(side);
    side.next_sequence = sequence;
    return deliver(at, side, sequence, data);
  }
  if (!take_buffer(at, side)) return;
  const auto stored = buffers_->at(side.buffer).insert(offset, fresh);
  parse_buffered(at, side);
  if (side.finished || stored == ReassemblyBuffer::Stored::all) return;
  // Room was made by what was parsed: offer the rest again.
  if (side.next_sequence != expected) return deliver(at, side, sequence, data);
  if (buffers_->at(side.buffer).contiguous().size() < ReassemblyBuffer::window) return;
  // The window is full and the parser still waits: a message larger than may be kept.
  mark(at, UninspectedReason::handshake_size);
  protocols_->cut(at, side, buffers_->at(side.buffer).contiguous());
  finish(side);
}

// Moves on by bytes that no parser wants.
void Streams::pass_over(StreamSide& side, std::uint64_t count) noexcept {
  side.skip -= count;
  side.next_sequence += static_cast<std::uint32_t>(count);
  if (side.buffer != no_index) buffers_->at(side.buffer).advance(static_cast<std::size_t>(count));
}

void Streams::parse_buffered(const Passage& at, StreamSide& side) noexcept {
  for (;;) {
    auto& buffer = buffers_->at(side.buffer);
    const auto ready = buffer.contiguous();
    if (ready.empty()) break;
    const auto used = parse(at, side, ready);
    if (side.finished) return;
    buffer.advance(used);
    // A body may end inside what lies behind the next hole.
    if (side.skip > 0 && !buffer.empty()) pass_over(side, std::min<std::uint64_t>(side.skip, ReassemblyBuffer::window));
    if (used == 0 || buffer.empty()) break;
  }
  if (buffers_->at(side.buffer).empty()) give_buffer(side);
}

// Feeds `data`, which begins at side.next_sequence, until the parser wants more than there is; returns how many
// bytes are done with.
std::size_t Streams::parse(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.payload_seen < payload_inspection_limit && protocols_->wants_payload()) inspect_payload(at, side, data);
  std::size_t used = 0;
  while (used < data.size()) {
    const auto progress = protocols_->advance(at, side, data.subspan(used));
    if (progress.state == Progress::State::finished) {
      finish(side);
      break;
    }
    const auto skipped = std::min<std::uint64_t>(progress.skip, data.size() - used - progress.consumed);
    const auto step = progress.consumed + static_cast<std::size_t>(skipped);
    used += step;
    side.next_sequence += static_cast<std::uint32_t>(step);
    side.skip = progress.skip - skipped;
    if (progress.state == Progress::State::need_more) break;
  }
  return used;
}

// What begins a direction is matched as it comes, and again with more behind it while a parser waits for more: what
// lies in two segments is found then.
void Streams::inspect_payload(const Passage& at, StreamSide& side, Bytes data) noexcept {
  const auto position = side.next_sequence - side.first_sequence;
  if (position >= payload_inspection_limit) return;
  const auto head = data.first(std::min<std::size_t>(data.size(), payload_inspection_limit - position));
  const auto end = position + static_cast<std::uint32_t>(head.size());
  if (end <= side.payload_seen) return;
  side.payload_seen = static_cast<std::uint16_t>(end);
  protocols_->payload(at, position, head);
}

bool Streams::take_buffer(const Passage& at, StreamSide& side) noexcept {
  if (side.buffer != no_index) return true;
  side.buffer = buffers_->take();
  if (side.buffer != no_index) return true;
  mark(at, UninspectedReason::buffer_full);
  finish(side);
  return false;
}

void Streams::give_buffer(StreamSide& side) noexcept {
  if (side.buffer == no_index) return;
  buffers_->give(side.buffer);
  side.buffer = no_index;
}

void Streams::finish(StreamSide& side) noexcept {
  give_buffer(side);
  side.finished = true;
}

void Streams::release(Flow& flow) noexcept {
  for (auto& side : flow.side) give_buffer(side);
}

}  // namespace sluice
