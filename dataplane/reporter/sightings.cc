#include "dataplane/reporter/sightings.hh"

#include <algorithm>
#include <cstring>

namespace sluice {
namespace {

// FNV-1a over words; that nobody can choose what collides is the table's to see to, and who wants to hide what his
// device says can simply not say it.
std::uint64_t digest_of(Bytes said) noexcept {
  auto digest = std::uint64_t{0xcbf29ce484222325} ^ said.size();
  while (!said.empty()) {
    std::uint64_t word = 0;
    const auto size = std::min(said.size(), sizeof word);
    std::memcpy(&word, said.data(), size);
    digest = (digest ^ word) * 0x100000001b3;
    digest ^= digest >> 32;
    said = said.subspan(size);
  }
  return digest;
}

}  // namespace

bool Sightings::is_news(const Address& device, Bytes said, Tick now) noexcept {
  const Entry::Key key{device, digest_of(said)};
  auto& entry = known_.place(key);
  // A capture's clock may run backwards; what lies in the past by more than an hour is over, too.
  if (std::memcmp(&entry.key, &key, sizeof key) == 0 && now < entry.until && entry.until - now <= memory) return false;
  if (now - second_ >= std::chrono::seconds{1} || now < second_) {
    second_ = now;
    in_second_ = 0;
  }
  if (++in_second_ > limit_a_second) return false;
  entry = {key, now + memory};
  return true;
}

}  // namespace sluice
