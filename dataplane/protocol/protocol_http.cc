#include <algorithm>

#include "dataplane/http/http_anomalies.hh"
#include "dataplane/http/vendor_form.hh"
#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

using State = Progress::State;

// How many bytes behind a head of that size may be waited for: head and body lie in one window.
constexpr std::size_t body_room(std::size_t head, std::size_t wanted) noexcept {
  return head < ReassemblyBuffer::window ? std::min(wanted, ReassemblyBuffer::window - head) : 0;
}

AwaitedResponse::To kind_of(const HttpRequest& request) noexcept {
  if (request.method == "HEAD") return AwaitedResponse::To::head;
  if (request.method == "CONNECT") return AwaitedResponse::To::connect;
  return AwaitedResponse::To::other;
}

}  // namespace

Progress Protocols::advance_http(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (!side.body.done()) return pass_body(at, side, data);
  return side.responds ? advance_http_response(at, side, data) : advance_http_request(at, side, data);
}

Progress Protocols::advance_http_request(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.lost_sync) {
    lose_pairing(at);
    // A request is looked for where a segment begins; anything else is the middle of something.
    if (probe_http_request(data) != Probe::yes) return {State::need_more, data.size(), 0};
    side.lost_sync = false;
  }
  const auto request = parse_http_request(data);
  if (!request) {
    if (request.error() == HttpError::need_more) return {State::need_more, 0, 0};
    // Whatever is wrong with it, its line and its host name what it wants; and a server that passes over what is wrong
    // takes what follows for the next request.
    const auto certain = parse_http_request_prefix(data);
    note_http_error(request.error(), false, at.packet.anomalies);
    if (certain) note_http_request(*certain, at.flow.responder_port(), at.packet.anomalies);
    if (certain) report_request(at, *certain);
    mark(at, UninspectedReason::parse_error);
    side.lost_sync = true;
    if (certain) return {State::message, certain->size, 0};
    // No request, and behind one: the body that it did not announce (RFC 9112 section 6.3 gives it none).
    if (at.flow.transactions != 0) {
      at.packet.anomalies.add(Anomaly::http_request_body_unexpected);
      Hits reported;
      reporter_->http_body(at, HttpRequest{}, {data.first(std::min(data.size(), body_inspection_limit)), {}, {}},
                           reported);
    }
    return {State::need_more, data.size(), 0};
  }
  // The event of a form waits for the names of its parts.
  const bool has_body = request->framing != BodyFraming::none;
  const bool form = has_body && reporter_->records() && is_multipart_form(request->content_type);
  if (!side.head_reported) {
    note_http_request(*request, at.flow.responder_port(), at.packet.anomalies);
    if (form) {
      reporter_->http(at, *request);
      (void)expect_response(at, *request);
    } else {
      report_request(at, *request);
    }
    if (request->offers_http2) keep_http2_offer(at, *request);
    if (has_body && request->method != "CONNECT") follow(at, side, *request, data.first(request->size));
  }
  side.head_reported = true;
  const bool looks = has_body && (form || reporter_->wants(when::request_body) || may_be_vendor_request(*request));
  if (looks && !inspect_body(at, *request, data.subspan(request->size), false)) return {State::need_more, 0, 0};
  side.head_reported = false;
  if (request->method == "CONNECT") {  // what follows is another protocol (RFC 9110 section 9.3.6)
    side.protocol = Protocol::unknown;
    at.flow.original_protocol = Protocol::http;
    at.flow.transactions = 0;
    at.flow.protocol = Protocol::unknown;
  } else {
    side.body = HttpBody{request->framing, request->content_length};
    if (side.body.done()) end_body(at, side, true);
  }
  return {State::message, request->size, 0};
}

// The request's head is matched and recorded; its response is looked out for.
void Protocols::report_request(const Passage& at, const HttpRequest& request) noexcept {
  reporter_->http(at, request);
  const bool waits = expect_response(at, request);
  if (reporter_->record_http(at, request, {}, 0, waits)) at.flow.http.keep_event();
}

// False where none is to be waited for.
bool Protocols::expect_response(const Passage& at, const HttpRequest& request) noexcept {
  if (is_one_directional(at)) return false;
  if (at.flow.http.push({kind_of(request), false})) return true;
  lose_pairing(at);
  return false;
}

