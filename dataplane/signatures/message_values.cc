#include "dataplane/signatures/message_values.hh"

#include <algorithm>

namespace sluice {

void MessageValues::put(Buffer buffer, Bytes value) noexcept {
  auto& first = input_->buffers[static_cast<std::size_t>(buffer)];
  if (first.data() == nullptr || !has_several(buffer)) {
    first = value;
    return;
  }
  if (further_count_ == further_.size()) {
    is_cut_ = true;
    return;
  }
  further_[further_count_++] = {buffer, value};
  input_->further = std::span{further_}.first(further_count_);
}

void MessageValues::put(MessageNumber number, std::uint64_t value) noexcept {
  if (number_count_ == numbers_.size()) {
    is_cut_ = true;
    return;
  }
  numbers_[number_count_++] = {number, value};
  input_->numbers = std::span{numbers_}.first(number_count_);
}

void MessageValues::write(std::string_view text) noexcept {
  const auto fitting = text.substr(0, room_.size() - used_);
  is_cut_ = is_cut_ || fitting.size() < text.size();
  std::copy(fitting.begin(), fitting.end(), room_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ += fitting.size();
}

std::string_view MessageValues::finish() noexcept {
  const auto value = written();
  start_ = used_;
  return value;
}

}  // namespace sluice
