// What a signature means, written down once more: slow, obvious, and with nothing of the data plane in it. Places are
// kept as sets, so there is nothing to try again and no limit; regular expressions are those of the standard library.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "dataplane/signatures/signature_input.hh"

namespace sluice::test {

using Places = std::set<std::int64_t>;

// Where the next part counts from, and what the variables are.
using ReferenceValues = std::array<std::uint64_t, signature_variable_limit>;
using ReferenceStates = std::set<std::pair<std::int64_t, ReferenceValues>>;

// A buffer as text, and where in its stream it begins.
struct ReferenceText {
  std::string bytes;
  std::int64_t position = 0;
};

inline bool reference_same(const Content& content, const std::string& text) {
  return std::equal(text.begin(), text.end(), content.bytes.begin(), content.bytes.end(), [&](char a, char b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return content.nocase ? lower(a) == lower(b) : a == b;
  });
}

// The ends of all places where the content stands, looked for behind `previous`.
inline Places reference_ends(const Content& content, const ReferenceText& text, std::int64_t previous) {
  const auto size = static_cast<std::int64_t>(content.bytes.size());
  const auto length = static_cast<std::int64_t>(text.bytes.size());
  Places ends;
  for (std::int64_t at = 0; at + size <= length; ++at) {
    const auto begin = text.position + at;
    const auto end = begin + size;
    const std::int64_t offset = content.offset.value_or(0);
    const std::int64_t from = previous + content.distance.value_or(0);
    if (!reference_same(content, text.bytes.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size))))
      continue;
    if (content.startswith && begin != 0) continue;
    if (content.endswith && at + size != length) continue;
    if (begin < offset) continue;
    if (content.depth && end > offset + *content.depth) continue;
    if ((content.distance || content.within) && begin < from) continue;
    if (content.within && end > from + *content.within) continue;
    ends.insert(end);
  }
  return ends;
}

// Whether all that was asked about had gone by before this buffer began: then nothing can be said.
inline bool reference_gone(const Content& content, const ReferenceText& text, std::int64_t previous) {
  auto behind = std::numeric_limits<std::int64_t>::max();
  if (content.startswith) behind = static_cast<std::int64_t>(content.bytes.size());
  if (content.depth) behind = std::min<std::int64_t>(behind, std::int64_t{content.offset.value_or(0)} + *content.depth);
  if (content.within)
    behind = std::min<std::int64_t>(behind, previous + content.distance.value_or(0) + *content.within);
  return text.position > 0 && behind <= text.position;
}

inline Places reference_ends(const Pcre& pcre, const ReferenceText& text, std::int64_t previous) {
  auto options = std::regex::ECMAScript;
  if (pcre.nocase) options |= std::regex::icase;
  const std::regex expression{pcre.expression, options};
  const auto origin = pcre.relative ? std::max<std::int64_t>(previous - text.position, 0) : 0;
  const auto subject = text.bytes.substr(static_cast<std::size_t>(origin));
  Places ends;
  // What begins in the middle of a stream is not its beginning: its first byte is what an expression may look back to.
  const std::size_t first = !pcre.relative && text.position > 0 && !subject.empty() ? 1 : 0;
  if (first > 0 && pcre.anchored) return {};
  for (std::size_t start = first; start <= subject.size(); ++start) {
    std::smatch match;
    auto how = std::regex_constants::match_continuous;
    if (start > 0) how |= std::regex_constants::match_prev_avail;
    const auto from = subject.begin() + static_cast<std::ptrdiff_t>(start);
    if (std::regex_search(from, subject.end(), match, expression, how))
      ends.insert(text.position + origin + (match[0].second - subject.begin()));
    if (pcre.anchored) break;
  }
  return ends;
}

inline bool reference_gone(const Pcre& pcre, const ReferenceText& text) {
  return pcre.anchored && !pcre.relative && text.position > 0 && !text.bytes.empty();
}

// A content with its variables as the numbers that they are.
inline Content reference_written(Content content, const ReferenceValues& values) {
  const auto number = [&](const PartVariable& variable) { return static_cast<std::int32_t>(values[*variable]); };
  if (content.offset_variable) content.offset = number(content.offset_variable);
  if (content.distance_variable) content.distance = number(content.distance_variable);
  return content;
}

