#include "rules/signatures/signature_span.hh"

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
  if (head.offset_variable || head.depth_variable) chain.last_begin.reset();
  chain.end = chain.least_end = chain.last_end = size;
  return chain;
}

// False where it may stand anywhere behind.
bool add(Chain& chain, const Content& content) {
  if (content.distance_variable || content.within_variable) return false;
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

// Of what is read `offset` behind the part before; false where nobody knows where that is, or where it leads.
bool add(Chain& chain, std::int64_t offset, std::int64_t bytes, bool moves) {
  chain.first = std::min(chain.first, chain.least_end + offset);
  chain.end = std::max(chain.end, chain.last_end + offset + bytes);
  if (!moves) return true;
  chain.least_end += offset;
  chain.last_end += offset + bytes;
  return true;
}

bool add(Chain& chain, const PartCheck& check) {
  if (const auto* const data = std::get_if<DataAt>(&check))
    return data->negated || (!data->variable && add(chain, 0, data->position, false));
  if (const auto* const decode = std::get_if<Base64Decode>(&check))
    return decode->bytes != 0 && add(chain, decode->offset, decode->bytes, false);
  const auto* const bytes = std::get_if<ByteOperation>(&check);
  if (bytes == nullptr) return true;
  if (bytes->bytes_variable || bytes->offset_variable || bytes->kind == ByteOperation::Kind::jump) return false;
  return add(chain, bytes->offset, bytes->bytes, bytes->kind != ByteOperation::Kind::test);
}

// What is looked at from the start of the stream.
std::optional<Chain> chain_of(const PartCheck& check) {
  Chain chain;
  chain.last_begin = 0;
  if (!add(chain, check) || chain.first < 0) return std::nullopt;
  return chain;
}

bool is_relative(const PartCheck& check) {
  if (const auto* const data = std::get_if<DataAt>(&check)) return data->relative;
  if (const auto* const bytes = std::get_if<ByteOperation>(&check)) return bytes->relative;
  const auto* const decode = std::get_if<Base64Decode>(&check);
  return decode != nullptr && decode->relative;
}

}  // namespace

std::optional<std::uint64_t> signature_span(const Signature& signature) {
  std::vector<Chain> chains;
  for (const auto& part : signature.parts) {
    if (part.in_base64) continue;  // no part of the stream
    if (part.pcre) {
      if (part.pcre->negated) continue;
      return std::nullopt;  // as long as it likes
    }
    if (part.check) {
      if (is_relative(*part.check) && !chains.empty()) {
        if (!add(chains.back(), *part.check)) return std::nullopt;
        continue;
      }
      const auto chain = chain_of(*part.check);
      if (!chain) return std::nullopt;
      chains.push_back(*chain);
      continue;
    }
    const auto& content = *part.content;
    if (content.is_relative() && !chains.empty()) {
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
