// What is remembered of one HTTP/2 connection: both directions' HPACK state, and the bodies that are looked at.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/http/hpack.hh"

namespace sluice {

// One direction's.
struct Http2Direction {
  // No member is initialised here: see Pool.
  HpackDecoder fields;
  std::uint32_t requests;     // that were sent
  std::uint32_t resets;       // RST_STREAM frames that were sent
  std::uint32_t data_left;    // of the DATA frame at hand, which a body is taken from
  std::uint32_t padding;      // behind it
  std::uint32_t data_stream;  // whose it is
  bool data_ends;             // and the stream with it
  bool begun;                 // the preface is past
  bool is_client;             // it began with a client's preface
  bool settings_seen;
};

// The body of one message, collected as far as signatures look at it, and the fields of its head.
class Http2Body {
 public:
  static constexpr std::size_t fields_limit = 4096;
  static constexpr std::size_t body_limit = 4096;

  void clear() noexcept {
    stream_ = 0;
    followed_ = no_index;
  }
  [[nodiscard]] bool is_free() const noexcept { return stream_ == 0; }
  [[nodiscard]] std::uint32_t stream() const noexcept { return stream_; }
  [[nodiscard]] bool is_of(std::uint32_t stream, std::uint8_t direction) const noexcept {
    return stream_ == stream && direction_ == direction;
  }
  // False where the fields are too long.
  [[nodiscard]] bool begin(std::uint32_t stream, std::uint8_t direction, std::string_view fields) noexcept;
  // As much as fits.
  void add(Bytes data) noexcept;
  [[nodiscard]] bool is_full() const noexcept { return size_ == body_limit; }
  // In the worker's FollowedBodies, or no_index.
  [[nodiscard]] std::uint32_t& followed() noexcept { return followed_; }
  // Signatures have seen its start.
  [[nodiscard]] bool is_seen() const noexcept { return is_seen_; }
  void set_seen() noexcept { is_seen_ = true; }
  [[nodiscard]] std::string_view fields() const noexcept { return {fields_.data(), fields_size_}; }
  [[nodiscard]] Bytes bytes() const noexcept { return Bytes{bytes_}.first(size_); }

 private:
  std::uint32_t stream_;  // 0 = no body
  std::uint32_t followed_;
  std::uint16_t fields_size_;
  std::uint16_t size_;
  std::uint8_t direction_;
  bool is_seen_;
  std::array<char, fields_limit> fields_;
  std::array<std::uint8_t, body_limit> bytes_;
};

class Http2Connection {
 public:
  static constexpr std::size_t body_count = 8;  // collected at a time; others are not looked at

  void clear() noexcept;
  [[nodiscard]] Http2Direction& direction(std::size_t way) noexcept { return directions_[way]; }
  // The body of that message that is being collected, or nullptr; stream 0: a free one.
  [[nodiscard]] Http2Body* body(std::uint32_t stream, std::uint8_t direction) noexcept;
  [[nodiscard]] std::array<Http2Body, body_count>& bodies() noexcept { return bodies_; }

 private:
  std::array<Http2Direction, 2> directions_;
  std::array<Http2Body, body_count> bodies_;
};

using Http2Pool = Pool<Http2Connection>;

}  // namespace sluice
