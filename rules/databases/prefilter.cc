#include "rules/databases/prefilter.hh"

#include <hs/hs_compile.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "rules/text/sha256.hh"

namespace sluice {
namespace {

// What a signature is looked for by.
struct Choice {
  Buffer buffer{};
  std::string expression;
  unsigned flags = 0;
};

bool is_letter(char byte) noexcept { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

// Each byte as \xNN: no byte of a content has a meaning as an expression.
std::string literal(std::string_view bytes, bool fold) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 4);
  for (char byte : bytes) {
    if (fold && byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
    const auto value = static_cast<unsigned char>(byte);
    text += "\\x";
    text += digits[value >> 4U];
    text += digits[value & 0xfU];
  }
  return text;
}

// What of it is searched for: all, or the part that its fast_pattern names.
std::string_view searched(const Content& content) noexcept {
  const std::string_view bytes{content.bytes};
  if (content.fast_pattern_length == 0) return bytes;
  return bytes.substr(std::min<std::size_t>(content.fast_pattern_offset, bytes.size()), content.fast_pattern_length);
}

Choice choice_of(const Content& content) {
  // In one form where case has no meaning, so that signatures share patterns.
  const auto bytes = searched(content);
  const bool caseless = content.nocase && std::any_of(bytes.begin(), bytes.end(), is_letter);
  return {content.buffer, literal(bytes, caseless),
          HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | (caseless ? HS_FLAG_CASELESS : 0U)};
}

// What is left out only narrows: A (anchored) and E (dollar_end) say where a match may stand, G (ungreedy) how long it
// is. R (relative) begins at the start of the buffer, since a signature is looked for by its pcre only where no content
// and no pcre before it could have matched.
Choice choice_of(const Pcre& pcre) {
  return {pcre.buffer, (pcre.extended ? "(?x)" : "") + pcre.expression,
          HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | (pcre.nocase ? HS_FLAG_CASELESS : 0U) |
              (pcre.multiline ? HS_FLAG_MULTILINE : 0U) | (pcre.dot_all ? HS_FLAG_DOTALL : 0U)};
}

// One byte stands in nearly every message, so looking for it spares nothing; and a hundred such patterns take Hyperscan
// 5.4.0 twenty seconds to compile, where as many of two bytes take 3 ms.
constexpr std::size_t least_bytes = 2;

// The parts that are looked at together: of a signature that looks in the payload and in a message, each half.
enum class Half { all, message, payload };

bool is_in(const SignaturePart& part, Half half) {
  return half == Half::all || (half == Half::payload) == (part.buffer() == Buffer::payload);
}

// A message may match without the buffer.
bool may_be_absent(const Signature& signature, Buffer buffer) {
  return std::any_of(signature.parts.begin(), signature.parts.end(), [&](const SignaturePart& part) {
    return part.buffer() == buffer && part.check && std::holds_alternative<Absent>(*part.check);
  });
}

const Content* best_content(const Signature& signature, Half half) {
  const Content* best = nullptr;
  for (const auto& part : signature.parts) {
    if (!is_in(part, half)) continue;
    if (!part.content || part.content->negated || !part.is_plain()) continue;
    if (searched(*part.content).size() < least_bytes || may_be_absent(signature, part.buffer())) continue;
    if (part.content->fast_pattern) return &*part.content;
    if (best == nullptr || part.content->bytes.size() > best->bytes.size()) best = &*part.content;
  }
  return best;
}

// Only of a signature that no positive content, not even a short one, stands in before it, nor anything that moves the
// place from which a relative one counts: see choice_of().
const Pcre* first_pcre(const Signature& signature, Half half) {
  for (const auto& part : signature.parts) {
    if (!is_in(part, half) || !part.is_plain()) continue;
    if (part.content && !part.content->negated) return nullptr;
    const auto* const bytes = part.check ? std::get_if<ByteOperation>(&*part.check) : nullptr;
    if (bytes != nullptr && bytes->kind != ByteOperation::Kind::test) return nullptr;
    if (part.pcre && !part.pcre->negated) return may_be_absent(signature, part.buffer()) ? nullptr : &*part.pcre;
  }
  return nullptr;
}

}  // namespace

bool PrefilterPattern::is_literal() const noexcept { return (flags & HS_FLAG_PREFILTER) == 0; }
unsigned PrefilterPattern::stream_flags() const noexcept { return flags & ~unsigned{HS_FLAG_SINGLEMATCH}; }

Prefilter make_prefilter(const SignatureList& signatures) {
  Prefilter prefilter;
  std::array<std::unordered_map<std::string, std::size_t>, buffer_count> known;
  const auto add = [&](std::uint32_t row, Half half) {
    Choice choice;
    if (const auto* content = best_content(signatures[row], half)) {
      choice = choice_of(*content);
    } else if (const auto* pcre = first_pcre(signatures[row], half)) {
      choice = choice_of(*pcre);
    } else {
      return false;
    }
    const auto buffer = static_cast<std::size_t>(choice.buffer);
    auto& patterns = prefilter.patterns[buffer];
    const auto key = std::to_string(choice.flags) + ' ' + choice.expression;
    const auto [place, fresh] = known[buffer].try_emplace(key, patterns.size());
    if (fresh) patterns.push_back({std::move(choice.expression), choice.flags, {}});
    patterns[place->second].signatures.push_back(row);
    return true;
  };
  for (std::uint32_t row = 0; row < signatures.size(); ++row) {
    const auto& parts = signatures[row].parts;
    const auto is_payload = [](const SignaturePart& part) { return part.buffer() == Buffer::payload; };
    const bool is_of_messages =
        !signatures[row].numbers.empty() ||
        std::any_of(parts.begin(), parts.end(), [](const SignaturePart& part) { return is_of_message(part.buffer()); });
    const bool is_mixed = is_of_messages && std::any_of(parts.begin(), parts.end(), is_payload);
    bool found = add(row, is_mixed ? Half::message : Half::all);
    if (is_mixed) found = add(row, Half::payload) && found;
    if (!found) prefilter.unfiltered.push_back(row);
  }
  return prefilter;
}

std::string prefilter_digest(const Prefilter& prefilter) {
  Sha256 sum;
  for (const auto& patterns : prefilter.patterns) {
    sum.add(std::uint64_t{patterns.size()});
    for (const auto& pattern : patterns) {
      sum.add(std::uint64_t{pattern.flags});
      sum.add(std::uint64_t{pattern.expression.size()});
      sum.add(pattern.expression);
    }
  }
  return sum.hex();
}

}  // namespace sluice