void Protocols::lose_pairing(const Passage& at) noexcept {
  if (at.flow.http.lost()) return;
  at.flow.http.lose();
  reporter_->release(at.flow, at.packet.number);
}

// How much of `data` is the body at hand; where it is followed, it is read.
std::size_t Protocols::take_body(const Passage& at, StreamSide& side, Bytes data) noexcept {
  auto* const body = is_own(at, side) ? followed(at) : nullptr;
  const bool had_extension = side.body.has_extension();
  const auto consumed = body != nullptr ? read_body(at, side, *body, data) : side.body.consume(data);
  if (side.body.failed()) {
    at.packet.anomalies.add(side.responds ? Anomaly::http_invalid_response_chunk_len
                                          : Anomaly::http_invalid_request_chunk_len);
    mark(at, UninspectedReason::parse_error);
    end_body(at, side, false);
    side.lost_sync = true;
    side.body = HttpBody{BodyFraming::none, 0};
    return data.size();
  }
  if (side.body.has_extension() && !had_extension)
    at.packet.anomalies.add(side.responds ? Anomaly::http_response_chunk_extension
                                          : Anomaly::http_request_chunk_extension);
  if (side.body.done()) end_message(at, side);
  return consumed;
}

// Counts a body off, of which nobody needs to see what is certain to be content, unless it is followed.
Progress Protocols::pass_body(const Passage& at, StreamSide& side, Bytes data) noexcept {
  const auto consumed = take_body(at, side, data);
  if (side.lost_sync) return {State::need_more, consumed, 0};
  if (const auto* const body = is_own(at, side) ? followed(at) : nullptr; body != nullptr) {
    if (reporter_->records() || !body->is_full()) return {State::message, consumed, 0};
    end_body(at, side, false);
  }
  const auto skip = side.body.remaining();
  side.body.skip(skip);
  return {State::message, consumed, skip};
}

// True when as much of the body has come as is looked at, or no more will: then it has been.
bool Protocols::inspect_body(const Passage& at, const HttpRequest& request, Bytes after_head, bool is_last) noexcept {
  const auto body =
      content(at, request.framing, request.content_length, request.size, request.codings, after_head, is_last);
  if (!body) return false;
  Hits reported;
  auto* const kept = followed(at);
  reporter_->http_body(at, request, view_of(*body, kept), kept != nullptr ? kept->reported() : reported);
  if (kept != nullptr) kept->set_seen(body->size());
  if (!reporter_->records() || !is_multipart_form(request.content_type)) return true;
  const bool waits = !at.flow.http.empty();
  if (reporter_->record_http(at, request, FormParts{request.content_type, *body}, 0, waits)) at.flow.http.keep_event();
  return true;
}

std::optional<Bytes> Protocols::content(const Passage& at, BodyFraming framing, std::uint64_t length, std::size_t head,
                                        const ContentCodings& codings, Bytes after_head, bool is_last) noexcept {
  const std::span<std::uint8_t> room{scratch_.data(), body_room(head, body_bytes_)};
  const auto prefix = copy_content(HttpBody{framing, length}, after_head, room);
  // Chunk lines take room in the window as well: what cannot grow any more is all there will be.
  const bool full = after_head.size() >= room.size();
  if (!prefix.complete && !full && !is_last) return std::nullopt;
  return decoded(at, codings, room.first(prefix.size));
}

Bytes Protocols::decoded(const Passage& at, const ContentCodings& codings, Bytes coded) noexcept {
  if (codings.empty()) return coded;
  const auto plain = decoder_.decode(codings, coded);
  if (plain.error) {
    reporter_->content_error(*plain.error);
    note_content_error(*plain.error, at.packet.anomalies);
  }
  return plain.content.first(std::min(plain.content.size(), body_bytes_));
}

void Protocols::cut_http(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.lost_sync || !side.body.done()) return;
  if (side.responds) return cut_http_response(at, side, data);
  if (!side.head_reported) {
    if (const auto request = parse_http_request_prefix(data)) report_request(at, *request);
    return;
  }
  side.head_reported = false;
  const auto request = parse_http_request(data);
  if (!request) return;
  const auto after_head = data.subspan(request->size);
  (void)inspect_body(at, *request, after_head, true);
  side.body = HttpBody{request->framing, request->content_length};
  (void)take_body(at, side, after_head);
}

}  // namespace sluice
