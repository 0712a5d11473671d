#include <string_view>

#include "dataplane/signatures/signature_set_parts.hh"

// Databases that are asked for what stands in them.
namespace sluice {
namespace {

struct Sought {
  unsigned pattern;
  bool found = false;
};

int note(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) noexcept {
  auto& sought = *static_cast<Sought*>(context);
  sought.found = sought.found || id == sought.pattern;
  return 0;
}

// A literal is written as `\xNN` for each of its bytes (prefilter.hh).
std::string bytes_of(std::string_view expression) {
  constexpr std::size_t written = 4;
  const auto value_of = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
  std::string bytes;
  for (std::size_t at = 0; at + written <= expression.size(); at += written)
    bytes += static_cast<char>(value_of(expression[at + 2]) << 4 | value_of(expression[at + 3]));
  return bytes;
}

}  // namespace

std::optional<KnownText> known_text(const std::vector<PrefilterPattern>& patterns) {
  for (std::size_t id = 0; id < patterns.size(); ++id)
    if (patterns[id].is_literal()) return KnownText{static_cast<std::uint32_t>(id), bytes_of(patterns[id].expression)};
  return std::nullopt;
}

std::optional<std::size_t> SignatureSet::first_silent(SignatureScratch& scratch) const noexcept {
  auto& own = scratch.parts();
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* const database = parts_->databases[number].get();
    if (database == nullptr) continue;
    const auto& known = parts_->known[number];
    Sought sought{known ? known->pattern : 0};
    // Of supersets of expressions no such text is known, but the scan has to go through.
    const auto text = known ? as_bytes(known->bytes) : as_bytes("");
    if (own.hyperscan.scan(*database, text, note, &sought) != HS_SUCCESS || (known && !sought.found)) return number;
  }
  if (own.known_stream == nullptr) return std::nullopt;
  const auto& known = parts_->known[static_cast<std::size_t>(Buffer::payload)];
  Sought sought{known->pattern};
  if (hs_reset_stream(own.known_stream.get(), 0, nullptr, nullptr, nullptr) != HS_SUCCESS ||
      own.hyperscan.feed(*own.known_stream, as_bytes(known->bytes), note, &sought) != HS_SUCCESS || !sought.found)
    return buffer_count;
  return std::nullopt;
}

}  // namespace sluice
