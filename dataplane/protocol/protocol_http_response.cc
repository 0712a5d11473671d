#include "dataplane/http/http_anomalies.hh"
#include "dataplane/http/websocket.hh"
#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

using State = Progress::State;

}  // namespace

Progress Protocols::advance_http_response(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.lost_sync) {
    lose_pairing(at);
    if (probe_http_response(data) != Probe::yes) return {State::need_more, data.size(), 0};
    side.lost_sync = false;
  }
  const auto awaited = at.flow.http.front();
  const auto response = parse_http_response(data, awaited.method());
  if (!response) {
    if (response.error() == HttpError::need_more) return {State::need_more, 0, 0};
    mark(at, UninspectedReason::parse_error);
    note_http_error(response.error(), true, at.packet.anomalies);
    side.lost_sync = true;
    return {State::need_more, data.size(), 0};
  }
  // RFC 9110 section 15.2: an interim answer, the response itself is yet to come.
  const bool interim = response->status >= 100 && response->status < 200;
  if (interim && !response->switches_protocol && response->framing == BodyFraming::none)
    return {State::message, response->size, 0};
  if (!side.head_reported) {
    // An answer to what was not seen: the order of those to come says nothing any more.
    if (at.flow.http.empty()) {
      if (!at.flow.http.lost()) at.packet.anomalies.add(Anomaly::http_unable_to_match_response_to_request);
      lose_pairing(at);
    }
    note_http_response(*response, at.packet.anomalies);
    reporter_->http_response(at, *response, 0, awaited.event_waits);
    if (response->framing != BodyFraming::none) follow(at, side, *response, data.first(response->size));
  }
  side.head_reported = true;
  const bool looks = response->framing != BodyFraming::none && reporter_->wants(when::response_body);
  if (looks && !inspect_response(at, *response, data.subspan(response->size), false)) return {State::need_more, 0, 0};
  side.head_reported = false;
  if (response->switches_protocol) {
    switch_protocol(at, *response);
  } else {
    side.body = HttpBody{response->framing, response->content_length};
    if (side.body.done()) end_body(at, side, true);
    forget_http2_offer(at.flow);
  }
  at.flow.http.pop();
  return {State::message, response->size, 0};
}

// What follows in both directions is another protocol (RFC 9110 sections 7.8 and 9.3.6).
void Protocols::switch_protocol(const Passage& at, const HttpResponse& response) noexcept {
  const bool is_websocket = response.status == 101 && same_token(response.upgrade, "websocket");
  const bool is_http2 = response.status == 101 && same_token(response.upgrade, "h2c");
  const auto next = is_websocket ? Protocol::websocket : Protocol::unknown;
  // After CONNECT the client's side went over already, and may be known by now.
  if (response.status == 101) {
    at.flow.original_protocol = at.flow.protocol;
    at.flow.transactions = 0;
    at.flow.protocol = is_http2 ? Protocol::http2 : next;
  }
  if (is_http2)
    take_http2_offer(at);
  else
    forget_http2_offer(at.flow);
  for (auto& side : at.flow.side) {
    if (side.protocol != Protocol::http) continue;
    side.protocol = next;
    side.responds = false;
    side.lost_sync = false;
  }
}

bool Protocols::inspect_response(const Passage& at, const HttpResponse& response, Bytes after_head,
                                 bool is_last) noexcept {
  const auto body =
      content(at, response.framing, response.content_length, response.size, response.codings, after_head, is_last);
  if (!body) return false;
  Hits reported;
  auto* const kept = followed(at);
  reporter_->http_response_body(at, response, view_of(*body, kept), kept != nullptr ? kept->reported() : reported);
  if (kept != nullptr) kept->set_seen(body->size());
  return true;
}

// A chunked body has passed: how long it was is known now.
void Protocols::end_response(const Passage& at, const StreamSide& side) noexcept {
  if (side.body.is_chunked()) reporter_->http_response_end(at, side.body.chunked_content());
}

void Protocols::cut_http_response(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (!side.head_reported) return;
  side.head_reported = false;
  const auto response = parse_http_response(data, at.flow.http.front().method());
  at.flow.http.pop();
  if (!response) return;
  const auto after_head = data.subspan(response->size);
  (void)inspect_response(at, *response, after_head, true);
  side.body = HttpBody{response->framing, response->content_length};
  (void)take_body(at, side, after_head);
}

Progress Protocols::advance_websocket(const Passage& at, Bytes data) noexcept {
  const auto frame = parse_websocket_frame(data);
  if (!frame) {
    if (frame.error() == WebSocketError::need_more) return {State::need_more, 0, 0};
    return finished_with(at, UninspectedReason::parse_error);
  }
  const bool is_data = frame->opcode <= WebSocketOpcode::binary;
  if (is_data && frame->compressed) {
    mark(at, UninspectedReason::compressed);
  } else if (is_data && reporter_->wants(Buffer::payload)) {
    const auto payload = data.subspan(frame->header_size);
    const auto wanted = std::min<std::uint64_t>(frame->length, frame_inspection_limit);
    if (payload.size() < wanted) return {State::need_more, 0, 0};
    reporter_->payload(at, 0, unmask(*frame, payload, std::span{scratch_}.first(frame_inspection_limit)));
  }
  return {State::message, frame->header_size, frame->length};
}

}  // namespace sluice
