#include "dataplane/http/followed_body.hh"

#include <algorithm>

namespace sluice {

void FollowedBody::clear() noexcept {
  is_form_ = is_open_ = has_gaps_ = is_lost_ = false;
  name_size_ = record_size_ = head_size_ = 0;
  content_size_ = content_limit_ = seen_ = 0;
  size_ = 0;
  reported_.count = 0;
  reported_.silent = 0;
  stream_.begin({});
}

void FollowedBody::begin(const ContentCodings& codings, std::string_view content_type, std::size_t limit) noexcept {
  stream_.begin(codings);
  is_form_ = form_.begin(content_type);
  content_limit_ = static_cast<std::uint32_t>(std::min(limit, body_content_limit));
}

void FollowedBody::keep_head(std::string_view head) noexcept {
  if (head.size() > head_limit) return;
  std::copy(head.begin(), head.end(), head_.begin());
  head_size_ = static_cast<std::uint16_t>(head.size());
}

void FollowedBody::add(Bytes coded, BodyTools& tools, FileSink sink) noexcept {
  if (is_lost_) return;
  Way way{this, &tools, sink};
  stream_.add(coded, tools.scratch, {&way, take_content});
}

void FollowedBody::skip(BodyTools& tools, FileSink sink) noexcept {
  Way way{this, &tools, sink};
  stream_.end(tools.scratch, {&way, take_content});
  content_limit_ = content_size_;  // what follows is no longer its start
  // Where forms or codings go on behind a hole, nobody knows.
  is_lost_ = is_form_ || stream_.is_coded();
  if (is_form_ && !is_open_) return;
  if (!is_open_) open_file();
  has_gaps_ = true;
}

void FollowedBody::end(bool whole, BodyTools& tools, FileSink sink) noexcept {
  Way way{this, &tools, sink};
  if (!is_lost_) stream_.end(tools.scratch, {&way, take_content});
  const bool complete = whole && !has_gaps_ && !form_.is_open() && !stream_.is_broken();
  if (is_open_) close_file(complete ? FileState::closed : FileState::truncated, tools, sink);
}

void FollowedBody::take_content(void* way, Bytes content) noexcept {
  const auto& at = *static_cast<Way*>(way);
  auto& body = *at.body;
  const auto kept = std::min<std::size_t>(content.size(), body.content_limit_ - body.content_size_);
  std::copy_n(content.begin(), kept, body.content_.begin() + body.content_size_);
  body.content_size_ += static_cast<std::uint32_t>(kept);
  if (body.is_form_) return body.form_.add(content, {way, begin_part, take_part, end_part});
  if (!body.is_open_) body.open_file();
  body.add_to_file(content, *at.tools);
}

void FollowedBody::begin_part(void* way, std::string_view name) noexcept {
  auto& body = *static_cast<Way*>(way)->body;
  const auto size = std::min(name.size(), body.name_.size());
  std::copy_n(name.begin(), size, body.name_.begin());
  body.set_name(size);
  body.open_file();
}

void FollowedBody::take_part(void* way, Bytes content) noexcept {
  const auto& at = *static_cast<Way*>(way);
  at.body->add_to_file(content, *at.tools);
}

void FollowedBody::end_part(void* way) noexcept {
  const auto& at = *static_cast<Way*>(way);
  at.body->close_file(FileState::closed, *at.tools, at.sink);
}

void FollowedBody::open_file() noexcept {
  is_open_ = true;
  has_gaps_ = false;
  size_ = 0;
  md5_ = {};
  sha1_ = {};
  sha256_ = {};
}

void FollowedBody::add_to_file(Bytes content, const BodyTools& tools) noexcept {
  size_ += content.size();
  if (!tools.hashes || has_gaps_) return;
  md5_.add(content);
  sha1_.add(content);
  sha256_.add(content);
}

void FollowedBody::close_file(FileState state, const BodyTools& tools, FileSink sink) noexcept {
  is_open_ = false;
  FileFacts file{{name_.data(), name_size_}, size_, state, has_gaps_, tools.hashes && !has_gaps_, {}, {}, {}};
  if (file.has_digests) {
    file.md5 = md5_.finish();
    file.sha1 = sha1_.finish();
    file.sha256 = sha256_.finish();
  }
  sink.take(sink.context, file);
}

}  // namespace sluice
