// The bytes of a capture file, plain or gzip, through a window that grows only with what the file really holds.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/descriptor.hh"
#include "dataplane/capture/capture_packet.hh"

namespace sluice {

// zlib's gzread would do as well, but at damage it drops what it had unpacked before.
class CaptureInput {
 public:
  // Reads a little to see whether it is gzip. The error is a text without a path.
  [[nodiscard]] static tl::expected<CaptureInput, std::string> open(Descriptor file);

  // The next `count` bytes without consuming them; fewer only where no more can be had. Valid until the next call.
  [[nodiscard]] Bytes peek(std::size_t count);
  // Of what was peeked at; the bytes stay valid until the next peek().
  void consume(std::size_t count) noexcept;
  // False where the file ended before.
  [[nodiscard]] bool skip(std::uint64_t count);

  // Of the next byte, in the unpacked data; and the same in words.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::string place(std::uint64_t offset) const;
  // Why no more bytes can be had where it is not the end of the file; else empty.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  // For a progress bar, in bytes of the file as it lies on disk; size 0 where it is a pipe.
  [[nodiscard]] std::uint64_t position() const noexcept;
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  struct EndInflate {
    void operator()(z_stream* stream) const noexcept;
  };

  explicit CaptureInput(Descriptor file);

  // Each: at least one byte more, or false.
  [[nodiscard]] bool fill();
  [[nodiscard]] bool refill_packed();
  // Bytes put at `into`; 0 at the end or on failure.
  [[nodiscard]] std::size_t read_file(std::uint8_t* into, std::size_t room);
  [[nodiscard]] std::size_t unpack(std::uint8_t* into, std::size_t room);
  [[nodiscard]] bool start_unpacking();

  Descriptor file_;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;  // from the file
  std::string failure_;

  std::vector<std::uint8_t> window_;  // [begin_, end_) was read and not consumed
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;

  std::unique_ptr<z_stream, EndInflate> inflate_;  // only where the file is gzip
  std::vector<std::uint8_t> packed_;
  bool between_members_ = false;
};

}  // namespace sluice
