// The one reader of the event rings: takes events as they come, says what they are, and hands them on to the file, the
// table and the followers. Runs on a thread of its own; everything else asks it for copies.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/api/event_stream.hh"
#include "control/capture/capture_desk.hh"
#include "control/eve/eve.hh"
#include "control/eve/eve_log.hh"
#include "control/evidence/decision.hh"
#include "control/evidence/evidence_desk.hh"
#include "control/evidence/flow_keeper.hh"
#include "control/findings/findings.hh"
#include "control/findings/rule_books.hh"
#include "control/rollout/block_tally.hh"
#include "control/store/store_desk.hh"
#include "control/tap/guard_watch.hh"
#include "control/tap/rule_fetcher.hh"
#include "control/tap/tap_attachment.hh"
#include "control/tap/tap_reading.hh"

namespace sluice {

struct EventLoopOptions {
  std::string shared_memory;
  std::string tap_id;
  std::string site;
  std::string redaction_key;  // path (redaction_key.hh)
  EveLogOptions eve;
  std::string guard_file{};               // the guard's page
  std::string version{};                  // of the program, for records of evidence
  EvidenceDesk* evidence = nullptr;       // takes drafts; outlives the loop. Null: none is kept
  std::size_t evidence_record_bytes = 0;  // room of a record
  bool ipv6_in_full = false;              // in EVE
  BlockTally* tally = nullptr;            // hears of what rules block; outlives the loop. Null: nobody does
  CaptureDesk* captures = nullptr;        // takes copies of packets; outlives the loop. Null: there are none
  StoreDesk* store = nullptr;             // keeps findings; outlives the loop. Null: nobody does
  Inventory* inventory = nullptr;         // takes sightings; outlives the loop. Null: nobody does
};

// Findings by class (the last: of rules that are not known) and by what was done.
constexpr std::size_t finding_classes = static_cast<std::size_t>(FindingClass::unclassified) + 1;
using FindingCounts = std::array<std::array<std::uint64_t, 2>, finding_classes>;

// What the loop knows at one moment.
struct LoopStatus {
  bool up = false;                    // the data plane lives and moves
  TapCoverage coverage;               // of the tap as a whole
  std::optional<GuardStatus> guard;   // nothing where none was ever there
  std::optional<TapReading> reading;  // of the data plane, or of the last one that was there
  std::array<std::uint64_t, rule_kinds> rules_by_kind{};
  bool rules_known = false;
  FindingCounts findings{};
  std::uint64_t events_read = 0;
  std::uint64_t events_malformed = 0;     // records that are no events
  std::uint64_t rings_damaged = 0;        // times that a ring's content made no sense
  std::uint64_t counters_unreadable = 0;  // times that a worker's counters could not be read
  std::uint64_t alerts_unexplained = 0;   // written without what is known of their rule
  std::uint64_t eve_written = 0;          // lines
  std::uint64_t eve_lost = 0;
  std::uint64_t eve_rotations = 0;
  bool eve_failing = false;
  std::optional<EvidenceCounts> evidence;  // nothing where none is kept
  bool evidence_failing = false;
};

class EventLoop {
 public:
  static constexpr auto look_interval = std::chrono::milliseconds{20};
  // In a flood of events, for those who ask to get their turn: a lock that is taken again at once starves them.
  static constexpr auto turn_interval = std::chrono::microseconds{50};
  static constexpr auto flush_interval = std::chrono::milliseconds{200};
  // Before an event says that there is no data plane: one that runs is found by then.
  static constexpr auto first_state_patience = std::chrono::seconds{1};
  // Between two of them, whatever it does meanwhile.
  static constexpr auto state_interval = std::chrono::milliseconds{200};
  static constexpr auto stats_interval = std::chrono::seconds{8};     // Suricata's own default
  static constexpr auto evidence_interval = std::chrono::hours{1};    // between two events about the chain's end
  static constexpr auto evidence_patience = std::chrono::seconds{5};  // for the last records, at the end
  // An alert whose rules are not known waits so long, with so many others at most.
  static constexpr auto explain_patience = std::chrono::seconds{5};
  static constexpr std::size_t waiting_limit = 4096;
  static constexpr std::size_t burst = 256;  // events between two chances for others to ask

  EventLoop(EventLoopOptions options, RuleFetcher::Fetch fetch, EventStream& stream);
  ~EventLoop();  // takes what is left in the rings, then ends
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  [[nodiscard]] LoopStatus status();
  [[nodiscard]] Statistics statistics();
  [[nodiscard]] FindingsTable findings();
  // The site's, from now on and of what was found before.
  void set_exceptions(std::shared_ptr<const ExceptionList> exceptions);
  // Waits for two looks at the data plane (a second at most): what is in the rings now has been taken when this
  // returns, and a data plane that runs now is known.
  void settle();
  // Says what became of a push.
  void write_push(const PushNote& note);
  void reopen_eve() noexcept { reopen_wanted_ = true; }
  // That a capture of packets has begun, or ended.
  void write_capture(const CaptureDesk::Note& note);
  // That a condition of the tap's place begins, or is over: vantage_note().
  void write_vantage(Json about);

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    std::vector<std::uint8_t> record;
    Clock::time_point until;
  };

  void run();
  [[nodiscard]] bool turn(Clock::time_point now);
  void attach(Clock::time_point now);
  void learn_rules();
  [[nodiscard]] std::size_t drain(std::size_t limit, Clock::time_point now);
  void take(const RingRecord& record, Clock::time_point now);
  void retry_waiting(Clock::time_point now, bool patient);
  void report(const Event& event, Clock::time_point now);
  void write_statistics(Clock::time_point now);
  void write_state(Clock::time_point now);
  void write_links(Clock::time_point now);
  [[nodiscard]] TapCoverage coverage();
  void write_evidence(Clock::time_point now, bool is_last);
  void note_name(const Event& event, const Finding& finding);
  void keep(const Event& event);
  void end_keeping();
  void put(std::vector<EvidenceDraft> parts, Tick time);
  void count_block(const Event& event, const Finding& finding);
  // Into the file, and to who follows.
  void write_line(const std::string& line, Clock::time_point now);
  void refresh_reading();

  EventStream* stream_;
  RuleBooks books_;
  Redactor redactor_;
  bool has_complained_ = false;  // of the redactor's key
  OfferedResolvers resolvers_;
  BlockTally* tally_;
  EvidenceDesk* evidence_;
  CaptureDesk* captures_;
  StoreDesk* store_;
  Inventory* inventory_;
  EveWriter writer_;
  DecisionWriter decisions_;
  FlowKeeper keeper_;
  FindingsTable table_;
  TapAttachment attachment_;
  GuardWatch guard_;
  EveLog eve_;
  RuleFetcher fetcher_;

  std::mutex mutex_;  // of all above and of what follows
  std::condition_variable turned_;
  std::deque<Waiting> waiting_;
  LoopStatus counted_;
  std::uint32_t counted_generation_ = 0;  // that rules_by_kind was counted for
  std::uint64_t idle_turns_ = 0;          // that left the rings empty
  Clock::time_point next_flush_{};
  Clock::time_point next_stats_{};
  Clock::time_point next_state_{};
  std::optional<TapCoverage> said_;    // in the last event about the state
  std::vector<LinkState> said_links_;  // likewise, by port, about its link
  Clock::time_point next_links_{};
  Clock::time_point next_evidence_{};
  bool stop_ = false;
  std::atomic<bool> reopen_wanted_{false};  // anybody: wo, the loop: rw
  std::thread thread_;
};

}  // namespace sluice
