#include "dataplane/protocol/protocol.hh"
#include "dataplane/quic/quic.hh"

namespace sluice {

void Protocols::quic_datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  auto& side = flow.side[static_cast<std::size_t>(at.way)];
  const auto& other = flow.side[static_cast<std::size_t>(opposite(at.way))];
  // Once an Initial opened, that side is the client, and the other one answers.
  const bool is_answer = other.protocol == Protocol::quic;
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
    const bool says_its_id = packet->type == QuicPacketType::initial || packet->type == QuicPacketType::handshake;
    if (is_answer && says_its_id && other.finished) {
      paths_->learn(at.packet, flow, packet->scid);
      if (!reporter_->wants_server_hello()) return decide(flow);
    }
    if (packet->type != QuicPacketType::initial) continue;
    if (is_answer) {
      const auto payload = flow.quic.open_answer(opener_, *packet, scratch_);
      if (payload && other.finished && quic_crypto(at, flow.quic.version(), *payload)) quic_answer(at);
      continue;
    }
    const auto version_before = flow.quic.version();
    const auto payload = flow.quic.open(opener_, *packet, scratch_);
    if (!payload) {
      if (payload.error() == QuicError::attempts_spent) decide(flow);
      if (flow.quic.version() == 0) mark(at, UninspectedReason::ciphertext);
      at.packet.anomalies.add(Anomaly::quic_failed_decrypt);
      continue;
    }
    // Another version is another connection attempt, whose handshake starts anew.
    if (version_before != flow.quic.version()) {
      if (side.buffer != no_index) buffers_->at(side.buffer).clear();
      side.finished = false;
    }
    side.protocol = Protocol::quic;
    if (!side.finished && quic_crypto(at, packet->version, *payload)) quic_hello(at, packet->version);
  }
}

// Puts the CRYPTO frames of an Initial into the side's buffer; false where there is none.
bool Protocols::quic_crypto(const Passage& at, std::uint32_t version, Bytes payload) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  if (!buffers_->take(at.flow, at.way, at.packet.time)) {
    mark(at, UninspectedReason::buffer_full);
    decide(at.flow);
    return false;
  }
  auto& buffer = buffers_->at(side.buffer);
  Reader frames{payload};
  while (frames.left() > 0) {
    const auto frame = next_quic_frame(frames, quic_family(version));
    if (!frame) {
      broken(at, Anomaly::quic_error_on_data);
      break;
    }
    if (frame->type != QuicFrameType::crypto || frame->data.empty()) continue;
    if (frame->offset >= ReassemblyBuffer::window ||
        buffer.insert(static_cast<std::size_t>(frame->offset), frame->data) == ReassemblyBuffer::Stored::part) {
      mark(at, UninspectedReason::handshake_size);
      at.packet.anomalies.add(Anomaly::quic_crypto_frag_too_long);
    }
  }
  return true;
}

void Protocols::quic_hello(const Passage& at, std::uint32_t version) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  const auto bytes = buffers_->at(side.buffer).contiguous();
  const auto hello = parse_client_hello(bytes);
  if (hello) {
    reporter_->quic(at, {version, {}}, *hello);
    buffers_->give(side);
    side.finished = true;
    return;
  }
  if (hello.error() == TlsError::need_more) return;
  if (const auto google = parse_gquic_hello(bytes)) {  // Q050
    report_gquic(at, version, *google);
    return decide(at.flow);
  } else if (google.error() == QuicError::truncated) {
    return;
  }
  broken(at, Anomaly::quic_error_on_data);
  decide(at.flow);
}

// The ServerHello is all that a server says under these keys (RFC 9001 section 4.1.3); a HelloRetryRequest comes before
// it in the same stream of bytes.
void Protocols::quic_answer(const Passage& at) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  Reader messages{buffers_->at(side.buffer).contiguous()};
  constexpr std::uint8_t server_hello = 2;  // RFC 8446 section 4
  while (messages.left() > 0) {
    const auto type = messages.u8();
    const auto body = messages.vector24();
    if (!messages.ok()) return;
    const auto hello = type == server_hello ? read_server_hello(body) : tl::unexpected{TlsError::not_this};
    if (hello && hello->is_retry_request) continue;
    if (hello)
      reporter_->server_hello(at, *hello);
    else
      mark(at, UninspectedReason::parse_error);
    return decide(at.flow);
  }
}

void Protocols::report_gquic(const Passage& at, std::uint32_t version, const GquicHello& hello) noexcept {
  ClientHello named;
  named.sni = hello.sni;
  reporter_->quic(at, {version, hello.user_agent}, named);
}

}  // namespace sluice
