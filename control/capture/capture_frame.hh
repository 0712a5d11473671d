// The answer of GET /v1/capture: frames, each a letter, a size (4 bytes, little-endian) and so many bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class CaptureFrameKind : char {
  packet = 'p',  // a PacketCopy and its bytes (packet_copy.hh)
  ports = 'n',   // first: JSON, a list of the ports' names, in the order of PacketCopy::port
  alive = 'a',   // empty: the connection lives
  end = 'e',     // last: JSON, what came of it
};

constexpr std::size_t capture_frame_head = 5;
constexpr std::size_t capture_frame_limit = 256U * 1024;

void put_capture_frame(std::string& out, CaptureFrameKind kind, std::string_view body);

struct CaptureFrame {
  CaptureFrameKind kind{};
  std::string body;
};

// Takes bytes as they come.
class CaptureFrames {
 public:
  void add(std::string_view bytes) { waiting_ += bytes; }
  // The next whole frame; nothing where it has not come yet, or is none (is_broken()).
  [[nodiscard]] std::optional<CaptureFrame> next();
  [[nodiscard]] bool is_broken() const noexcept { return broken_; }

 private:
  std::string waiting_;
  bool broken_ = false;
};

}  // namespace sluice
