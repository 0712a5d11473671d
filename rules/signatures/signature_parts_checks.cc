#include <algorithm>

#include <fmt/format.h>

#include "rules/signatures/signature_part_check.hh"
#include "rules/signatures/signature_part_transform.hh"
#include "rules/signatures/signature_parts.hh"

// What a rule asks of a buffer beside contents and expressions, and what it makes of it.
namespace sluice {
namespace {

bool is_one_of(std::span<const std::string_view> keywords, std::string_view name) {
  return std::find(keywords.begin(), keywords.end(), name) != keywords.end();
}

bool is_relative(const PartCheck& check) {
  if (const auto* const data = std::get_if<DataAt>(&check)) return data->relative;
  if (const auto* const bytes = std::get_if<ByteOperation>(&check)) return bytes->relative;
  return std::holds_alternative<Base64Decode>(check);
}

}  // namespace

bool SignatureParts::read_beside(const SignatureOption& option) {
  if (option.name == "base64_data") {
    read_base64_data(option);
  } else if (is_one_of(check_keywords(), option.name)) {
    read_check(option);
  } else if (is_one_of(transform_keywords(), option.name)) {
    read_transformation(option);
  } else if (option.name == "prefilter") {
    // Which pattern is searched for first is chosen here, and a rule without one is tried with every message.
    static_cast<void>(has_no_value(option));
  } else {
    return false;
  }
  return true;
}

// Without a sticky buffer, what counts from a match looks where that match was found.
Buffer SignatureParts::buffer_of_check(const SignatureOption& option, const PartCheck& check) const {
  if (option.name == "urilen") return is_raw_length(option) ? Buffer::http_uri_raw : Buffer::http_uri;
  if (sticky_) return *sticky_;
  if (!is_relative(check)) return Buffer::payload;
  const auto last =
      std::find_if(parts_.rbegin(), parts_.rend(), [](const PlacedPart& part) { return !part.part.check; });
  return last == parts_.rend() ? Buffer::payload : last->buffer();
}

void SignatureParts::read_check(const SignatureOption& option) {
  skip_modifiers();
  const auto check = read_part_check(option, variables_, datasets_, faults_);
  if (!check) return;
  const bool is_size = std::holds_alternative<BufferSize>(*check);
  const bool is_set = std::holds_alternative<DatasetCheck>(*check);
  if ((is_size || is_set || std::holds_alternative<Absent>(*check)) && !sticky_ && option.name != "urilen")
    return fail(option.at, fmt::format("{} is of a sticky buffer: write one before it", option.name));
  if (in_base64_ && !is_size && !is_set && !std::holds_alternative<DataAt>(*check) &&
      !std::holds_alternative<ByteOperation>(*check))
    return fail(option.at, fmt::format("{} behind base64_data: write it before base64_decode", option.name));
  PlacedPart placed;
  placed.at = option.at;
  placed.part.check = *check;
  placed.part.check_buffer = buffer_of_check(option, *check);
  if (std::holds_alternative<Base64Decode>(*check)) {
    if (base64_decode_) return fail(option.at, "a second base64_decode: a rule has one, write two rules");
    base64_decode_ = parts_.size();
  }
  add(std::move(placed));
  after_part_ = false;  // what modifies a content modifies none of these
}

void SignatureParts::read_transformation(const SignatureOption& option) {
  skip_modifiers();
  auto transform = read_transform(option, faults_);
  if (!transform) return;
  if (!sticky_ || in_base64_ || *sticky_ == Buffer::payload)
    return fail(option.at,
                fmt::format("{} turns a sticky buffer into something else: write one before it", option.name));
  if (transforms_.size() == transforms_limit)
    return fail(option.at, fmt::format("more than {} transforms over each other: write fewer", transforms_limit));
  transforms_.push_back(std::move(*transform));
  ++run_;
  after_part_ = false;
  skipping_ = false;
  sticky_used_ = false;
}

void SignatureParts::read_base64_data(const SignatureOption& option) {
  check_sticky_is_used();
  if (!base64_decode_) {
    skip_modifiers();
    return fail(option.at, "base64_data without a base64_decode before it: write one");
  }
  const auto& decoded = parts_[*base64_decode_].part;
  sticky_ = decoded.check_buffer;
  transforms_ = decoded.transforms;
  in_base64_ = true;
  ++run_;
  sticky_name_ = option.name;
  sticky_at_ = option.at;
  sticky_used_ = !has_no_value(option);
  after_part_ = false;
  skipping_ = false;
}

}  // namespace sluice
