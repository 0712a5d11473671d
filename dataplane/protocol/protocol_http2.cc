#include <algorithm>

#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

using State = Progress::State;

// A client that opens streams and resets them at once gives servers work for nothing (CVE-2023-44487): so many resets,
// and most requests reset, and nothing of it is followed any more.
constexpr std::uint32_t resets_limit = 256;
// RFC 9113 section 4.2: longer frames need the other side's leave, which hardly anybody gives.
constexpr std::uint32_t frame_limit = 16384;
// Settings of a first frame that are recorded; one is six bytes (RFC 9113 section 6.5.1).
constexpr std::uint32_t settings_limit = 16 * 6;

constexpr std::size_t index_of(Way way) noexcept { return static_cast<std::size_t>(way); }

}  // namespace

void Protocols::release(Flow& flow) noexcept {
  end_bodies(flow, 0, flow.last_seen);
  forget_http2_offer(flow);
}

// The request goes on as stream 1, where the server takes the offer (RFC 7540 section 3.2). Its headers were looked at
// with it; what names it is kept, in the words of HTTP/2.
void Protocols::keep_http2_offer(const Passage& at, const HttpRequest& request) noexcept {
  if (at.flow.http2 == no_index) at.flow.http2 = http2_.take();
  if (at.flow.http2 == no_index) return;
  std::size_t size = 0;
  const auto write = [&](std::string_view text) {
    const auto fitting = text.substr(0, fields_.size() - size);
    std::copy(fitting.begin(), fitting.end(), fields_.begin() + static_cast<std::ptrdiff_t>(size));
    size += fitting.size();
  };
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{":method: ", request.method},
                                    {":path: ", request.target},
                                    {":authority: ", request.host}}) {
    write(name);
    write(value);
    write("\r\n");
  }
  auto& connection = http2_.at(at.flow.http2);
  const auto way = static_cast<std::uint8_t>(at.way);
  auto* body = connection.body(1, way);
  if (body == nullptr) body = connection.body(0, 0);
  if (body != nullptr && !body->begin(1, way, {fields_.data(), size})) body->clear();
}

void Protocols::take_http2_offer(const Passage& at) noexcept {
  if (at.flow.http2 == no_index) return;
  const Passage asked{at.packet, at.flow, opposite(at.way)};
  auto* const body = http2_.at(at.flow.http2).body(1, static_cast<std::uint8_t>(asked.way));
  if (body == nullptr) return;
  if (const auto request = http2_request(body->fields())) {
    reporter_->http(asked, *request);
    (void)reporter_->record_http(asked, *request, {}, 1, true);
  }
  body->clear();
}

void Protocols::forget_http2_offer(Flow& flow) noexcept {
  if (flow.http2 == no_index) return;
  http2_.give(flow.http2);
  flow.http2 = no_index;
}

