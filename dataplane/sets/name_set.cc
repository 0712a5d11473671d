#include "dataplane/sets/name_set.hh"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {
namespace {

constexpr std::size_t word_size = sizeof(std::uint64_t);
static_assert(std::endian::native == std::endian::little);  // the first byte of a word is its lowest

constexpr std::uint64_t hash_start = 0xcbf29ce484222325;
constexpr std::uint64_t hash_factor = 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio

constexpr std::uint64_t in_each_byte(std::uint8_t byte) noexcept { return byte * std::uint64_t{0x0101010101010101}; }
constexpr std::uint64_t low_bits = in_each_byte(0x7f);

// The high bit of each byte that is zero.
constexpr std::uint64_t zeros(std::uint64_t word) noexcept {
  return ~(((word & low_bits) + low_bits) | word | low_bits);
}

// Letters of ASCII in lower case, eight bytes at a time: a sum reaches a byte's high bit from 'A' on, or beyond 'Z'.
constexpr std::uint64_t lower(std::uint64_t word) noexcept {
  const auto seven = word & low_bits;
  const auto from_a = seven + in_each_byte(0x80 - 'A');
  const auto beyond_z = seven + in_each_byte(0x7f - 'Z');
  return word | ((from_a & ~beyond_z & ~word & ~low_bits) >> 2);
}

std::uint64_t word_at(const char* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, word_size);
  return word;
}

// A name in lower case and its suffixes that begin with a label, from the shortest on. A label's hash goes on from that
// of what follows it, eight bytes a step.
class Suffixes {
 public:
  struct Suffix {
    std::uint64_t hash;
    std::size_t at;
  };

  // `name`: NameSet::name_limit bytes at most.
  explicit Suffixes(std::string_view name) noexcept : size_(name.size()) {
    const auto words = (size_ + word_size - 1) / word_size;
    std::memset(text_.data() + size_, 0, word_size);  // a last word that is not full
    std::memcpy(text_.data(), name.data(), size_);
    auto end = size_;  // of the label
    auto hash = hash_start;
    for (auto word = words; word-- > 0;) {
      auto* const here = text_.data() + word * word_size;
      const auto text = lower(word_at(here));
      std::memcpy(here, &text, word_size);
      for (auto dots = zeros(text ^ in_each_byte('.')); dots != 0;) {
        const auto bit = static_cast<std::size_t>(std::bit_width(dots)) - 1;
        dots ^= std::uint64_t{1} << bit;
        const auto dot = word * word_size + bit / 8;
        hash = add(hash, dot + 1, end);
        end = dot;
      }
    }
    add(hash, 0, end);
  }

  [[nodiscard]] std::string_view from(std::size_t at) const noexcept { return {text_.data() + at, size_ - at}; }
  [[nodiscard]] const Suffix* begin() const noexcept { return suffixes_.data(); }
  [[nodiscard]] const Suffix* end() const noexcept { return suffixes_.data() + count_; }

 private:
  std::uint64_t add(std::uint64_t hash, std::size_t begin, std::size_t end) noexcept {
    for (auto at = begin; at < end; at += word_size) {
      auto word = word_at(text_.data() + at);
      if (end - at < word_size) word &= ~(~std::uint64_t{0} << 8 * (end - at));
      hash = (hash ^ word) * hash_factor;
      hash ^= hash >> 32;
    }
    // More labels than a name has are empty ones, which no row has.
    if (begin < size_ && count_ < suffixes_.size()) suffixes_[count_++] = {hash, begin};
    return hash;
  }

  std::size_t size_;
  std::size_t count_ = 0;
  std::array<char, NameSet::name_limit + 2 * word_size> text_;
  std::array<Suffix, (NameSet::name_limit + 1) / 2> suffixes_;
};

constexpr std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }

// A bit for each of eight tags that equals `tag`.
#ifdef __SSE2__
unsigned matches(const std::uint32_t* tags, std::uint32_t tag) noexcept {
  const auto wanted = _mm_set1_epi32(static_cast<int>(tag));
  const auto equal = [&](const std::uint32_t* four) {
    return _mm_cmpeq_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(four)), wanted);
  };
  const auto words = _mm_packs_epi32(equal(tags), equal(tags + 4));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(words, _mm_setzero_si128())));
}
#else
unsigned matches(const std::uint32_t* tags, std::uint32_t tag) noexcept {
  unsigned bits = 0;
  for (unsigned place = 0; place < 8; ++place) bits |= static_cast<unsigned>(tags[place] == tag) << place;
  return bits;
}
#endif

}  // namespace

// Two thirds of the places are taken at most: five buckets of six have one left then.
void NameSet::reserve(std::size_t names, std::shared_ptr<const RowNames> texts, std::string other) {
  buckets_.resize((names + names / 2) / Bucket::places + 1);
  texts_ = std::move(texts);
  other_ = std::move(other);
}

std::size_t NameSet::bucket_of(std::uint64_t hash) const noexcept {
  return static_cast<std::size_t>((hash * hash_factor >> 32) * buckets_.size() >> 32);
}

std::size_t NameSet::after(std::size_t bucket) const noexcept { return bucket + 1 == buckets_.size() ? 0 : bucket + 1; }

std::string_view NameSet::name_of(std::uint32_t row) const noexcept {
  return row < texts_->size() ? texts_->name(row) : std::string_view{other_};
}

void NameSet::add(std::string_view name, std::uint32_t row, bool covers_below) {
  if (name.empty() || name.size() > name_limit) return;
  const auto hash = (Suffixes{name}.end() - 1)->hash;
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
    auto alike = matches(bucket.tags.data(), tag_of(hash));
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
  const Suffixes suffixes{wire_name};
  // All places are known before the first is looked at, so that memory answers them together.
  for (const auto& suffix : suffixes) __builtin_prefetch(&buckets_[bucket_of(suffix.hash)]);
  for (const auto& suffix : suffixes) match_suffix(suffixes.from(suffix.at), suffix.hash, suffix.at == 0, hits);
}

}  // namespace sluice
