#include "control/capture/capture_frame.hh"

#include <array>
#include <boost/endian/conversion.hpp>

namespace sluice {

void put_capture_frame(std::string& out, CaptureFrameKind kind, std::string_view body) {
  std::array<unsigned char, capture_frame_head - 1> size{};
  boost::endian::store_little_u32(size.data(), static_cast<std::uint32_t>(body.size()));
  out += static_cast<char>(kind);
  for (const auto byte : size) out += static_cast<char>(byte);
  out += body;
}

std::optional<CaptureFrame> CaptureFrames::next() {
  if (broken_ || waiting_.size() < capture_frame_head) return std::nullopt;
  const auto size = boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(waiting_.data()) + 1);
  broken_ = std::string_view{"pnae"}.find(waiting_[0]) == std::string_view::npos || size > capture_frame_limit;
  if (broken_ || waiting_.size() - capture_frame_head < size) return std::nullopt;
  CaptureFrame frame{static_cast<CaptureFrameKind>(waiting_[0]), waiting_.substr(capture_frame_head, size)};
  waiting_.erase(0, capture_frame_head + size);
  return frame;
}

}  // namespace sluice
