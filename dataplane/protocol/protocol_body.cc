#include <algorithm>

#include "dataplane/http/http_anomalies.hh"
#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

constexpr std::size_t index_of(Way way) noexcept { return static_cast<std::size_t>(way); }

// Signatures see a body that goes on when it has grown by so much: each look is at all of it that there is.
constexpr std::size_t look_growth = 4;

// The name of what is described there by where it was asked for.
std::string_view asked_name(Bytes description, std::span<char> room) noexcept {
  const auto event = Event::parse(description);
  const auto target = event ? event->find(Field::http_uri) : std::nullopt;
  return target ? target_name(target->text(), room) : std::string_view{};
}

// Whom a file's end is told.
struct Teller {
  Reporter& reporter;
  const Flow& flow;
  const FollowedBody& body;
  std::uint64_t tag;
  Tick now;

  static void tell(void* teller, const FileFacts& file) noexcept {
    const auto& self = *static_cast<Teller*>(teller);
    self.reporter.file(self.flow, self.body.record(), file, self.tag, self.now);
  }
};

}  // namespace

FollowedBody* Protocols::take_slot(std::uint32_t& slot) noexcept {
  if (slot == no_index) slot = bodies_.take();
  if (slot != no_index) return &bodies_.at(slot);
  reporter_->content_error(ContentError::not_followed);
  return nullptr;
}

void Protocols::describe(FollowedBody& body, const Passage& at, const HttpRequest& request,
                         std::uint32_t stream) noexcept {
  body.begin(request.codings, request.content_type, body_limit_);
  body.set_record(reporter_->describe_request(at, request, stream, body.record_room()));
  body.set_name(target_name(request.target, body.name_room()).size());
}

void Protocols::describe(FollowedBody& body, const Passage& at, const HttpResponse& response) noexcept {
  body.begin(response.codings, {}, body_limit_);
  body.set_record(reporter_->describe_response(at, body.record_room()));
  auto name = disposed_name(response.headers, body.name_room());
  if (name.empty()) name = asked_name(body.record(), body.name_room());
  body.set_name(name.size());
}

void Protocols::follow(const Passage& at, const StreamSide& side, const HttpRequest& request, Bytes head) noexcept {
  if (!follows(when::request_body) || !is_own(at, side)) return;
  end_body(at, side, false);
  auto* const body = take_slot(at.flow.body[index_of(at.way)]);
  if (body == nullptr) return;
  describe(*body, at, request, 0);
  body->keep_head(as_text(head));
}

void Protocols::follow(const Passage& at, const StreamSide& side, const HttpResponse& response, Bytes head) noexcept {
  if (!follows(when::response_body) || !is_own(at, side)) return;
  end_body(at, side, false);
  auto* const body = take_slot(at.flow.body[index_of(at.way)]);
  if (body == nullptr) return;
  describe(*body, at, response);
  body->keep_head(as_text(head));
}

bool Protocols::is_own(const Passage& at, const StreamSide& side) noexcept {
  return &side == &at.flow.side[index_of(at.way)];
}

FollowedBody* Protocols::followed(const Passage& at) noexcept {
  const auto slot = at.flow.body[index_of(at.way)];
  return slot == no_index ? nullptr : &bodies_.at(slot);
}

// What of `data` is the body's, chunk lines and trailers included.
std::size_t Protocols::read_body(const Passage& at, StreamSide& side, FollowedBody& body, Bytes data) noexcept {
  Teller teller{*reporter_, at.flow, body, at.packet.number, at.packet.time};
  Reader reader{data};
  while (reader.left() != 0 && !side.body.done() && !side.body.failed()) {
    const auto content = std::min<std::uint64_t>(side.body.remaining(), reader.left());
    if (content == 0) {
      if (side.body.consume(reader.take(1)) == 0) return data.size() - reader.left() - 1;
      continue;
    }
    body.add(reader.take(static_cast<std::size_t>(content)), body_tools_, {&teller, Teller::tell});
    side.body.skip(content);
  }
  look_again(at, body, false);
  return data.size() - reader.left();
}

// What signatures have seen of a body was its start: they see it again with what came since.
void Protocols::look_again(const Passage& at, FollowedBody& body, bool is_last) noexcept {
  const auto size = body.content().size();
  const bool asks_size = is_last && reporter_->wants(MessageNumber::file_size);
  if ((size <= body.seen() && !asks_size) || size == 0 || body.head().empty()) return;
  const bool is_due = is_last || body.is_full() || size >= look_growth * std::max(body.seen(), body_inspection_limit);
  if (!is_due) return;
  body.set_seen(size);
  auto view = view_of(body.content(), &body);
  if (is_last) view.file_size = body.file_size();
  if (at.flow.side[index_of(at.way)].responds) {
    if (!reporter_->wants(when::response_body)) return;
    if (const auto response = parse_http_response(as_bytes(body.head()), {}))
      reporter_->http_response_body(at, *response, view, body.reported());
  } else if (reporter_->wants(when::request_body)) {
    if (const auto request = parse_http_request(as_bytes(body.head())))
      reporter_->http_more_body(at, *request, view, body.reported());
  }
}

