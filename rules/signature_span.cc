#include "rules/signature_span.hh"

#include <algorithm>

namespace sluice {
namespace {

// Contents that stand relative to each other, in order.
struct Chain {
  std::optional<std::uint64_t> last_begin;  // of the first one, from the start of the buffer
  std::int64_t first = 0;                   // lowest byte, from the head's first
  std::int64_t end = 0;                     // behind the highest
  std::int64_t least_end = 0;               // of the part before, from the head's first: at least ...
  std::int64_t last_end = 0;                // ... and at most
};

Chain chain_of(const Content& head) {
  Chain chain;
  const auto size = static_cast<std::int64_t>(head.bytes.size());
  if (head.depth) chain.last_begin = std::uint64_t{head.offset.value_or(0)} + *head.depth - head.bytes.size();
  if (head.startswith) chain.last_begin = 0;
  chain.end = chain.least_end = chain.last_end = size;
  return chain;
}

// False where it may stand anywhere behind.
bool add(Chain& chain, const Content& content) {
  if (!content.within) return content.negated;
  const auto distance = std::int64_t{content.distance.value_or(0)};
  const auto begin = chain.least_end + distance;
  const auto end = chain.last_end + distance + *content.within;
  chain.first = std::min(chain.first, begin);
  chain.end = std::max(chain.end, end);
  if (content.negated) return true;
  chain.least_end = begin + static_cast<std::int64_t>(content.bytes.size());
  chain.last_end = end;
  return true;
}

}  // namespace

std::optional<std::uint64_t> signature_span(const Signature& signature) {
  std::vector<Chain> chains;
  for (const auto& part : signature.parts) {
    if (part.pcre) {
      if (part.pcre->negated) continue;
      return std::nullopt;  // as long as it likes
    }
    const auto& content = *part.content;
    const bool is_relative = content.distance || content.within;
    if (is_relative && !chains.empty()) {
      if (!add(chains.back(), content)) return std::nullopt;
    } else if (!content.negated) {
      chains.push_back(chain_of(content));
    }
  }
  if (chains.empty()) return 0;
  if (chains.size() == 1) return static_cast<std::uint64_t>(chains.front().end - chains.front().first);
  std::uint64_t span = 0;
  for (const auto& chain : chains) {
    if (!chain.last_begin) return std::nullopt;
    span = std::max(span, *chain.last_begin + static_cast<std::uint64_t>(chain.end));
  }
  return span;
}

}  // namespace sluice
