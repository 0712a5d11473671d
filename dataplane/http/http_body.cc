#include "dataplane/http/http_body.hh"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

// -1 for any other byte
constexpr int hex_value(std::uint8_t byte) noexcept {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

}  // namespace

HttpBody::HttpBody(BodyFraming framing, std::uint64_t content_length) noexcept
    : state_(State::done), chunked_(framing == BodyFraming::chunked) {
  switch (framing) {
    case BodyFraming::none: break;
    case BodyFraming::length:
      left_ = content_length;
      if (left_ != 0) state_ = State::content;
      break;
    case BodyFraming::chunked: state_ = State::chunk_size; break;
    case BodyFraming::until_close: state_ = State::endless; break;
  }
}

std::uint64_t HttpBody::remaining() const noexcept {
  if (state_ == State::endless) return unlimited;
  return state_ == State::content ? left_ : 0;
}

void HttpBody::skip(std::uint64_t count) noexcept {
  if (state_ == State::endless || count == 0) return;
  if (count > remaining()) {
    state_ = State::failed;
    return;
  }
  left_ -= count;
  if (left_ == 0) state_ = chunked_ ? State::chunk_end : State::done;
}

std::size_t HttpBody::consume(Bytes bytes) noexcept {
  Reader reader{bytes};
  while (reader.left() != 0 && !done() && !failed()) {
    if (const auto certain = remaining(); certain != 0) {
      const auto count = std::min<std::uint64_t>(certain, reader.left());
      reader.skip(static_cast<std::size_t>(count));
      skip(count);
    } else {
      step(reader.u8());
    }
  }
  return bytes.size() - reader.left();
}

// RFC 9112 section 7.1. A bare LF ends a line too (section 2.2), and white space may follow the size, as many
// servers send it.
void HttpBody::step(std::uint8_t byte) noexcept {
  switch (state_) {
    case State::chunk_size:
      if (byte == '\n') return end_chunk_line();
      if (byte == '\r') {
        state_ = State::chunk_line_feed;
      } else if (byte == ';') {
        has_extension_ = true;
        state_ = State::chunk_extension;
      } else if (byte == ' ' || byte == '\t') {
        state_ = State::chunk_extension;
      } else {
        digit(byte);
      }
      break;
    case State::chunk_extension:  // RFC 9112 section 7.1.1
      if (byte == ';') has_extension_ = true;
      if (byte == '\n') return end_chunk_line();
      break;
    case State::chunk_line_feed:
      if (byte == '\n') return end_chunk_line();
      state_ = State::failed;
      return;
    case State::chunk_end:
      if (byte == '\r') {
        state_ = State::chunk_end_line_feed;
        return;
      }
      [[fallthrough]];
    case State::chunk_end_line_feed: state_ = byte == '\n' ? State::chunk_size : State::failed; return;
    case State::trailer: return step_trailer(byte);
    case State::content:
    case State::endless:
    case State::done:
    case State::failed: return;
  }
  if (++line_ > chunk_line_limit) state_ = State::failed;
}

void HttpBody::digit(std::uint8_t byte) noexcept {
  const auto value = hex_value(byte);
  if (value < 0 || left_ > unlimited >> 4) {
    state_ = State::failed;
    return;
  }
  left_ = left_ << 4 | static_cast<std::uint64_t>(value);
  digits_ = true;
}

void HttpBody::end_chunk_line() noexcept {
  line_ = 0;
  if (!digits_) {
    state_ = State::failed;
    return;
  }
  digits_ = false;
  content_ += left_;
  state_ = left_ != 0 ? State::content : State::trailer;  // the last chunk has size 0
}

// RFC 9112 section 7.1.2: field lines up to an empty one.
void HttpBody::step_trailer(std::uint8_t byte) noexcept {
  if (byte == '\n') {
    if (empty_line_) {
      state_ = State::done;
      return;
    }
    empty_line_ = true;
  } else if (byte != '\r') {
    empty_line_ = false;
  }
  if (++line_ > trailer_limit) state_ = State::failed;
}

BodyPrefix copy_content(HttpBody body, Bytes bytes, std::span<std::uint8_t> room) noexcept {
  Reader reader{bytes};
  std::size_t used = 0;
  while (reader.left() != 0 && used < room.size() && !body.done() && !body.failed()) {
    const auto certain = std::min<std::uint64_t>(body.remaining(), std::min(reader.left(), room.size() - used));
    if (certain == 0) {
      if (body.consume(reader.take(1)) == 0) break;
      continue;
    }
    const auto content = reader.take(static_cast<std::size_t>(certain));
    std::copy(content.begin(), content.end(), room.begin() + static_cast<std::ptrdiff_t>(used));
    used += content.size();
    body.skip(content.size());
  }
  return {used, used == room.size() || body.done() || body.failed()};
}

}  // namespace sluice