// Where an operation leads, if it holds.
inline std::optional<std::int64_t> reference_apply(const ByteOperation& operation, const ReferenceText& text,
                                                   std::int64_t previous, ReferenceValues& values) {
  const auto length = static_cast<std::int64_t>(text.bytes.size());
  auto at = operation.offset - text.position;
  if (operation.relative) at += previous;
  if (at < 0 || at + operation.bytes > length || at >= length) return std::nullopt;
  const auto taken = text.bytes.substr(static_cast<std::size_t>(at), operation.bytes);
  std::uint64_t number = 0;
  auto size = static_cast<std::int64_t>(taken.size());
  if (operation.text) {
    char* end = nullptr;
    number = std::strtoull(taken.c_str(), &end, operation.base);
    size = end - taken.c_str();
    if (size == 0) return std::nullopt;
  } else {
    std::string digits{taken};
    if (operation.little) std::reverse(digits.begin(), digits.end());
    for (const char digit : digits) number = number * 256 + static_cast<unsigned char>(digit);
  }
  const auto behind = text.position + at + size;
  if (operation.kind == ByteOperation::Kind::test) {
    const bool holds =
        operation.operation == ByteOperation::Operator::less ? number < operation.value : number == operation.value;
    return holds != operation.negated ? std::optional{previous} : std::nullopt;
  }
  if (operation.kind == ByteOperation::Kind::jump) {
    auto target = static_cast<std::int64_t>(number) + operation.post_offset;
    if (operation.from == ByteOperation::From::number) target += behind;
    if (operation.from == ByteOperation::From::end) target += text.position + length;
    target = std::max<std::int64_t>(target, 0);
    if (target < text.position || target >= text.position + length) return std::nullopt;
    return target;
  }
  values[operation.result] = number;
  return behind;
}

// What a part leaves over of a state; nothing where it does not hold.
inline ReferenceStates reference_next(const SignaturePart& part, const ReferenceText& text, std::int64_t previous,
                                      const ReferenceValues& values) {
  ReferenceStates next;
  if (part.check) {
    if (const auto* const operation = std::get_if<ByteOperation>(&*part.check)) {
      auto changed = values;
      if (const auto at = reference_apply(*operation, text, previous, changed)) next.insert({*at, changed});
      return next;
    }
    const auto& data = std::get<DataAt>(*part.check);
    const auto end = text.position + static_cast<std::int64_t>(text.bytes.size());
    const std::int64_t position = data.variable ? static_cast<std::int64_t>(values[*data.variable]) : data.position;
    const bool there = data.relative ? previous + position <= end : position < end;
    if (there != data.negated) next.insert({previous, values});
    return next;
  }
  const auto content = part.content ? std::optional{reference_written(*part.content, values)} : std::nullopt;
  const auto ends = content ? reference_ends(*content, text, previous) : reference_ends(*part.pcre, text, previous);
  if (!part.negated()) {
    for (const auto end : ends) next.insert({end, values});
  } else if (ends.empty() && !(content ? reference_gone(*content, text, previous) : reference_gone(*part.pcre, text))) {
    next.insert({previous, values});
  }
  return next;
}

inline bool reference_matches(const Signature& signature, const SignatureInput& input) {
  std::vector<Buffer> buffers;  // in the order in which they are named
  for (const auto& part : signature.parts)
    if (std::find(buffers.begin(), buffers.end(), part.buffer()) == buffers.end()) buffers.push_back(part.buffer());
  ReferenceValues values{};
  for (const auto named : buffers) {
    const auto buffer = input.buffers[static_cast<std::size_t>(named)];
    if (buffer.data() == nullptr) return false;
    const ReferenceText text{std::string{buffer.begin(), buffer.end()},
                             static_cast<std::int64_t>(named == Buffer::payload ? input.payload_position : 0)};
    ReferenceStates reached{{0, values}};
    for (const auto& part : signature.parts) {
      if (part.buffer() != named) continue;
      ReferenceStates next;
      for (const auto& [previous, state] : reached) next.merge(reference_next(part, text, previous, state));
      reached = next;
    }
    if (reached.empty()) return false;
  }
  return true;
}

}  // namespace sluice::test
