#include "dataplane/sets/name_set.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), fed from the last byte to the first, so that the hash of
// every suffix of a name falls out of one walk over it.
constexpr std::uint64_t hash_start = 0xcbf29ce484222325;
constexpr std::uint64_t step(std::uint64_t hash, char byte) noexcept {
  return (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
}
// FNV's low bits are weak in the first bytes: what says where to look, the upper half, takes a spread of all.
constexpr std::uint64_t spread(std::uint64_t hash) noexcept { return (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15; }
constexpr std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }

std::uint64_t hash_of(std::string_view name) noexcept {
  auto hash = hash_start;
  for (auto at = name.rbegin(); at != name.rend(); ++at) hash = step(hash, *at);
  return hash;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

}  // namespace

// Two thirds of the places are taken at most: five buckets of six have one left then.
void NameSet::reserve(std::size_t names, std::shared_ptr<const RowNames> texts, std::string other) {
  buckets_.resize((names + names / 2) / Bucket::places + 1);
  texts_ = std::move(texts);
  other_ = std::move(other);
}

std::size_t NameSet::bucket_of(std::uint64_t hash) const noexcept {
  return static_cast<std::size_t>((spread(hash) >> 32) * buckets_.size() >> 32);
}

std::size_t NameSet::after(std::size_t bucket) const noexcept { return bucket + 1 == buckets_.size() ? 0 : bucket + 1; }

std::string_view NameSet::name_of(std::uint32_t row) const noexcept {
  return row < texts_->size() ? texts_->name(row) : std::string_view{other_};
}

void NameSet::add(std::string_view name, std::uint32_t row, bool covers_below) {
  if (name.empty() || name.size() > name_limit) return;
  const auto hash = hash_of(name);
  auto at = bucket_of(hash);
  while (buckets_[at].is_full()) at = after(at);
  auto& bucket = buckets_[at];
  const auto place = static_cast<std::size_t>(std::ranges::find(bucket.rows, Bucket::empty) - bucket.rows.begin());
  bucket.tags[place] = tag_of(hash);
  bucket.rows[place] = row | (covers_below ? Bucket::covers_bit : 0);
}

void NameSet::match_suffix(std::string_view suffix, std::uint64_t hash, bool is_whole, Hits& hits) const noexcept {
  for (auto at = bucket_of(hash);; at = after(at)) {
    const auto& bucket = buckets_[at];
    std::uint32_t alike = 0;
    for (std::size_t place = 0; place < Bucket::places; ++place)
      alike |= static_cast<std::uint32_t>(bucket.tags[place] == tag_of(hash)) << place;
    for (; alike != 0; alike &= alike - 1) {
      const auto entry = bucket.rows[static_cast<std::size_t>(__builtin_ctz(alike))];
      const auto row = entry & ~Bucket::covers_bit;
      if (entry == Bucket::empty || (!is_whole && (entry & Bucket::covers_bit) == 0)) continue;
      if (name_of(row) == suffix) hits.add(row);
    }
    if (!bucket.is_full()) return;
  }
}

void NameSet::match(std::string_view wire_name, Hits& hits) const noexcept {
  if (!wire_name.empty() && wire_name.back() == '.') wire_name.remove_suffix(1);
  if (wire_name.empty() || wire_name.size() > name_limit) return;
  std::array<char, name_limit> buffer;
  std::transform(wire_name.begin(), wire_name.end(), buffer.begin(), lower);
  const std::string_view name{buffer.data(), wire_name.size()};

  // Each start of a label is one look-up. All are known before the first is made, so that memory answers them together.
  struct Suffix {
    std::uint64_t hash;
    std::size_t at;
  };
  std::array<Suffix, (name_limit + 1) / 2> suffixes;
  std::size_t count = 0;
  auto hash = hash_start;
  for (auto at = name.size(); at-- > 0;) {
    hash = step(hash, name[at]);
    if (at != 0 && name[at - 1] != '.') continue;
    if (count == suffixes.size()) break;  // more dots than a name has: empty labels
    suffixes[count++] = {hash, at};
    __builtin_prefetch(&buckets_[bucket_of(hash)]);
  }
  for (std::size_t i = 0; i < count; ++i)
    match_suffix(name.substr(suffixes[i].at), suffixes[i].hash, suffixes[i].at == 0, hits);
}

}  // namespace sluice
