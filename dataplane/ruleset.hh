// What a worker matches against: one immutable generation of rules, shared by all workers and swapped by pointer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/tick.hh"
#include "rules/address.hh"
#include "rules/rule_list.hh"

namespace sluice {

// The rows that one value matched. More than `limit` rows on one value are cut and the first ones stand.
struct Hits {
  static constexpr std::size_t limit = 16;

  std::array<std::uint32_t, limit> rows{};
  std::size_t count = 0;
  std::uint16_t silent = 0;  // bit by position: what the rule does is done, and nothing is said

  void add(std::uint32_t row, bool is_silent = false) noexcept;
  [[nodiscard]] bool is_silent(std::size_t position) const noexcept { return (silent >> position & 1U) != 0; }
  [[nodiscard]] const std::uint32_t* begin() const noexcept { return rows.data(); }
  [[nodiscard]] const std::uint32_t* end() const noexcept { return rows.data() + count; }
};

// What the packet path needs to know of a row; the rest stays in the list.
struct Rule {
  RuleKind kind{};
  Confidence confidence{};
  SignatureAction action{};     // of a signature
  std::int64_t expires_ns = 0;  // 0 = never
  FindingClass finding_class{};

  [[nodiscard]] bool is_expired(Tick now) const noexcept {
    return expires_ns != 0 && nanoseconds_since_epoch(now) >= expires_ns;
  }
  [[nodiscard]] bool is_address() const noexcept { return kind == RuleKind::ip || kind == RuleKind::cidr; }
  [[nodiscard]] bool is_name() const noexcept { return kind == RuleKind::domain || kind == RuleKind::host; }
};

class Ruleset {
 public:
  // Row numbers in hits are rows of `list`.
  explicit Ruleset(const RuleList& list, std::uint32_t generation = 1);

  // A host name as it stood on the wire: any case, with or without a trailing dot. Names longer than 253 bytes
  // (RFC 1035 section 2.3.4, in text form) match nothing.
  void match_name(std::string_view name, Hits& hits) const noexcept;
  void match_address(const Address& address, Hits& hits) const noexcept;
  // A JA3, a JA4, or the digest of a certificate, in lower case.
  void match_fingerprint(std::string_view fingerprint, Hits& hits) const noexcept;
  // Whether any row is of that kind.
  [[nodiscard]] bool has(RuleKind kind) const noexcept { return kinds_ >> static_cast<unsigned>(kind) & 1U; }

  // Whether one of the hits is of that class, and counts in full.
  [[nodiscard]] bool any_of(const Hits& hits, FindingClass finding_class, Tick now) const noexcept;

  [[nodiscard]] const Rule& rule(std::uint32_t row) const noexcept { return rules_[row]; }
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
  [[nodiscard]] std::size_t size() const noexcept { return rules_.size(); }

 private:
  // One name of the list; rows with the same name are chained.
  struct Name {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;   // offset in names_text_
    std::uint8_t length = 0;  // 0 = empty slot
    std::uint32_t first_row = 0;
  };
  struct Interval {
    Address first;
    Address last;
    std::uint32_t rows = 0;  // offset in interval_rows_
    std::uint32_t count = 0;
  };

  void build_names(const IndicatorList& list);
  void build_intervals(const IndicatorList& list);
  void build_fingerprints(const IndicatorList& list);
  [[nodiscard]] const Name* find_name(std::string_view suffix, std::uint64_t hash) const noexcept;

  std::uint32_t generation_;
  std::vector<Rule> rules_;
  std::vector<std::uint32_t> next_row_;  // chain of rows with the same name
  std::vector<Name> names_;              // open addressing, a power of two
  std::string names_text_;
  std::vector<Interval> intervals_;  // sorted, disjoint; each carries all rows that contain it
  std::vector<std::uint32_t> interval_rows_;
  std::vector<std::pair<std::string, std::uint32_t>> fingerprints_;  // sorted; text and row
  std::uint32_t kinds_ = 0;                                          // a bit for each RuleKind that a row has
};

}  // namespace sluice
