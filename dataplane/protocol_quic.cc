#include "dataplane/protocol.hh"
#include "dataplane/quic.hh"

namespace sluice {

void Protocols::quic_datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  auto& side = flow.side[static_cast<std::size_t>(at.way)];
  // Once an Initial opened, only that side's can: the server's have keys of their own, and nothing that we look for.
  if (flow.quic.version() != 0 && side.protocol != Protocol::quic) return;
  if (const auto clear = parse_gquic_datagram(at.packet.payload)) {  // Google's own, before encryption came to hellos
    report_gquic(at, clear->version, clear->hello);
    return decide(flow);
  }
  Reader datagram{at.packet.payload};
  while (datagram.left() > 0 && !flow.decided) {
    const auto packet = next_long_packet(datagram);
    if (!packet) {
      if (packet.error() != QuicError::unknown_version) return;  // a short header, or padding
      mark(at, UninspectedReason::unknown_protocol);
      return decide(flow);
    }
    if (packet->type != QuicPacketType::initial) continue;
    const auto version_before = flow.quic.version();
    const auto payload = flow.quic.open(opener_, *packet, scratch_);
    if (!payload) {
      if (payload.error() == QuicError::attempts_spent) decide(flow);
      if (flow.quic.version() == 0) mark(at, UninspectedReason::ciphertext);
      continue;
    }
    // Another version is another connection attempt, whose handshake starts anew.
    if (version_before != flow.quic.version() && side.buffer != no_index) buffers_->at(side.buffer).clear();
    side.protocol = Protocol::quic;
    quic_crypto(at, packet->version, *payload);
  }
}

void Protocols::quic_crypto(const Passage& at, std::uint32_t version, Bytes payload) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  if (side.buffer == no_index) side.buffer = buffers_->take();
  if (side.buffer == no_index) {
    mark(at, UninspectedReason::buffer_full);
    return decide(at.flow);
  }
  auto& buffer = buffers_->at(side.buffer);
  Reader frames{payload};
  while (frames.left() > 0) {
    const auto frame = next_quic_frame(frames, quic_family(version));
    if (!frame) {
      mark(at, UninspectedReason::parse_error);
      break;
    }
    if (frame->type != QuicFrameType::crypto || frame->data.empty()) continue;
    if (frame->offset >= ReassemblyBuffer::window ||
        buffer.insert(static_cast<std::size_t>(frame->offset), frame->data) == ReassemblyBuffer::Stored::part)
      mark(at, UninspectedReason::handshake_size);
  }
  const auto hello = parse_client_hello(buffer.contiguous());
  if (hello) {
    reporter_->quic(at, version, *hello);
    return decide(at.flow);
  }
  if (hello.error() == TlsError::need_more) return;
  if (const auto google = parse_gquic_hello(buffer.contiguous())) {  // Q050
    report_gquic(at, version, *google);
    return decide(at.flow);
  } else if (google.error() == QuicError::truncated) {
    return;
  }
  mark(at, UninspectedReason::parse_error);
  decide(at.flow);
}

void Protocols::report_gquic(const Passage& at, std::uint32_t version, const GquicHello& hello) noexcept {
  ClientHello named;
  named.sni = hello.sni;
  reporter_->quic(at, version, named);
}

}  // namespace sluice
