// Events as lines of EVE JSON, in the shape that Suricata 8 writes (DNS format 3), so that what reads Suricata reads
// Sluice. What is not Suricata's stands in control/README.md, and the schema of every line in eve.schema.json.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "control/eve/eve_json.hh"
#include "control/eve/push_note.hh"
#include "control/findings/finding.hh"
#include "control/findings/offered_resolvers.hh"
#include "control/findings/redaction.hh"
#include "control/findings/rule_books.hh"
#include "control/tap/statistics.hh"
#include "control/tap/tap_coverage.hh"
#include "dataplane/event/event.hh"
#include "dataplane/exchange/link_state.hh"
#include "rules/policy/rule_exception.hh"

namespace sluice {

constexpr int eve_schema_version = 1;

// Where event times come from: a clock that was never set, one that runs by itself, one that is kept in step with an
// outside source, or (`capture`) the capture file's own.
enum class ClockState : std::uint8_t { unset, held, ntp, capture };
[[nodiscard]] std::string_view text_of(ClockState state) noexcept;

// What every line repeats. `rules` has the digest of each generation and the facts that alerts' rows count in, and must
// outlive the writer.
struct EveContext {
  std::string tap_id;  // UUID
  std::string site;
  ClockState clock_state = ClockState::unset;
  const RuleBooks* rules = nullptr;
  std::string pcap_filename;                          // empty on a live wire
  const Redactor* redactor = nullptr;                 // outlives the writer; without one, identifiers have no digest
  const OfferedResolvers* resolvers = nullptr;        // the same; without them nothing is said of resolvers
  std::shared_ptr<const ExceptionList> exceptions{};  // of the site; null: none
  bool ipv6_in_full = false;                          // as Suricata writes it, not as RFC 5952 does
};

class EveWriter {
 public:
  explicit EveWriter(EveContext context) : context_(std::move(context)) {}

  // One JSON object in one line, without the line end. Any event that Event::parse() accepts gives valid JSON.
  [[nodiscard]] std::string line(const Event& event) const;
  // Of the events that follow.
  void set_clock_state(ClockState state) noexcept { context_.clock_state = state; }
  void set_exceptions(std::shared_ptr<const ExceptionList> exceptions) noexcept {
    context_.exceptions = std::move(exceptions);
  }
  // event_type "state": what the tap is in from `now` on, and by which rules. `before`: what was said last; empty:
  // nothing since the program's start.
  [[nodiscard]] std::string state_line(const TapCoverage& coverage, std::string_view before, Tick now) const;
  // event_type "evidence", at `now`: the end of the chain of evidence, which whoever keeps it can hold a chain against.
  // Of a port's link; `before`: what was said last, unwatched where nothing was.
  [[nodiscard]] std::string link_line(std::string_view port, LinkState state, LinkState before,
                                      std::uint32_t generation, Tick now) const;
  // Of a capture of packets that somebody asked for: who, what, and what came of it.
  [[nodiscard]] std::string capture_line(Json about, std::uint32_t generation, Tick now) const;
  // event_type "vantage", at `now`: that a condition of the tap's place begins, or is over.
  [[nodiscard]] std::string vantage_line(Json about, std::uint32_t generation, Tick now) const;
  [[nodiscard]] std::string evidence_line(std::uint64_t number, std::string_view digest, std::uint32_t generation,
                                          Tick now) const;
  // event_type "push", at `now`: what became of a push. `digest`: of the ruleset that is live now.
  [[nodiscard]] std::string push_line(const PushNote& note, std::string_view digest, std::uint32_t generation,
                                      Tick now) const;
  // event_type "stats", at `now`.
  [[nodiscard]] std::string stats_line(const Statistics& statistics, Tick now) const;

 private:
  void put_source(Json& line, std::uint32_t generation) const;
  void put_alert(Json& line, const Event& event) const;
  void put_drop(Json& line, const Event& event) const;

  EveContext context_;
};

}  // namespace sluice
