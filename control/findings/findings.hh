// What a run found, for a person: one row for each device and rule, and beside it what could not be seen.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/findings/finding.hh"
#include "control/findings/opacity.hh"
#include "control/findings/rule_books.hh"
#include "control/tap/statistics.hh"
#include "dataplane/event/event.hh"

namespace sluice {

class FindingsTable {
 public:
  // Rows beyond this are counted and not kept.
  static constexpr std::size_t row_limit = 65'536;
  // Names or addresses listed in one row; further ones are counted.
  static constexpr std::size_t seen_limit = 8;

  // `rules` has the facts that alerts' rows count in, by generation, and must outlive the table; what a row of the
  // table needs of them it keeps. An unset clock expires nothing.
  explicit FindingsTable(const RuleBooks* rules, bool clock_is_set = true)
      : rules_(rules), clock_is_set_(clock_is_set) {}

  void set_clock_is_set(bool is_set) noexcept { clock_is_set_ = is_set; }
  // The site's, as they are now: they hold for what was found before too. A row raises no alarm where all that it has
  // seen is suppressed.
  void set_exceptions(std::shared_ptr<const ExceptionList> exceptions) noexcept { exceptions_ = std::move(exceptions); }
  // Identifiers stand in the table as they were sent: for a file whose owner asked for that.
  void reveal() noexcept { reveals_ = true; }

  // Alerts and flows are added up; handshakes without a readable server name are counted. Others pass.
  void consume(const Event& event);

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  // Alerts that found no room in the table.
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }
  [[nodiscard]] std::uint64_t handshakes_without_name() const noexcept { return handshakes_without_name_; }

  // The findings that raise an alarm by device, then class, and how many do not; or one sentence that there was none,
  // with what was inspected.
  void print(std::ostream& out, const Statistics& statistics, std::size_t width) const;
  // "What could not be seen": reason, packets, share of all received; how much of each device could be.
  void print_uninspected(std::ostream& out, const Statistics& statistics, std::size_t width) const;

  // One alert in one line, without the line end: device, class, recipient, what was seen, stage, source.
  [[nodiscard]] std::string finding_line(const Event& alert) const;

 private:
  // Device and rule_id: a rule keeps its id from generation to generation, its row it does not.
  using Key = std::pair<Address, std::string>;
  struct Rule {
    std::uint32_t generation = 0;  // that the facts were last taken from
    std::shared_ptr<const RuleFacts> facts;
  };
  struct Place {
    std::string destination;
    std::optional<Address> remote;
    std::uint16_t vlan = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Row {
    std::shared_ptr<const RuleFacts> rule;  // null where it is not known
    std::uint64_t rule_row = 0;             // as first seen
    Confidence confidence{};
    bool device_is_inside = false;
    Lowered lowered = Lowered::no;
    std::uint64_t count = 0;
    std::uint64_t blocked = 0;
    Tick first{};
    Tick last{};
    Stage stage{};
    Field stage_field{};  // where the name stood at that stage
    std::vector<std::string> seen;
    bool saw_more = false;
    std::vector<Place> places;  // where it was seen, for the site's exceptions; at most seen_limit
    bool more_places = false;
  };

  using Entry = std::pair<const Key, Row>;

  [[nodiscard]] Finding read(const Event& alert) const;
  void add(const Finding& finding, const Event& alert);
  [[nodiscard]] std::shared_ptr<const RuleFacts> keep(const RuleFacts& facts, std::uint32_t generation);
  [[nodiscard]] std::vector<const Entry*> sorted() const;
  // The exception by which the row raises no alarm; null where it does.
  [[nodiscard]] const RuleException* suppressed_by(const Entry& entry) const;
  [[nodiscard]] std::vector<std::string> cells(const Key& key, const Row& row) const;

  const RuleBooks* rules_;
  bool clock_is_set_;
  bool reveals_ = false;
  std::shared_ptr<const ExceptionList> exceptions_;
  std::map<std::string, Rule> known_;  // the rules of rows_, by rule_id
  std::map<Key, Row> rows_;
  std::uint64_t left_out_ = 0;
  std::uint64_t handshakes_without_name_ = 0;
  OpacityTable opacity_;
};

}  // namespace sluice
