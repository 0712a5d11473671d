#include "dataplane/protocol/protocol.hh"
#include "dataplane/tls/starttls.hh"

namespace sluice {
namespace {

using State = Progress::State;
using What = TlsStep::What;

}  // namespace

Progress Protocols::advance_tls(const Passage& at, Bytes data) noexcept {
  auto& flight = at.flow.tls[static_cast<std::size_t>(at.way)];
  const auto step = flight.next(data, scratch_);
  if (!step) {
    switch (step.error()) {
      case TlsError::need_more: return {State::need_more, 0, 0};
      case TlsError::message_too_long:
      case TlsError::too_many_messages:
        at.packet.anomalies.add(Anomaly::tls_handshake_invalid_length);
        return finished_with(at, UninspectedReason::handshake_size);
      case TlsError::record: return broken_off(at, Anomaly::tls_invalid_ssl_record);
      default: return broken_off(at, Anomaly::tls_invalid_handshake_message);
    }
  }
  switch (step->what) {
    case What::client_hello:
    case What::server_hello:
      if (!read_hello(at, flight, *step)) return {State::finished, 0, 0};
      break;
    case What::certificate:
      reporter_->certificate(at, step->body, flight.is_client(),
                             {static_cast<std::uint8_t>(flight.certificates() - 1), !flight.has_more_certificates()});
      break;
    case What::resumed: reporter_->tls_resumed(at); break;
    case What::end:
      if (step->consumed < data.size()) mark(at, UninspectedReason::ciphertext);
      return {State::finished, 0, 0};
    case What::passed: break;
  }
  return {State::message, step->consumed, step->skip};
}

// False where nothing of interest follows in this direction.
bool Protocols::read_hello(const Passage& at, TlsFlight& flight, const TlsStep& step) noexcept {
  if (step.what == What::client_hello) {
    const auto hello = read_client_hello(step.body, HelloCarrier::tls);
    if (hello)
      reporter_->tls(at, *hello);
    else
      broken(at, Anomaly::tls_invalid_handshake_message);
    return hello.has_value();
  }
  if (!reporter_->wants_server_handshake()) return false;
  const auto hello = read_server_hello(step.body);
  if (!hello) {
    broken(at, Anomaly::tls_invalid_handshake_message);
    return false;
  }
  reporter_->server_hello(at, *hello);
  if (hello->is_retry_request) {
    flight.expect_retry();
    return true;
  }
  return !hello->hides_the_rest();
}

// Behind each message of clear text TLS may begin.
Progress Protocols::advance_prelude(const Passage& at, StreamSide& side, Bytes data) noexcept {
  const auto tls = probe_tls(data);
  if (tls == Probe::yes) {
    side.protocol = at.flow.protocol = Protocol::tls;
    return advance_tls(at, data);
  }
  if (tls == Probe::maybe) return {State::need_more, 0, 0};
  const auto message = next_prelude(data);
  if (!message && message.error() == PreludeError::need_more) return {State::need_more, 0, 0};
  mark(at, UninspectedReason::unknown_protocol);
  const auto position = side.next_sequence - side.first_sequence;
  if (!message || position > prelude_limit) return {State::finished, 0, 0};
  if (message->is_transparent) side.protocol = Protocol::unknown;
  return {State::message, message->size, 0};
}

}  // namespace sluice
