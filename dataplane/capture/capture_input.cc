#include "dataplane/capture/capture_input.hh"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t window_size = std::size_t{256} << 10U;  // to begin with
constexpr std::size_t packed_size = std::size_t{64} << 10U;
constexpr std::uint8_t gzip_id_1 = 0x1f;  // RFC 1952 section 2.3.1
constexpr std::uint8_t gzip_id_2 = 0x8b;
constexpr int gzip_window_bits = 15 + 16;  // zlib: the largest window, with a gzip header

}  // namespace

void CaptureInput::EndInflate::operator()(z_stream* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

CaptureInput::CaptureInput(Descriptor file) : file_(std::move(file)), window_(window_size) {
  struct stat status {};
  if (::fstat(file_.number(), &status) == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
}

tl::expected<CaptureInput, std::string> CaptureInput::open(Descriptor file) {
  CaptureInput input{std::move(file)};
  const Bytes id = input.peek(2);
  if (!input.failure_.empty()) return tl::unexpected(input.failure_);
  if (id.size() == 2 && id[0] == gzip_id_1 && id[1] == gzip_id_2 && !input.start_unpacking()) {
    return tl::unexpected(input.failure_);
  }
  return input;
}

bool CaptureInput::start_unpacking() {
  // What was read so far is packed.
  packed_.assign(std::max(packed_size, end_), 0);
  std::memcpy(packed_.data(), window_.data(), end_);
  auto stream = std::make_unique<z_stream>();
  stream->next_in = packed_.data();
  stream->avail_in = static_cast<uInt>(end_);
  end_ = 0;
  if (inflateInit2(stream.get(), gzip_window_bits) != Z_OK) {
    failure_ = "zlib cannot start";
    return false;
  }
  inflate_.reset(stream.release());
  return true;
}

Bytes CaptureInput::peek(std::size_t count) {
  while (end_ - begin_ < count && fill()) {
  }
  return Bytes{window_}.subspan(begin_, std::min(count, end_ - begin_));
}

void CaptureInput::consume(std::size_t count) noexcept {
  count = std::min(count, end_ - begin_);
  begin_ += count;
  offset_ += count;
}

bool CaptureInput::skip(std::uint64_t count) {
  while (count > 0) {
    const std::size_t held = peek(static_cast<std::size_t>(std::min<std::uint64_t>(count, window_size))).size();
    if (held == 0) return false;
    consume(held);
    count -= held;
  }
  return true;
}

std::string CaptureInput::place(std::uint64_t offset) const {
  return fmt::format("byte {}{}", offset, inflate_ ? " of the unpacked data" : "");
}

std::uint64_t CaptureInput::position() const noexcept {
  return read_ - (inflate_ ? inflate_->avail_in : static_cast<std::uint64_t>(end_ - begin_));
}

bool CaptureInput::fill() {
  if (!failure_.empty()) return false;
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == window_.size()) {
    if (begin_ > 0) {
      std::memmove(window_.data(), window_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      // The window is full of bytes that the file really held, so growth follows the file, never a length in it.
      window_.resize(window_.size() * 2);
    }
  }
  std::uint8_t* into = window_.data() + end_;
  const std::size_t room = window_.size() - end_;
  const std::size_t got = inflate_ ? unpack(into, room) : read_file(into, room);
  end_ += got;
  return got > 0;
}

std::size_t CaptureInput::read_file(std::uint8_t* into, std::size_t room) {
  ssize_t got = 0;
  do {
    got = ::read(file_.number(), into, room);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    failure_ = fmt::format("cannot be read: {}", std::generic_category().message(errno));
    return 0;
  }
  read_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

bool CaptureInput::refill_packed() {
  if (inflate_->avail_in > 0) return true;
  inflate_->next_in = packed_.data();
  inflate_->avail_in = static_cast<uInt>(read_file(packed_.data(), packed_.size()));
  return inflate_->avail_in > 0;
}

std::size_t CaptureInput::unpack(std::uint8_t* into, std::size_t room) {
  inflate_->next_out = into;
  inflate_->avail_out = static_cast<uInt>(room);
  while (inflate_->avail_out == room) {
    if (!refill_packed()) {
      if (failure_.empty() && !between_members_) failure_ = "the gzip data is cut";
      return 0;
    }
    if (between_members_) {
      // RFC 1952 section 2.2: members follow each other. Anything else behind the last is not data; gzip ignores it
      // too.
      if (*inflate_->next_in != gzip_id_1) return 0;
      inflateReset(inflate_.get());
      between_members_ = false;
    }
    const int result = inflate(inflate_.get(), Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      failure_ = fmt::format("the gzip data is damaged: {}", inflate_->msg == nullptr ? "no memory" : inflate_->msg);
      break;
    }
  }
  return room - inflate_->avail_out;
}

}  // namespace sluice
