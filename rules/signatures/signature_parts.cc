#include "rules/signatures/signature_parts.hh"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rules/signatures/buffer_name.hh"
#include "rules/signatures/signature_content.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr auto content_keywords = std::to_array<std::string_view>({
    "content",
    "uricontent",
    "rawbytes",
    "nocase",
    "offset",
    "depth",
    "distance",
    "within",
    "startswith",
    "endswith",
    "fast_pattern",
    "pcre",
    "pkt_data",
});

std::vector<std::string_view> all_keywords() {
  std::vector<std::string_view> names{content_keywords.begin(), content_keywords.end()};
  names.insert(names.end(), buffer_keywords().begin(), buffer_keywords().end());
  return names;
}

}  // namespace

std::span<const std::string_view> SignatureParts::keywords() noexcept {
  static const auto names = all_keywords();
  return names;
}

bool SignatureParts::read(const SignatureOption& option) {
  if (read_beside(option)) return true;
  if (std::find(keywords().begin(), keywords().end(), option.name) == keywords().end()) return false;
  const auto name = option.name;
  if (const auto buffer = sticky_buffer(name)) {
    read_sticky(option, *buffer);
  } else if (const auto moved = modifier_buffer(name)) {
    read_buffer_modifier(option, *moved);
  } else if (const auto valued = valued_buffer(name)) {
    read_valued(option, *valued);
  } else if (name == "pkt_data") {
    read_packet_data(option);
  } else if (name == "content" || name == "uricontent") {
    read_content(option);
  } else if (name == "pcre") {
    read_expression(option);
  } else if (name == "fast_pattern") {
    read_fast_pattern(option);
  } else if (name == "nocase" || name == "startswith" || name == "endswith" || name == "rawbytes") {
    read_flag(option);
  } else {
    read_position(option);
  }
  return true;
}

void SignatureParts::skip_modifiers() noexcept {
  skipping_ = true;
  sticky_used_ = true;
}

std::vector<PlacedPart> SignatureParts::finish() {
  check_sticky_is_used();
  if (parts_.size() > signature_part_limit)
    fail(parts_[signature_part_limit].at,
         fmt::format("more than {} contents and expressions: split the rule", signature_part_limit));
  return std::move(parts_);
}

bool SignatureParts::has_no_value(const SignatureOption& option) {
  if (!option.value) return true;
  fail(option.value_at, fmt::format("{} takes no value: write {};", option.name, option.name));
  return false;
}

void SignatureParts::add(PlacedPart part) {
  part.run = run_;
  part.part.in_base64 = in_base64_;
  // What was decoded belongs to the value that it was decoded from.
  part.part.mention = in_base64_ ? parts_[*base64_decode_].part.mention : static_cast<std::uint16_t>(run_);
  if (sticky_ && part.buffer() == *sticky_) part.part.transforms = transforms_;
  parts_.push_back(std::move(part));
  after_part_ = true;
  skipping_ = false;
}

PlacedPart* SignatureParts::modified(const SignatureOption& option) {
  if (skipping_) return nullptr;
  if (after_part_ && parts_.back().part.content) return &parts_.back();
  fail(option.at,
       fmt::format("{} modifies the content before it, and there is none: write it behind a content", option.name));
  return nullptr;
}

void SignatureParts::read_content(const SignatureOption& option) {
  skip_modifiers();
  const auto value = quoted_value(option, true, faults_);
  if (!value) return;
  auto bytes = content_bytes(*value, faults_);
  if (!bytes) return;
  PlacedPart placed;
  placed.at = option.at;
  placed.part.content.emplace();
  placed.part.content->buffer = sticky_.value_or(Buffer::payload);
  if (option.name == "uricontent") {
    if (sticky_)
      return fail(option.at, fmt::format("uricontent behind {}: write http.uri and a content", sticky_name_));
    placed.part.content->buffer = Buffer::http_uri;
  }
  const bool is_extension = option.name == "fileext";
  if (is_extension) bytes->insert(bytes->begin(), '.');
  placed.part.content->nocase = is_extension || option.name == "filename";
  placed.part.content->endswith = is_extension;
  placed.part.content->bytes = std::move(*bytes);
  placed.part.content->negated = value->negated;
  add(std::move(placed));
}

// tls.subject:"CN=a"; a sticky buffer and its one content.
void SignatureParts::read_valued(const SignatureOption& option, Buffer buffer) {
  check_sticky_is_used();
  sticky_ = buffer;
  ++run_;
  sticky_used_ = true;
  transforms_.clear();
  in_base64_ = false;
  read_content(option);
  sticky_.reset();
  after_part_ = false;
}

void SignatureParts::read_expression(const SignatureOption& option) {
  skip_modifiers();
  const auto value = pcre_value(option, faults_);
  if (!value) return;
  auto read = read_pcre(*value, faults_);
  if (!read) return;
  if (read->names_buffer && sticky_)
    return fail(option.at, fmt::format("the flag of this pcre names {}, and {} stands before it: remove one of the two",
                                       text_of(read->pcre.buffer), sticky_name_));
  if (!read->names_buffer) read->pcre.buffer = sticky_.value_or(Buffer::payload);
  PlacedPart placed;
  placed.at = option.at;
  placed.relative_at = read->pcre.relative ? option.at : 0;
  placed.part.pcre = std::move(read->pcre);
  add(std::move(placed));
}

