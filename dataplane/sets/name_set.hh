// Host names of a generation's rows, for look-ups of a name with all the domains that it lies below. A table of hashes
// alone: what a row is called is read where the rows lie, once its hash says that it may be the one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/hits.hh"
#include "rules/indicators/row_names.hh"

namespace sluice {

class NameSet {
 public:
  // RFC 1035 section 2.3.4, in text form: longer names are nobody's.
  static constexpr std::size_t name_limit = 253;

  // Room for so many names. `texts` says how each row below its size is called; the others are called `other`.
  void reserve(std::size_t names, std::shared_ptr<const RowNames> texts, std::string other);
  // A name in lower case, without a trailing dot. `covers_below`: also the row of all names that end in it. Names that
  // are empty or too long are left out.
  void add(std::string_view name, std::uint32_t row, bool covers_below);

  // A host name as it stood on the wire: any case, with or without a trailing dot. Hits of the longer suffix come
  // last, those of one name in the order in which they were added.
  void match(std::string_view wire_name, Hits& hits) const noexcept;

 private:
  // A cache line: what is not there is told by one, mostly. Filled from the front; a full one goes on in the next.
  struct alignas(64) Bucket {
    static constexpr std::size_t places = 8;
    static constexpr std::uint32_t empty = 0xffffffff;
    static constexpr std::uint32_t covers_bit = std::uint32_t{1} << 31;

    Bucket() noexcept { rows.fill(empty); }
    [[nodiscard]] bool is_full() const noexcept { return rows.back() != empty; }

    std::array<std::uint32_t, places> tags{};  // the half of the hash that does not say where to look
    std::array<std::uint32_t, places> rows;    // with covers_bit
  };

  [[nodiscard]] std::size_t bucket_of(std::uint64_t hash) const noexcept;
  [[nodiscard]] std::size_t after(std::size_t bucket) const noexcept;
  [[nodiscard]] std::string_view name_of(std::uint32_t row) const noexcept;
  void match_suffix(std::string_view suffix, std::uint64_t hash, bool is_whole, Hits& hits) const noexcept;

  std::vector<Bucket> buckets_;
  std::shared_ptr<const RowNames> texts_;
  std::string other_;
};

}  // namespace sluice
