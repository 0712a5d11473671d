#include "dataplane/stream/stream.hh"

#include <algorithm>

// What the headers say: which segments count, where streams begin and end, what was confirmed.
namespace sluice {
namespace {

// Directions of a worker that are read in two versions at a time.
constexpr std::uint32_t versions_limit = 64;

constexpr std::size_t index(Way way) noexcept { return static_cast<std::size_t>(way); }

}  // namespace

Streams::Streams(ReassemblyBuffers& buffers, Protocols& protocols, const StreamOptions& options,
                 const Shedding& shedding, InspectionCounters& counters)
    : buffers_(&buffers),
      protocols_(&protocols),
      options_(options),
      shedding_(&shedding),
      counters_(&counters),
      versions_(std::min(options.buffers, versions_limit)),
      windows_(options.windows) {}

void Streams::segment(const Passage& at) noexcept {
  const auto& packet = at.packet;
  auto& side = at.flow.side[index(at.way)];
  auto& receiver = at.flow.receiver[index(at.way)];
  if (!scans(side) && protocols_->passes_over(at)) side.finished = true;
  const auto segment = TcpSegment::of(packet);
  look_at_handshake(at);
  if (const auto reason = receiver.refuses(packet, segment, reads(side, receiver, packet))) {
    // Captures are edited after they were taken, their checksums are not: what is refused by nothing else is read
    // there.
    if (*reason != TcpAnomaly::checksum || options_.drop_refused) {
      // Where there is no connection that it could be for, it is looked at by itself.
      if (*reason == TcpAnomaly::flags && !side.started && !packet.payload.empty())
        scan_alone(at, side, side.first_sequence, packet.payload);
      return refuse(at, *reason);
    }
    note(at, *reason);
  }
  look_at(at, segment);
  at.flow.receiver[index(opposite(at.way))].sends(packet, segment);
  if ((packet.tcp_flags & tcp_flag::rst) != 0) return;  // what it carries is not read (RFC 9293 section 3.5.3)
  receiver.receives(packet);
  if ((packet.tcp_flags & tcp_flag::ack) != 0) acknowledged(at);

  auto sequence = packet.tcp_sequence;
  if ((packet.tcp_flags & tcp_flag::syn) != 0) {
    if (!open(at, side)) return;
    ++sequence;  // the SYN itself takes one number; data may follow it (RFC 7413)
  }
  if ((packet.tcp_flags & tcp_flag::urg) != 0 && segment.urgent_pointer != 0 && side.started && !side.finished)
    take_out_urgent(at, side, sequence + segment.urgent_pointer - 1U);
  if (!packet.payload.empty()) {
    if (!side.started && !side.finished) {
      if (!options_.midstream) {
        mark(at, UninspectedReason::midstream);
        at.flow.unfollowed = true;
        // No parser reads it. Signatures see each segment by itself, as far as they shall.
        if (scans(side)) {
          scan_alone(at, side, side.first_sequence, packet.payload);
          side.scanned += static_cast<std::uint32_t>(packet.payload.size());
          side.deep = side.scanned >= depth_of(Protocol::unknown);
        }
        side.finished = !scans(side);
        return;
      }
      start(side, sequence);
    }
    // What lies before the first byte stands in no stream.
    if (scans(side) && sequence_distance(side.first_sequence, sequence) < 0) protocols_->refused(at);
    deliver(at, side, sequence, packet.payload);
  }
  if (!side.finished && side.buffer != no_index) end(at, side, sequence);
  if ((packet.tcp_flags & tcp_flag::fin) != 0 && !side.finished &&
      side.next_sequence == sequence + static_cast<std::uint32_t>(packet.payload.size()))
    protocols_->end_stream(at, side);
  settle(side, receiver);
}

// Whether anything of a segment is parsed, or compared with what was. The middle of a body that no parser wants is not.
bool Streams::reads(const StreamSide& side, const TcpReceiver& receiver, const Packet& packet) const noexcept {
  if (!side.started || side.buffer != no_index || receiver.version != no_index) return true;
  const auto end = packet.tcp_sequence + static_cast<std::uint32_t>(packet.payload.size());
  const std::int64_t ahead = sequence_distance(side.next_sequence, end);
  const auto unread = scans(side) ? 0 : side.skip;
  return !side.finished && (packet.payload.empty() || (ahead > 0 && static_cast<std::uint64_t>(ahead) > unread));
}

// What the snap length cut off never comes, and after a FIN nothing does; but the FIN may have overtaken data.
void Streams::end(const Passage& at, StreamSide& side, std::uint32_t sequence) noexcept {
  const auto& packet = at.packet;
  const auto rest = buffers_->at(side.buffer).contiguous();
  const auto after = sequence + static_cast<std::uint32_t>(packet.payload.size());
  const bool ended =
      (packet.tcp_flags & tcp_flag::fin) != 0 && side.next_sequence + static_cast<std::uint32_t>(rest.size()) == after;
  const bool snapped = packet.wire_length > packet.frame.size();
  if (!snapped && !ended) return;
  if (!rest.empty()) protocols_->cut(at, side, rest);
  if (ended) protocols_->end_stream(at, side);
  if (ended || !(side.clear_text || protocols_->resume_after_gap(at, side, 0))) {
    side.finished = true;
    return;
  }
  side.next_sequence += static_cast<std::uint32_t>(rest.size());
  buffers_->at(side.buffer).consume(rest.size());
}

void Streams::finish(Flow& flow, std::uint64_t tag, Tick now) noexcept {
  if (flow.dropped) return;
  for (const auto way : {Way::to_server, Way::to_client}) {
    auto& side = flow.side[index(way)];
    if (side.finished || side.buffer == no_index) continue;
    // Nothing came by just now: a packet without bytes, of that direction.
    const bool from_low = (way == Way::to_server) == flow.initiator_is_low;
    Packet packet;
    packet.time = now;
    packet.number = tag;
    packet.protocol = flow.key.protocol;
    packet.source = from_low ? flow.key.low : flow.key.high;
    packet.source_port = from_low ? flow.key.low_port : flow.key.high_port;
    packet.destination = from_low ? flow.key.high : flow.key.low;
    packet.destination_port = from_low ? flow.key.high_port : flow.key.low_port;
    const Passage at{packet, flow, way};
    // What is missing will not come, whether anybody has confirmed it or not.
    while (side.buffer != no_index && buffers_->at(side.buffer).behind_first_hole() &&
           close_hole(at, side, side.next_sequence + static_cast<std::uint32_t>(ReassemblyBuffer::window))) {
    }
    if (side.finished) continue;
    const auto rest = side.buffer == no_index ? Bytes{} : buffers_->at(side.buffer).contiguous();
    if (!rest.empty() && !side.clear_text) protocols_->cut(at, side, rest);
    side.finished = true;
  }
}

void Streams::start(StreamSide& side, std::uint32_t sequence) noexcept {
  side.started = true;
  side.first_sequence = sequence;
  side.next_sequence = sequence;
  side.scanned = sequence;
}

// In `enforce` the packet leaves no more, whatever rules say of it.
void Streams::refuse(const Passage& at, TcpAnomaly reason) noexcept {
  note(at, reason);
  mark(at, reason == TcpAnomaly::checksum ? UninspectedReason::checksum : UninspectedReason::tcp_refused);
  if (at.packet.payload.empty()) return;
  const auto& side = at.flow.side[index(at.way)];
  // No part of the stream; but a packet that came by, which rules on packets look into.
  if (scans(side) && (side.started || reason != TcpAnomaly::flags)) protocols_->refused(at);
  if (!options_.drop_refused) return;
  at.packet.action = Action::drop;
  at.packet.drop_reason = DropReason::tcp_refused;
}

// What is strange about a segment that is read all the same.
void Streams::look_at(const Passage& at, const TcpSegment& segment) noexcept {
  const auto& packet = at.packet;
  const auto& receiver = at.flow.receiver[index(at.way)];
  const auto& sender = at.flow.receiver[index(opposite(at.way))];
  // One byte beyond the window is a probe of it (RFC 9293 section 3.8.6.1).
  if (receiver.has_edge && !packet.payload.empty() && sequence_distance(receiver.edge, packet.tcp_sequence) > 0)
    note(at, TcpAnomaly::window);
  if ((packet.tcp_flags & tcp_flag::ack) != 0 && sender.was_sent && sender.has_acknowledged &&
      sequence_distance(sender.sent, packet.tcp_acknowledgement) > 0)
    note(at, TcpAnomaly::acknowledgement);
  if (segment.is_signed && sender.began && !sender.signs) note(TcpAnomaly::authentication);
  if ((packet.tcp_flags & tcp_flag::rst) != 0 && !receiver.may_be_reset(packet.tcp_sequence)) note(TcpAnomaly::reset);
}

// A SYN: false where nothing more of it is read.
bool Streams::open(const Passage& at, StreamSide& side) noexcept {
  const auto& packet = at.packet;
  const auto first = packet.tcp_sequence + 1;
  if (!side.started) {
    start(side, first);
  } else if (side.first_sequence != first) {
    if (at.flow.state != FlowState::closed) refuse(at, TcpAnomaly::syn);
    return false;
  }
  if (!packet.payload.empty()) at.flow.receiver[index(at.way)].early_data = true;
  if ((packet.tcp_flags & tcp_flag::ack) != 0) answer(at);
  return true;
}

// A SYN+ACK says where the stream that it answers begins, and whether the data of that SYN were taken: a server that
// does not know the cookie takes the SYN alone (RFC 7413 section 4.2), and the data come again, maybe others.
void Streams::answer(const Passage& at) noexcept {
  const auto way = opposite(at.way);
  auto& side = at.flow.side[index(way)];
  auto& receiver = at.flow.receiver[index(way)];
  const auto first = at.packet.tcp_acknowledgement;
  if (!side.started && !side.finished) return start(side, first);
  if (!receiver.early_data || side.first_sequence != first) return;
  note(at, TcpAnomaly::early_data);
  buffers_->give(side);
  give_version(receiver);
  give_window(side);
  side = StreamSide{};
  start(side, first);
  receiver.early_data = false;
  at.flow.protocol = Protocol::unknown;
}

// The far end confirms bytes. Those that never came by are lost to the tap, not late; of those that did, no copy
// matters any more.
void Streams::acknowledged(const Passage& at) noexcept {
  const auto way = opposite(at.way);
  auto& side = at.flow.side[index(way)];
  auto& receiver = at.flow.receiver[index(way)];
  if (!side.started || !receiver.has_acknowledged) return;
  auto final = receiver.acknowledged;
  // The last number of all is the FIN's, which is no byte.
  if ((at.flow.fins >> index(way) & 1) != 0 && final == receiver.sent) --final;
  // The event belongs to the direction that sent the bytes, though this packet is what released them.
  const Passage sender{at.packet, at.flow, way};
  while (close_hole(sender, side, final)) {
  }
  settle(side, receiver);
}

// Moves on over the next hole where it lies before what is `final`; each turn closes one.
bool Streams::close_hole(const Passage& sender, StreamSide& side, std::uint32_t final) noexcept {
  if (side.finished) return false;
  Bytes before;
  auto next = final;
  if (side.buffer != no_index) {
    auto& buffer = buffers_->at(side.buffer);
    before = buffer.contiguous();
    if (const auto behind = buffer.behind_first_hole()) {
      next = side.next_sequence + static_cast<std::uint32_t>(*behind);
      if (sequence_distance(next, final) < 0) return false;
    }
  }
  const auto expected = side.next_sequence + static_cast<std::uint32_t>(before.size());
  if (sequence_distance(expected, next) <= 0) return false;
  if (side.skip > 0) {
    const bool is_scanned = scans(side);
    pass_over(side, std::min<std::uint64_t>(side.skip, next - side.next_sequence));
    if (!is_scanned) return true;
    mark(sender, UninspectedReason::stream_gap);
    sender.packet.anomalies.add(Anomaly::stream_reassembly_seq_gap);
    if (side.buffer != no_index) parse_buffered(sender, side);
    return true;
  }
  mark(sender, UninspectedReason::stream_gap);
  sender.packet.anomalies.add(Anomaly::stream_reassembly_seq_gap);
  if (!before.empty()) protocols_->cut(sender, side, before);
  const auto missing = static_cast<std::uint64_t>(sequence_distance(side.next_sequence, next));
  if (!protocols_->resume_after_gap(sender, side, missing - before.size())) go_on_as_clear_text(sender, side);
  if (side.finished) return false;
  if (side.buffer == no_index) {
    side.next_sequence = next;
    return false;
  }
  buffers_->at(side.buffer).consume(next - side.next_sequence);
  side.next_sequence = next;
  parse_buffered(sender, side);
  return true;
}

}  // namespace sluice