Progress Protocols::advance_http2(const Passage& at, Bytes data) noexcept {
  if (at.flow.http2 == no_index) at.flow.http2 = http2_.take();
  if (at.flow.http2 == no_index) return finished_with(at, UninspectedReason::buffer_full);
  auto& connection = http2_.at(at.flow.http2);
  auto& direction = connection.direction(index_of(at.way));
  if (!direction.begun) {
    const auto text = as_text(data);
    if (!text.starts_with(http2_preface) && http2_preface.starts_with(text)) return {State::need_more, 0, 0};
    direction.begun = true;
    direction.is_client = text.starts_with(http2_preface);
    if (!direction.fields.reset()) return finished_with(at, UninspectedReason::buffer_full);
    // Of a connection whose start was not seen, either end may be the client.
    const bool is_client = at.way == Way::to_server && at.flow.receiver[index_of(Way::to_client)].began;
    if (is_client && !direction.is_client) at.packet.anomalies.add(Anomaly::http2_invalid_client_magic);
    if (direction.is_client) return {State::message, http2_preface.size(), 0};
  }
  if (direction.data_left > 0) return http2_body(at, connection, data);

  const auto header = parse_http2_frame(data);
  if (!header) return {State::need_more, 0, 0};
  if (header->length > frame_limit) at.packet.anomalies.add(Anomaly::http2_long_frame_data);
  // RFC 9113 section 3.4: each side begins with its settings.
  if (!direction.settings_seen && header->type != Http2FrameType::settings)
    return broken_off(at, Anomaly::http2_invalid_frame_header);
  if (reporter_->wants(when::http2_frame) && !look_at_http2_frame(at, *header, data)) return {State::need_more, 0, 0};
  switch (header->type) {
    case Http2FrameType::headers:
    case Http2FrameType::push_promise: return http2_fields(at, connection, data);
    case Http2FrameType::data: return http2_data(at, connection, *header, data);
    case Http2FrameType::settings: return http2_settings(at, direction, *header, data);
    case Http2FrameType::rst_stream:
      if (header->stream != 0)
        if (auto* body = connection.body(header->stream, static_cast<std::uint8_t>(at.way)))
          end_http2_body(at, *body, false);
      if (direction.is_client && ++direction.resets > resets_limit && direction.resets > direction.requests / 2)
        return finished_with(at, UninspectedReason::http2_limit);
      break;
    case Http2FrameType::goaway: {  // RFC 9113 section 6.8
      Reader reader{data};
      reader.skip(Http2FrameHeader::size + 4);
      const auto error = reader.be32();
      if (header->length >= 8 && !reader.ok()) return {State::need_more, 0, 0};
      if (header->length >= 8) reporter_->http2_goaway(at, error, direction.is_client);
      break;
    }
    case Http2FrameType::continuation: return broken_off(at, Anomaly::http2_invalid_frame_header);
    default: break;  // section 4.1: unknown types are passed over too
  }
  return {State::message, Http2FrameHeader::size, header->length};
}

// The frame for signatures that ask for its numbers; false while it is not there. Blocks of fields may be tried again
// when more of them has come: they are looked at once they were read.
bool Protocols::look_at_http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes data) noexcept {
  if (header.type == Http2FrameType::headers || header.type == Http2FrameType::push_promise) return true;
  const std::uint32_t wanted =
      header.type == Http2FrameType::data ? (header.has(http2_flag::padded) ? 1 : 0) : settings_limit;
  Reader reader{data};
  reader.skip(Http2FrameHeader::size);
  const auto payload = reader.take(std::min(header.length, wanted));
  if (reader.ok()) reporter_->http2_frame(at, header, payload);
  return reader.ok();
}

Progress Protocols::http2_settings(const Passage& at, Http2Direction& direction, const Http2FrameHeader& header,
                                   Bytes data) noexcept {
  if (!direction.settings_seen && header.length <= settings_limit && !header.has(http2_flag::ack)) {
    Reader reader{data};
    reader.skip(Http2FrameHeader::size);
    const auto settings = reader.take(header.length);
    if (!reader.ok()) return {State::need_more, 0, 0};
    reporter_->http2_settings(at, settings, direction.is_client);
  }
  direction.settings_seen = true;
  return {State::message, Http2FrameHeader::size, header.length};
}

// HEADERS with what continues them: a request, a response, or trailers.
Progress Protocols::http2_fields(const Passage& at, Http2Connection& connection, Bytes data) noexcept {
  auto& direction = connection.direction(index_of(at.way));
  const auto block = parse_http2_field_block(data);
  if (!block) {
    switch (block.error()) {
      case Http2Error::need_more: return {State::need_more, 0, 0};
      case Http2Error::continuations: return finished_with(at, UninspectedReason::http2_limit);
      default: return broken_off(at, Anomaly::http2_invalid_frame_data);
    }
  }
  const auto fields = direction.fields.decode({block->pieces.data(), block->piece_count}, fields_);
  if (!fields) {
    at.packet.anomalies.add(Anomaly::http2_invalid_header);
    return finished_with(
        at, fields.error() == HpackError::corrupt ? UninspectedReason::parse_error : UninspectedReason::http2_limit);
  }
  if (reporter_->wants(when::http2_frame)) {
    Reader reader{data};
    reader.skip(Http2FrameHeader::size);
    if (const auto header = parse_http2_frame(data)) reporter_->http2_frame(at, *header, reader.take(header->length));
  }
  const Progress done{State::message, block->size, 0};
  if (block->is_push) return done;
  auto wanted = when::request_body;
  if (const auto request = http2_request(*fields)) {
    ++direction.requests;
    reporter_->http(at, *request);
    (void)reporter_->record_http(at, *request, {}, block->stream, !is_one_directional(at));
  } else if (const auto response = http2_response(*fields)) {
    if (response->status < 200) return done;  // RFC 9110 section 15.2
    reporter_->http_response(at, *response, block->stream, true);
    wanted = when::response_body;
  } else {
    // Trailers end the body that is being collected.
    if (auto* body = connection.body(block->stream, static_cast<std::uint8_t>(at.way))) end_http2_body(at, *body, true);
    return done;
  }
  const bool is_followed = follows(wanted);
  if (block->ends_stream || block->stream == 0 || !(is_followed || reporter_->wants(wanted))) return done;
  auto* body = connection.body(0, 0);
  const bool has_room = body != nullptr && body->begin(block->stream, static_cast<std::uint8_t>(at.way), *fields);
  if (!has_room && reporter_->wants(wanted)) mark(at, UninspectedReason::buffer_full);
  if (!is_followed) return done;
  if (has_room)
    follow(at, *body);
  else
    reporter_->content_error(ContentError::not_followed);
  return done;
}

