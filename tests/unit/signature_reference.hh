// What a signature means, written down once more: slow, obvious, and with nothing of the data plane in it. Places are
// kept as sets, so there is nothing to try again and no limit; regular expressions are those of the standard library.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>
#include <regex>
#include <set>
#include <string>

#include "dataplane/signature_input.hh"

namespace sluice::test {

using Places = std::set<std::int64_t>;

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

inline bool reference_matches(const Signature& signature, const SignatureInput& input) {
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto buffer = input.buffers[number];
    const ReferenceText text{std::string{buffer.begin(), buffer.end()},
                             static_cast<std::int64_t>(number == 0 ? input.payload_position : 0)};
    Places reached{0};
    for (const auto& part : signature.parts) {
      if (static_cast<std::size_t>(part.content ? part.content->buffer : part.pcre->buffer) != number) continue;
      if (buffer.data() == nullptr) return false;
      const bool negated = part.content ? part.content->negated : part.pcre->negated;
      Places next;
      for (const auto previous : reached) {
        const auto ends =
            part.content ? reference_ends(*part.content, text, previous) : reference_ends(*part.pcre, text, previous);
        if (!negated)
          next.insert(ends.begin(), ends.end());
        else if (ends.empty() &&
                 !(part.content ? reference_gone(*part.content, text, previous) : reference_gone(*part.pcre, text)))
          next.insert(previous);
      }
      reached = next;
    }
    if (reached.empty()) return false;
  }
  return true;
}

}  // namespace sluice::test
