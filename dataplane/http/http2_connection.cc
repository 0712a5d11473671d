#include "dataplane/http/http2_connection.hh"

#include <algorithm>

namespace sluice {

bool Http2Body::begin(std::uint32_t stream, std::uint8_t direction, std::string_view fields) noexcept {
  if (fields.size() > fields_.size()) return false;
  std::copy(fields.begin(), fields.end(), fields_.begin());
  fields_size_ = static_cast<std::uint16_t>(fields.size());
  size_ = 0;
  is_seen_ = false;
  stream_ = stream;
  direction_ = direction;
  return true;
}

void Http2Body::add(Bytes data) noexcept {
  const auto fitting = data.first(std::min(data.size(), bytes_.size() - size_));
  std::copy(fitting.begin(), fitting.end(), bytes_.begin() + size_);
  size_ = static_cast<std::uint16_t>(size_ + fitting.size());
}

void Http2Connection::clear() noexcept {
  for (auto& direction : directions_) {
    direction.requests = 0;
    direction.resets = 0;
    direction.data_left = 0;
    direction.padding = 0;
    direction.data_stream = 0;
    direction.data_ends = false;
    direction.begun = false;
    direction.is_client = false;
    direction.settings_seen = false;
  }
  for (auto& body : bodies_) body.clear();
}

Http2Body* Http2Connection::body(std::uint32_t stream, std::uint8_t direction) noexcept {
  for (auto& body : bodies_)
    if (stream == 0 ? body.is_free() : body.is_of(stream, direction)) return &body;
  return nullptr;
}

}  // namespace sluice
