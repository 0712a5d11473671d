#include "dataplane/tls/dtls.hh"

#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

// RFC 5246 section 7.4
constexpr std::uint8_t client_hello = 1;
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t certificate = 11;
constexpr std::uint8_t server_hello_done = 14;

}  // namespace

void Protocols::dtls_datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  auto& side = flow.dtls[static_cast<std::size_t>(at.way)];
  Reader datagram{at.packet.payload};
  while (!side.ended) {
    const auto record = next_dtls_record(datagram);
    if (!record) {
      side.ended = record.error() == DtlsError::encrypted;
      // Something else on the same ports (STUN, RTP: RFC 7983) is no fault.
      break;
    }
    switch (record->content) {
      case DtlsContent::handshake: dtls_fragments(at, record->fragment); break;
      case DtlsContent::change_cipher_spec:
        // Right after the hello: an abbreviated handshake (RFC 5246 section 7.3).
        if (side.last_type == server_hello) reporter_->tls_resumed(at);
        side.ended = true;
        break;
      case DtlsContent::alert: break;
      case DtlsContent::application_data: side.ended = true; break;
    }
  }
  if (side.ended) mark(at, UninspectedReason::ciphertext);
  const auto ended = [&](Way way) { return flow.dtls[static_cast<std::size_t>(way)].ended; };
  if (ended(Way::to_server) && (ended(Way::to_client) || !reporter_->wants_server_handshake())) decide(flow);
}

void Protocols::dtls_fragments(const Passage& at, Bytes record) noexcept {
  auto& side = at.flow.dtls[static_cast<std::size_t>(at.way)];
  auto& stream = at.flow.side[static_cast<std::size_t>(at.way)];
  Reader fragments{record};
  while (!side.ended) {
    const auto fragment = next_dtls_fragment(fragments);
    if (!fragment) {
      if (fragment.error() != DtlsError::end) mark(at, UninspectedReason::parse_error);
      return;
    }
    if (fragment->message < side.next_message) continue;  // sent again
    const auto body = fragment->is_whole() ? fragment->data : dtls_message(at, *fragment);
    if (body.size() != fragment->message_length) continue;
    dtls_body(at, fragment->type, body);
    side.last_type = fragment->type;
    side.next_message = static_cast<std::uint16_t>(fragment->message + 1);
    if (stream.buffer != no_index) buffers_->at(stream.buffer).clear();
  }
}

// The message as far as it came, where it is the one that is waited for; else nothing.
Bytes Protocols::dtls_message(const Passage& at, const DtlsFragment& fragment) noexcept {
  const auto way = static_cast<std::size_t>(at.way);
  if (fragment.message != at.flow.dtls[way].next_message) return {};
  auto& stream = at.flow.side[way];
  if (!buffers_->take(at.flow, at.way, at.packet.time)) {
    mark(at, UninspectedReason::buffer_full);
    return {};
  }
  auto& buffer = buffers_->at(stream.buffer);
  if (fragment.offset >= ReassemblyBuffer::window ||
      buffer.insert(fragment.offset, fragment.data) == ReassemblyBuffer::Stored::part)
    mark(at, UninspectedReason::handshake_size);
  const auto ready = buffer.contiguous();
  return ready.size() >= fragment.message_length ? ready.first(fragment.message_length) : Bytes{};
}

void Protocols::dtls_body(const Passage& at, std::uint8_t type, Bytes body) noexcept {
  auto& side = at.flow.dtls[static_cast<std::size_t>(at.way)];
  switch (type) {
    case client_hello:
      if (const auto hello = read_client_hello(body, HelloCarrier::dtls)) return reporter_->tls(at, *hello);
      return mark(at, UninspectedReason::parse_error);
    case server_hello: {
      if (!reporter_->wants_server_handshake()) return;
      const auto hello = read_server_hello(body);
      if (!hello) return mark(at, UninspectedReason::parse_error);
      reporter_->server_hello(at, *hello);
      side.ended = hello->hides_the_rest() && !hello->is_retry_request;
      return;
    }
    case certificate: {
      if (!reporter_->wants_server_handshake()) return;
      Reader message{body};
      Reader list{message.vector24()};  // RFC 5246 section 7.4.2
      for (std::uint8_t count = 0; count < tls_certificates_limit && list.left() != 0; ++count) {
        const auto der = list.vector24();
        if (list.ok() && !der.empty())
          reporter_->certificate(at, der, at.way == Way::to_server, {count, list.left() == 0});
      }
      if (!message.ok() || !list.ok()) mark(at, UninspectedReason::parse_error);
      return;
    }
    case server_hello_done: side.ended = true; return;
    default: return;
  }
}

}  // namespace sluice