Progress Protocols::http2_data(const Passage& at, Http2Connection& connection, const Http2FrameHeader& header,
                               Bytes data) noexcept {
  auto* body = header.stream == 0 ? nullptr : connection.body(header.stream, static_cast<std::uint8_t>(at.way));
  if (body == nullptr) return {State::message, Http2FrameHeader::size, header.length};
  // RFC 9113 section 6.1
  Reader reader{data};
  reader.skip(Http2FrameHeader::size);
  const bool padded = header.has(http2_flag::padded);
  const std::uint32_t padding = padded ? reader.u8() : 0;
  if (!reader.ok()) return {State::need_more, 0, 0};
  const std::uint32_t around = padding + (padded ? 1 : 0);
  if (around > header.length) return broken_off(at, Anomaly::http2_invalid_frame_data);
  auto& direction = connection.direction(index_of(at.way));
  direction.data_left = header.length - around;
  direction.padding = padding;
  direction.data_stream = header.stream;
  direction.data_ends = header.has(http2_flag::end_stream);
  const auto consumed = data.size() - reader.left();
  if (direction.data_left > 0) return {State::message, consumed, 0};
  if (direction.data_ends) end_http2_body(at, *body, true);
  return {State::message, consumed, padding};
}

// The content of the DATA frame at hand, as it comes.
Progress Protocols::http2_body(const Passage& at, Http2Connection& connection, Bytes data) noexcept {
  auto& direction = connection.direction(index_of(at.way));
  const auto count = std::min<std::size_t>(data.size(), direction.data_left);
  direction.data_left -= static_cast<std::uint32_t>(count);
  auto* body = connection.body(direction.data_stream, static_cast<std::uint8_t>(at.way));
  if (body != nullptr) {
    body->add(data.first(count));
    add_to_followed(at, *body, data.first(count));
    if (direction.data_left == 0 && direction.data_ends)
      end_http2_body(at, *body, true);
    else if (body->is_full() && !body->is_seen())
      look_at_http2_body(at, *body);
  }
  return {State::message, count, direction.data_left == 0 ? direction.padding : 0};
}

// A body's end, or what is known to be the last of it.
void Protocols::end_http2_body(const Passage& at, Http2Body& body, bool whole) noexcept {
  if (!body.is_seen()) look_at_http2_body(at, body);
  end_followed(at, body, whole);
  body.clear();
}

void Protocols::look_at_http2_body(const Passage& at, Http2Body& body) noexcept {
  body.set_seen();
  Hits unkept;
  auto* const kept = body.followed() == no_index ? nullptr : &bodies_.at(body.followed());
  auto& reported = kept != nullptr ? kept->reported() : unkept;
  const auto look = [&](const ContentCodings& codings) {
    const auto content = decoded(at, codings, body.bytes());
    if (kept != nullptr) kept->set_seen(content.size());
    return view_of(content, kept);
  };
  if (const auto request = http2_request(body.fields()))
    reporter_->http_body(at, *request, look(request->codings), reported);
  else if (const auto response = http2_response(body.fields()))
    reporter_->http_response_body(at, *response, look(response->codings), reported);
}

}  // namespace sluice