template <typename Number>
bool SignatureParts::read_number(const SignatureOption& option, std::optional<Number>& number, PartVariable& variable,
                                 std::int64_t low, std::int64_t high) {
  if (number || variable) {
    fail(option.at, fmt::format("{} stands twice for one content: remove one", option.name));
    return false;
  }
  const auto text = option.value.value_or(std::string_view());
  const auto value = signed_number(text, low, high);
  if (!value) variable = variables_.find(text);
  if (!value && !variable) {
    fail(option.value_at,
         fmt::format("{}:\"{}\" is not matched here: write a number from {} to {}, or what a byte_extract "
                     "or byte_math before this sets",
                     option.name, printable(text), low, high));
    return false;
  }
  if (value) number = static_cast<Number>(*value);
  return true;
}

void SignatureParts::read_position(const SignatureOption& option) {
  auto* const placed = modified(option);
  if (placed == nullptr) return;
  auto& content = *placed->part.content;
  const auto name = option.name;
  const bool relative = name == "distance" || name == "within";
  // A window that the content does not fit into would never match.
  const auto size = static_cast<std::int64_t>(content.bytes.size());
  const bool read =
      name == "offset"     ? read_number(option, content.offset, content.offset_variable, 0, content_position_limit)
      : name == "depth"    ? read_number(option, content.depth, content.depth_variable, size, content_position_limit)
      : name == "distance" ? read_number(option, content.distance, content.distance_variable, -content_distance_limit,
                                         content_distance_limit)
                           : read_number(option, content.within, content.within_variable, size, content_distance_limit);
  if (read) (relative ? placed->relative_at : placed->absolute_at) = option.at;
}

void SignatureParts::read_flag(const SignatureOption& option) {
  auto* const placed = modified(option);
  if (placed == nullptr || !has_no_value(option)) return;
  if (option.name == "rawbytes") return;  // no buffer here holds anything else
  auto& content = *placed->part.content;
  auto& flag = option.name == "nocase"       ? content.nocase
               : option.name == "startswith" ? content.startswith
                                             : content.endswith;
  if (flag) return fail(option.at, fmt::format("{} stands twice for one content: remove one", option.name));
  flag = true;
  if (option.name == "nocase") placed->nocase_at = option.at;
}

void SignatureParts::read_fast_pattern(const SignatureOption& option) {
  auto* const placed = modified(option);
  if (placed == nullptr) return;
  const auto size = static_cast<std::int64_t>(placed->part.content->bytes.size());
  const auto words = comma_words(option);
  if (words.size() == 2) {
    const auto offset = signed_number(words[0].text, 0, size - 1);
    const auto length = signed_number(words[1].text, 1, offset ? size - *offset : size);
    if (!offset || !length)
      return fail(option.value_at,
                  fmt::format("no part of a content of {} bytes: write fast_pattern:OFFSET,LENGTH", size));
    placed->part.content->fast_pattern_offset = static_cast<std::uint8_t>(*offset);
    placed->part.content->fast_pattern_length = static_cast<std::uint8_t>(*length);
  } else if (option.value && option.value != "only") {
    return fail(option.value_at, "fast_pattern takes nothing, only, or OFFSET,LENGTH: write one of them");
  }
  if (placed->part.content->fast_pattern)
    return fail(option.at, "fast_pattern stands twice for one content: remove one");
  placed->part.content->fast_pattern = true;
  placed->fast_pattern_at = option.at;
  placed->fast_pattern_only = option.value == "only";
}

void SignatureParts::read_sticky(const SignatureOption& option, Buffer buffer) {
  check_sticky_is_used();
  sticky_ = buffer;
  ++run_;
  sticky_name_ = option.name;
  sticky_at_ = option.at;
  sticky_used_ = !has_no_value(option);  // said enough of it
  transforms_.clear();
  in_base64_ = false;
  after_part_ = false;
  skipping_ = false;
}

// What follows looks where nothing was named.
void SignatureParts::read_packet_data(const SignatureOption& option) {
  check_sticky_is_used();
  sticky_.reset();
  ++run_;
  sticky_used_ = true;
  transforms_.clear();
  in_base64_ = false;
  after_part_ = false;
  skipping_ = false;
  (void)has_no_value(option);
}

void SignatureParts::check_sticky_is_used() {
  if (!sticky_used_)
    fail(sticky_at_, fmt::format("nothing looks in {}: write a content or a pcre behind it", sticky_name_));
}

void SignatureParts::read_buffer_modifier(const SignatureOption& option, Buffer buffer) {
  auto* const placed = modified(option);
  if (placed == nullptr || !has_no_value(option)) return;
  if (sticky_)
    return fail(option.at, fmt::format("{} behind a content that looks in {} already: write the sticky buffer {} "
                                       "before the content instead",
                                       option.name, sticky_name_, text_of(buffer)));
  if (placed->part.content->buffer != Buffer::payload)
    return fail(option.at, fmt::format("this content looks in {} already: remove one of the two",
                                       text_of(placed->part.content->buffer)));
  placed->part.content->buffer = buffer;
}

}  // namespace sluice