BodyView Protocols::view_of(Bytes content, const FollowedBody* body) noexcept {
  return {content, body != nullptr ? body->name() : std::string_view{}, std::nullopt};
}

// Bytes that never came by: behind those in the midst of content the body goes on; else nobody knows where it ends.
bool Protocols::pass_hole(const Passage& at, StreamSide& side, std::uint64_t count) noexcept {
  if (side.protocol != Protocol::http || side.body.done()) return false;
  if (count == 0) return true;
  const bool goes_on = side.body.remaining() >= count;
  if (goes_on) side.body.skip(count);
  if (auto* const body = is_own(at, side) ? followed(at) : nullptr) {
    Teller teller{*reporter_, at.flow, *body, at.packet.number, at.packet.time};
    body->skip(body_tools_, {&teller, Teller::tell});
  }
  if (!goes_on)
    end_body(at, side, false);
  else if (side.body.done())
    end_message(at, side);
  return goes_on;
}

// A body has passed.
void Protocols::end_message(const Passage& at, const StreamSide& side) noexcept {
  if (side.responds) end_response(at, side);
  end_body(at, side, true);
}

void Protocols::end_body(const Passage& at, const StreamSide& side, bool whole) noexcept {
  if (!is_own(at, side)) return;
  auto* const body = followed(at);
  if (body == nullptr) return;
  finish(at.flow, *body, whole, at.packet.number, at.packet.time);
  if (body->error() && !reporter_->wants(side.responds ? when::response_body : when::request_body))
    note_body_error(at, *body->error());
  look_again(at, *body, true);
  bodies_.give(at.flow.body[index_of(at.way)]);
  at.flow.body[index_of(at.way)] = no_index;
}

void Protocols::finish(const Flow& flow, FollowedBody& body, bool whole, std::uint64_t tag, Tick now) noexcept {
  Teller teller{*reporter_, flow, body, tag, now};
  body.end(whole, body_tools_, {&teller, Teller::tell});
}

void Protocols::note_body_error(const Passage& at, ContentError error) noexcept {
  reporter_->content_error(error);
  note_content_error(error, at.packet.anomalies);
}

void Protocols::end_stream(const Passage& at, StreamSide& side) noexcept {
  if (side.protocol == Protocol::http) end_body(at, side, side.body.ends_with_stream() || side.body.done());
}

void Protocols::follow(const Passage& at, Http2Body& body) noexcept {
  auto* const slot = take_slot(body.followed());
  if (slot == nullptr) return;
  if (const auto request = http2_request(body.fields()))
    describe(*slot, at, *request, body.stream());
  else if (const auto response = http2_response(body.fields()))
    describe(*slot, at, *response);
}

void Protocols::add_to_followed(const Passage& at, Http2Body& body, Bytes data) noexcept {
  if (body.followed() == no_index) return;
  auto& slot = bodies_.at(body.followed());
  Teller teller{*reporter_, at.flow, slot, at.packet.number, at.packet.time};
  slot.add(data, body_tools_, {&teller, Teller::tell});
}

void Protocols::end_followed(const Passage& at, Http2Body& body, bool whole) noexcept {
  if (body.followed() == no_index) return;
  auto& slot = bodies_.at(body.followed());
  finish(at.flow, slot, whole, at.packet.number, at.packet.time);
  look_again(at, body.fields(), slot);
  bodies_.give(body.followed());
  body.followed() = no_index;
}

// At the end of a body of HTTP/2, where there is more of it than signatures saw.
void Protocols::look_again(const Passage& at, std::string_view fields, FollowedBody& body) noexcept {
  const auto size = body.content().size();
  if ((size <= body.seen() && !reporter_->wants(MessageNumber::file_size)) || size == 0) return;
  auto view = view_of(body.content(), &body);
  view.file_size = body.file_size();
  if (const auto request = http2_request(fields))
    reporter_->http_more_body(at, *request, view, body.reported());
  else if (const auto response = http2_response(fields))
    reporter_->http_response_body(at, *response, view, body.reported());
}

void Protocols::end_bodies(Flow& flow, std::uint64_t tag, Tick now) noexcept {
  if (flow.http2 != no_index) {
    for (auto& body : http2_.at(flow.http2).bodies()) {
      if (body.is_free() || body.followed() == no_index) continue;
      finish(flow, bodies_.at(body.followed()), false, tag, now);
      bodies_.give(body.followed());
      body.clear();
    }
  }
  for (std::size_t way = 0; way < flow.body.size(); ++way) {
    auto& slot = flow.body[way];
    if (slot == no_index) continue;
    const bool ended = flow.side[way].body.ends_with_stream() && (flow.fins >> way & 1) != 0;
    finish(flow, bodies_.at(slot), ended, tag, now);
    bodies_.give(slot);
    slot = no_index;
  }
}

}  // namespace sluice
