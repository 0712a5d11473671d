// What a worker matches against: one immutable generation of rules, shared by all workers and swapped by pointer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/base/hits.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/sets/held_rows.hh"
#include "dataplane/sets/known_answer.hh"
#include "dataplane/sets/name_set.hh"
#include "dataplane/sets/permit_set.hh"
#include "dataplane/sets/policy_set.hh"
#include "dataplane/sets/range_index.hh"
#include "dataplane/sets/traffic_set.hh"
#include "dataplane/sets/url_set.hh"
#include "rules/facts/rule_list.hh"
#include "rules/indicators/indicator_rows.hh"
#include "rules/names/address.hh"

namespace sluice {

// What the packet path needs to know of a row; the rest stays in the list.
struct Rule {
  RuleKind kind{};
  Confidence confidence{};
  SignatureAction action{};  // of a signature
  FindingClass finding_class{};
  Breaks breaks : 8 = Breaks::unknown;
  std::uint32_t expiry_day : 24 = 0;  // since 1970, the first day on which it does not count in full; 0 = never

  // `expires_ns`: as in RuleFacts, the end of a day, which four digits of a year can say.
  void expire_at(std::int64_t expires_ns) noexcept {
    expiry_day = static_cast<std::uint32_t>(expires_ns / day_ns) & 0xffffffU;
  }
  [[nodiscard]] bool is_expired(Tick now) const noexcept {
    return expiry_day != 0 && nanoseconds_since_epoch(now) >= expiry_day * day_ns;
  }
  [[nodiscard]] bool is_address() const noexcept { return kind == RuleKind::ip || kind == RuleKind::cidr; }
  [[nodiscard]] bool is_name() const noexcept { return kind == RuleKind::domain || kind == RuleKind::host; }

 private:
  static constexpr std::int64_t day_ns = std::int64_t{86'400} * 1'000'000'000;
};

// What a generation is made of, wherever it lies.
struct RuleRows {
  const IndicatorRows& indicators;
  const SignatureList& signatures;
  const ExceptionList& exceptions;
  const SitePolicy& policy;
};

class Ruleset {
 public:
  // Row numbers in hits are rows of the indicators, then of the signatures. Nothing of the arguments is kept, but what
  // the indicators are called.
  Ruleset(const RuleRows& rules, std::uint32_t generation);
  explicit Ruleset(const RuleList& list, std::uint32_t generation = 1);

  // A host name as it stood on the wire.
  void match_name(std::string_view name, Hits& hits) const noexcept { names_.match(name, hits); }
  void match_address(const Address& address, Hits& hits) const noexcept;
  // A JA3, a JA4, or the digest of a certificate, in lower case.
  void match_fingerprint(std::string_view fingerprint, Hits& hits) const noexcept;
  // A request in clear text.
  void match_url(const RequestedUrl& url, Hits& hits) const noexcept { urls_.match(url, hits); }
  // Whether the site has excepted that row from blocking there.
  [[nodiscard]] bool permits(std::uint32_t row, const HitPlace& place) const noexcept {
    return permits_.permits(row, place);
  }
  // The first line of the site's policy that holds there for that row; null: none.
  [[nodiscard]] const PolicyLine* policy_line(std::uint32_t row, const HitPlace& place) const noexcept {
    return row < size() ? policy_.find(row, place) : nullptr;
  }
  [[nodiscard]] const NeverBlock& never_block() const noexcept { return never_block_; }
  [[nodiscard]] const Sinkhole& sinkhole() const noexcept { return sinkhole_; }
  // What the site wants dropped because nobody could look into it.
  [[nodiscard]] const LapseFates& lapses() const noexcept { return lapses_; }
  // What the site does with all traffic of a device.
  [[nodiscard]] const TrafficSet& traffic() const noexcept { return traffic_; }
  // kbit/s of the limit of that id; 0: there is none any more.
  [[nodiscard]] std::uint32_t rate_of(std::uint32_t limit) const noexcept;
  // Rows that block nothing for now, whatever they would.
  [[nodiscard]] bool is_held(std::uint32_t row) const noexcept { return held_.holds(row); }
  // Main alone; row numbers, sorted.
  void hold(const std::vector<std::uint32_t>& rows) const noexcept { held_.hold(rows); }
  // Whether any row is of that kind.
  [[nodiscard]] bool has(RuleKind kind) const noexcept { return kinds_ >> static_cast<unsigned>(kind) & 1U; }

  // Whether one of the hits is of that class, and counts in full.
  [[nodiscard]] bool any_of(const Hits& hits, FindingClass finding_class, Tick now) const noexcept;

  [[nodiscard]] const Rule& rule(std::uint32_t row) const noexcept { return rules_[row]; }
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
  // Of lists and signatures: without the two rows behind them, which are found like all others and are nobody's.
  [[nodiscard]] std::size_t size() const noexcept { return rules_.size() - known_rows; }
  [[nodiscard]] const KnownAnswer& known_answer() const noexcept { return known_answer_; }
  [[nodiscard]] std::uint32_t known_name_row() const noexcept { return static_cast<std::uint32_t>(size()); }
  [[nodiscard]] std::uint32_t known_address_row() const noexcept { return known_name_row() + 1; }

 private:
  static constexpr std::size_t known_rows = 2;

  // `known`: the first of the rows behind all others.
  void add_indicators(const IndicatorRows& indicators, std::uint32_t known);
  void add_known_rows();

  std::uint32_t generation_;
  KnownAnswer known_answer_;
  std::vector<Rule> rules_;
  NameSet names_;
  RangeIndex ranges_;                                                // of the rows that are addresses
  std::vector<std::pair<std::string, std::uint32_t>> fingerprints_;  // sorted; text and row
  UrlSet urls_;
  PermitSet permits_;
  PolicySet policy_;
  NeverBlock never_block_;
  Sinkhole sinkhole_;
  LapseFates lapses_;
  TrafficSet traffic_;
  std::vector<RateLimit> limits_;  // sorted by id
  HeldRows held_;
  std::uint32_t kinds_ = 0;  // a bit for each RuleKind that a row has
};

}  // namespace sluice
