#include "dataplane/sets/known_answer.hh"

#include <sys/auxv.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::size_t seed_bytes = 16;  // of AT_RANDOM
constexpr std::size_t label_digits = 32;
constexpr std::array<std::uint8_t, 8> discarded{0x01, 0x00};  // 100::/64

constexpr std::uint8_t value_of(char digit) noexcept {
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

KnownAnswer KnownAnswer::of_generation(std::uint32_t generation) {
  // A digest: libc takes its own secrets from the same bytes.
  Sha256 sum;
  sum.add(std::string_view{"sluice known answer"});
  sum.add(std::uint64_t{generation});
  if (const auto* const seed = reinterpret_cast<const char*>(::getauxval(AT_RANDOM)); seed != nullptr)
    sum.add(std::string_view{seed, seed_bytes});
  const auto digits = sum.hex();

  KnownAnswer answer;
  answer.name = digits.substr(0, label_digits) + ".probe.sluice.invalid";
  auto& bytes = answer.address.bytes;
  std::copy(discarded.begin(), discarded.end(), bytes.begin());
  for (std::size_t i = discarded.size(), at = label_digits; i < bytes.size(); ++i, at += 2)
    bytes[i] = static_cast<std::uint8_t>(value_of(digits[at]) << 4 | value_of(digits[at + 1]));
  return answer;
}

}  // namespace sluice
