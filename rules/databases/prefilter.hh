// Which pattern of each signature the pattern matcher looks for. A pure function of the signatures, so that the
// program that compiles and the one that matches agree on pattern numbers without exchanging them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/signatures/buffer.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

// One pattern of one buffer's database; several signatures may share it.
struct PrefilterPattern {
  std::string expression;                 // as Hyperscan takes it
  unsigned flags = 0;                     // HS_FLAG_*
  std::vector<std::uint32_t> signatures;  // positions in the list

  // The bytes of a content, not a superset of a regular expression.
  [[nodiscard]] bool is_literal() const noexcept;
  // As a database for streams takes it. Without HS_FLAG_SINGLEMATCH: a content that stands there first in vain may
  // stand there again, and of 100,000 patterns each stream would keep 13 KiB of what was seen.
  [[nodiscard]] unsigned stream_flags() const noexcept;
};

struct Prefilter {
  // Pattern ids are positions in these lists.
  std::array<std::vector<PrefilterPattern>, buffer_count> patterns;
  // Signatures without a pattern, which every message of their protocol must be tried against: those that only say what
  // must be absent, those whose positive contents are of one byte, and those that look only into what transforms and
  // base64_decode make.
  std::vector<std::uint32_t> unfiltered;
};

// Of each signature (of one that looks in the payload and in a message, of each half of it) its fast_pattern, else its
// longest positive content (both of two bytes at least), else, without any positive content, its first positive pcre
// (as a HS_FLAG_PREFILTER superset). Every pattern is HS_FLAG_SINGLEMATCH: it is reported once a buffer, however often
// it stands there.
[[nodiscard]] Prefilter make_prefilter(const SignatureList& signatures);

// SHA-256 over all patterns and their places, hex. Databases carry it: those of other patterns, or of a version of this
// program that chose otherwise, would name the wrong signatures.
[[nodiscard]] std::string prefilter_digest(const Prefilter& prefilter);

}  // namespace sluice
