#include "dataplane/stream/stream.hh"

namespace sluice {
namespace {

// So many bytes behind what was read, a receiver that confirms none of it will not be asked to choose any more.
constexpr std::int32_t watch_limit = 65536;

// A copy is read anew by parsers that keep nothing but a StreamSide between two calls.
constexpr bool can_fork(Protocol protocol) noexcept {
  switch (protocol) {
    case Protocol::unknown:
    case Protocol::tls:
    case Protocol::http:
    case Protocol::dns:
    case Protocol::xiaomi_push:
    case Protocol::mqtt:
    case Protocol::stun:
    case Protocol::ssh: return true;
    default: return false;
  }
}

}  // namespace

bool Streams::differs(const StreamSide& side, const TcpReceiver& receiver, std::uint32_t sequence,
                      Bytes data) noexcept {
  return side.buffer != no_index &&
         buffers_->at(side.buffer).differs(sequence_distance(receiver.origin, sequence), data);
}

// Keeps what was read from a packet until its receiver has confirmed it. `before`: the side, before it read `used`
// bytes of `data`.
void Streams::keep(const Passage& at, StreamSide& side, const StreamSide& before, Bytes data,
                   std::size_t used) noexcept {
  auto& receiver = at.flow.receiver[static_cast<std::size_t>(at.way)];
  const auto read = data.first(side.finished ? data.size() : used);
  if (read.empty() || !receiver.has_acknowledged) return;
  if (side.buffer == no_index) {
    if (!buffers_->take_spare(at.flow, at.way, before, at.packet.time)) return note(TcpAnomaly::unwatched);
    receiver.origin = before.next_sequence;
  }
  auto& buffer = buffers_->at(side.buffer);
  auto offset = sequence_distance(receiver.origin, before.next_sequence);
  if (static_cast<std::size_t>(offset) + read.size() > ReassemblyBuffer::window) {
    note(TcpAnomaly::unwatched);
    buffer.clear();
    receiver.origin = before.next_sequence;
    buffers_->begin(side.buffer) = before;
    offset = 0;
  }
  (void)buffer.insert(offset, read);
  buffer.consume(used);
}

// Of what was read nothing is kept any more.
void Streams::forget(StreamSide& side, TcpReceiver& receiver) noexcept {
  buffers_->at(side.buffer).forget();
  receiver.origin = side.next_sequence;
  buffers_->begin(side.buffer) = side;
}

// Gives back what is needed no more.
void Streams::settle(StreamSide& side, TcpReceiver& receiver) noexcept {
  if (side.finished) give_window(side);
  const auto is_final = [&](std::uint32_t end) {
    return !receiver.has_acknowledged || sequence_distance(end, receiver.acknowledged) >= 0 ||
           (side.finished && sequence_distance(end, receiver.sent) > watch_limit);
  };
  if (side.finished) give_window(side);
  if (side.buffer != no_index) {
    auto& buffer = buffers_->at(side.buffer);
    const bool waits = !side.finished && !buffer.empty();
    if (!waits && is_final(receiver.origin + static_cast<std::uint32_t>(buffer.end())))
      buffers_->give(side);
    else if (waits && buffer.consumed() > 0 && is_final(side.next_sequence))
      forget(side, receiver);
  }
  if (receiver.version == no_index) return;
  const auto& version = versions_.at(receiver.version);
  if (version.side.finished || (version.empty() && is_final(version.end()))) give_version(receiver);
}

bool Streams::fork(const StreamSide& side, TcpReceiver& receiver) noexcept {
  if (receiver.version != no_index) return true;
  const auto& begin = buffers_->begin(side.buffer);
  if (!can_fork(begin.protocol)) return false;
  receiver.version = versions_.take();
  if (receiver.version == no_index) return false;
  auto& version = versions_.at(receiver.version);
  version.fork(buffers_->at(side.buffer), begin, receiver.origin);
  if (side.window != no_index) version.side.window = windows_.take();
  // Before the place where the two part, it has seen the same.
  if (version.side.window != no_index) windows_.at(version.side.window) = windows_.at(side.window);
  return true;
}

void Streams::read_version(const Passage& at, TcpReceiver& receiver, std::uint32_t sequence, Bytes data,
                           bool is_other) noexcept {
  if (versions_.at(receiver.version).insert(sequence, data, is_other)) return parse_version(at, receiver);
  note(TcpAnomaly::unwatched);
  give_version(receiver);
}

void Streams::parse_version(const Passage& at, TcpReceiver& receiver) noexcept {
  auto& version = versions_.at(receiver.version);
  for (;;) {
    const auto ready = version.ready(scratch_);
    if (ready.empty() || version.side.finished) return;
    const auto used = parse(at, version.side, ready);
    version.consume(used);
    if (version.side.skip > 0 && !scans(version.side)) {
      version.pass_over(version.side.skip);
      version.side.skip = 0;
    }
    if (used == 0) return;
  }
}

// An urgent byte is no part of the stream for who reads it as Linux' programs do by default (RFC 6093), and part of it
// for others: both are read.
void Streams::take_out_urgent(const Passage& at, StreamSide& side, std::uint32_t sequence) noexcept {
  note(TcpAnomaly::urgent);
  auto& receiver = at.flow.receiver[static_cast<std::size_t>(at.way)];
  if (!take_buffer(at, side)) return;
  if (fork(side, receiver))
    versions_.at(receiver.version).take_out(sequence);
  else
    note(TcpAnomaly::unwatched);
}

void Streams::give_version(TcpReceiver& receiver) noexcept {
  if (receiver.version == no_index) return;
  give_window(versions_.at(receiver.version).side);
  versions_.give(receiver.version);
  receiver.version = no_index;
}

}  // namespace sluice
