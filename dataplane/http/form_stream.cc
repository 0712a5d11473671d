#include "dataplane/http/form_stream.hh"

#include <algorithm>

#include "dataplane/http/http_headers.hh"
#include "dataplane/http/multipart.hh"

namespace sluice {
namespace {

constexpr std::string_view before_boundary = "\r\n--";

}  // namespace

bool FormStream::begin(std::string_view content_type) noexcept {
  const auto boundary = header_parameter(content_type, "boundary");
  state_ = State::over;
  is_file_ = false;
  if (!is_multipart_form(content_type) || boundary.empty() || boundary.size() > boundary_limit ||
      boundary.find_first_of("\r\n") != std::string_view::npos)
    return false;
  std::copy(before_boundary.begin(), before_boundary.end(), delimiter_.begin());
  std::copy(boundary.begin(), boundary.end(), delimiter_.begin() + before_boundary.size());
  delimiter_size_ = static_cast<std::uint16_t>(before_boundary.size() + boundary.size());
  state_ = State::content;
  matched_ = assumed_ = 2;  // the first boundary needs no line before it
  return true;
}

void FormStream::add(Bytes content, Sink sink) noexcept {
  auto text = as_text(content);
  while (!text.empty()) {
    std::size_t used = 0;
    switch (state_) {
      case State::content: used = add_content(text, sink); break;
      case State::boundary: used = add_boundary(text); break;
      case State::head: used = add_head(text, sink); break;
      case State::over: return;
    }
    text.remove_prefix(used);
  }
}

// As much of a delimiter as was matched turned out to be content. Only its first two characters are line ends, and a
// boundary has none: nothing of it can begin another one.
void FormStream::give_back(Sink sink) noexcept {
  if (is_file_ && matched_ > assumed_)
    sink.take(sink.context, as_bytes(delimiter().substr(assumed_, std::size_t{matched_} - assumed_)));
  matched_ = 0;
}

std::size_t FormStream::add_content(std::string_view text, Sink sink) noexcept {
  if (matched_ == 0) {
    const auto line_end = std::min(text.find_first_of("\r\n"), text.size());
    if (is_file_ && line_end != 0) sink.take(sink.context, as_bytes(text.substr(0, line_end)));
    if (line_end == text.size()) return line_end;
    assumed_ = text[line_end] == '\n' ? 1 : 0;
    matched_ = static_cast<std::uint16_t>(assumed_ + 1);
    return line_end + 1;
  }
  std::size_t used = 0;
  while (used < text.size() && matched_ < delimiter_size_ && text[used] == delimiter_[matched_]) {
    ++used;
    ++matched_;
  }
  if (matched_ == delimiter_size_) {
    if (is_file_) sink.end(sink.context);
    is_file_ = false;
    has_dashes_ = false;
    line_ = 0;
    state_ = State::boundary;
  } else if (used < text.size()) {
    give_back(sink);
  }
  return used;
}

// RFC 2046 section 5.1.1: "--" behind the last boundary, else white space to the end of the line.
std::size_t FormStream::add_boundary(std::string_view text) noexcept {
  std::size_t used = 0;
  for (const auto c : text) {
    ++used;
    if (c == '\n') {
      state_ = State::head;
      head_size_ = 0;
      line_ = 0;
      return used;
    }
    if (line_ == 2) continue;
    ++line_;
    if (c == '-' && line_ == 2 && has_dashes_) {
      state_ = State::over;
      return used;
    }
    has_dashes_ = c == '-';
  }
  return used;
}

std::size_t FormStream::add_head(std::string_view text, Sink sink) noexcept {
  const auto end = text.find('\n');
  const auto used = end == std::string_view::npos ? text.size() : end + 1;
  const auto line = text.substr(0, used);
  const auto fitting = std::min(line.size(), head_.size() - head_size_);
  std::copy_n(line.begin(), fitting, head_.begin() + head_size_);
  head_size_ = static_cast<std::uint16_t>(head_size_ + fitting);
  // A CR alone is no line yet, anything else is.
  for (const auto c : line.substr(0, end)) {
    if (line_ == 2) break;
    line_ = line_ == 0 && c == '\r' ? 1 : 2;
  }
  if (end == std::string_view::npos) return used;
  const bool is_empty = line_ != 2;
  line_ = 0;
  if (!is_empty) return used;
  state_ = State::content;
  matched_ = assumed_ = 2;  // a part may be empty: the boundary follows the head's last line at once
  const HttpHeaders headers{std::string_view{head_.data(), head_size_}};
  const auto disposition = headers.find("Content-Disposition");
  const auto name = disposition ? header_parameter(*disposition, "filename") : std::string_view{};
  is_file_ = !name.empty();
  if (is_file_) sink.begin(sink.context, name);
  return used;
}

}  // namespace sluice
