#include "dataplane/protocol.hh"

#include <algorithm>

namespace sluice {
namespace {

using State = Progress::State;

// How many bytes behind a head of that size may be waited for: head and body lie in one window.
constexpr std::size_t body_room(std::size_t head) noexcept {
  return head < ReassemblyBuffer::window ? std::min(body_inspection_limit, ReassemblyBuffer::window - head) : 0;
}

}  // namespace

Progress Protocols::advance_http(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (!side.body.done()) return pass_body(at, side, data);
  if (side.lost_sync) {
    // A request is looked for where a segment begins; anything else is the middle of something.
    if (probe_http_request(data) != Probe::yes) return {State::need_more, data.size(), 0};
    side.lost_sync = false;
  }
  const auto request = parse_http_request(data);
  if (!request) {
    if (request.error() == HttpError::need_more) return {State::need_more, 0, 0};
    // Whatever is wrong with it, its line and its host name what it wants.
    if (const auto certain = parse_http_request_prefix(data)) reporter_->http(at, *certain);
    mark(at, UninspectedReason::parse_error);
    side.lost_sync = true;
    return {State::need_more, data.size(), 0};
  }
  if (!side.head_reported) reporter_->http(at, *request);
  side.head_reported = true;
  if (request->method == "CONNECT") {  // what follows is another protocol (RFC 9110 section 9.3.6)
    side.protocol = Protocol::unknown;
    at.flow.protocol = Protocol::unknown;
  } else if (request->framing != BodyFraming::none && reporter_->wants(Buffer::http_request_body)) {
    if (!inspect_body(at, *request, data.subspan(request->size), false)) return {State::need_more, 0, 0};
  }
  side.head_reported = false;
  if (request->method != "CONNECT") side.body = HttpBody{request->framing, request->content_length};
  return {State::message, request->size, 0};
}

// Counts a body off that nobody needs to see.
Progress Protocols::pass_body(const Passage& at, StreamSide& side, Bytes data) noexcept {
  const auto consumed = side.body.consume(data);
  if (side.body.failed()) {
    mark(at, UninspectedReason::parse_error);
    side.lost_sync = true;
    side.body = HttpBody{BodyFraming::none, 0};
    return {State::need_more, data.size(), 0};
  }
  const auto skip = side.body.remaining();
  side.body.skip(skip);
  return {State::message, consumed, skip};
}

// True when as much of the body has come as signatures look at, or no more will: then they have been tried.
bool Protocols::inspect_body(const Passage& at, const HttpRequest& request, Bytes after_head, bool is_last) noexcept {
  const std::span<std::uint8_t> room{scratch_.data(), body_room(request.size)};
  const auto prefix = copy_content(HttpBody{request.framing, request.content_length}, after_head, room);
  // Chunk lines take room in the window as well: what cannot grow any more is all there will be.
  const bool full = after_head.size() >= room.size();
  if (!prefix.complete && !full && !is_last) return false;
  reporter_->http_body(at, request, room.first(prefix.size));
  return true;
}

void Protocols::cut_http(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.lost_sync || !side.body.done()) return;
  if (!side.head_reported) {
    if (const auto request = parse_http_request_prefix(data)) reporter_->http(at, *request);
    return;
  }
  side.head_reported = false;
  if (const auto request = parse_http_request(data))
    (void)inspect_body(at, *request, data.subspan(request->size), true);
}

}  // namespace sluice
