#include <algorithm>

#include "dataplane/signatures/signature_set_parts.hh"
#include "rules/signatures/signature_content.hh"

// Clear text of TCP: patterns by Hyperscan's streams, the rest in a window of what has come.
namespace sluice {
namespace {

// What Hyperscan's callback needs while one piece is scanned.
struct Scan {
  const SignatureInput& input;
  const std::vector<SignatureEntry>& entries;
  const PatternRows& patterns;
  const std::vector<bool>& is_literal;
  PayloadWindow& window;
  StreamCandidates& candidates;
  SignatureCounters& counters;
  std::uint64_t origin = 0;  // position from which the callback's places count
  bool literals = false;     // in a block: whether they count too
};

// `again`: what is told may have been told before.
void collect(const Scan& scan, unsigned id, std::uint64_t end, bool again = false) noexcept {
  for (const auto row : scan.patterns.of(id)) {
    ++scan.window.matches;
    if (scan.window.was_reported(row, again ? 0 : end) || !scan.entries[row].applies(scan.input)) continue;
    ++scan.counters.candidates;
    if (!scan.candidates.add(row, end)) ++scan.counters.cut;
  }
}

int collect_from_stream(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) noexcept {
  const auto& scan = *static_cast<const Scan*>(context);
  collect(scan, id, scan.origin + to);
  return scan.window.matches > stream_matches_limit ? 1 : 0;
}

// Of several places in a block one is told: as if the last byte ended it.
int collect_from_block(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) noexcept {
  const auto& scan = *static_cast<const Scan*>(context);
  if (scan.literals || id >= scan.is_literal.size() || !scan.is_literal[id]) collect(scan, id, scan.origin, true);
  return 0;
}

// What a window holds and what follows it, put together when somebody looks.
class Joined {
 public:
  Joined(const PayloadWindow& window, Bytes fresh, std::uint8_t* room) noexcept
      : window_(window), fresh_(fresh), room_(room), held_(window.held()) {}

  [[nodiscard]] Bytes bytes() noexcept {
    if (!is_done_) {
      window_.copy_to(room_);
      std::memcpy(room_ + held_, fresh_.data(), fresh_.size());
      is_done_ = true;
    }
    return {room_, held_ + fresh_.size()};
  }
  // With `count` bytes before those that follow.
  [[nodiscard]] Bytes last(std::size_t count) noexcept { return bytes().subspan(held_ - std::min(held_, count)); }

 private:
  const PayloadWindow& window_;
  Bytes fresh_;
  std::uint8_t* room_;
  std::size_t held_;
  bool is_done_ = false;
};

void wait_for_rest(PayloadWindow& window, PayloadWindow::Waiting fresh, SignatureCounters& counters) noexcept {
  if (window.waiting_count < PayloadWindow::waiting_limit) {
    window.waiting[window.waiting_count++] = fresh;
    return;
  }
  ++counters.cut;
  const auto soonest = std::min_element(window.waiting.begin(), window.waiting.end(),
                                        [](const auto& a, const auto& b) { return a.until < b.until; });
  if (soonest->until < fresh.until) *soonest = fresh;
}

}  // namespace

void SignatureSet::match_stream(SignatureInput& input, Bytes fresh, PayloadWindow& window, std::uint32_t stream,
                                SignatureScratch& scratch, SignatureHits& hits,
                                SignatureCounters& counters) const noexcept {
  auto& own = scratch.parts();
  const auto payload = static_cast<std::size_t>(Buffer::payload);
  auto& candidates = own.stream_candidates;
  candidates.count = 0;
  hits = {};
  if (fresh.size() > stream_piece_limit) return;

  const auto base = window.base();
  Joined joined{window, fresh, own.joined.data()};
  Scan scan{input,      parts_->entries, parts_->patterns[payload], parts_->is_payload_literal, window,
            candidates, counters};

  // By the stream, which begins where the window does when it is opened anew.
  const bool is_new = !window.is_open;
  window.is_open = true;
  window.in_blocks = window.in_blocks || stream >= own.streams.size();
  if (!window.in_blocks) {
    auto& followed = *own.streams[stream];
    if (is_new) {
      (void)hs_reset_stream(&followed, 0, nullptr, nullptr, nullptr);
      window.opened_at = base;
    }
    ++counters.scans;
    scan.origin = window.opened_at;
    const auto status = own.hyperscan.feed(followed, is_new ? joined.bytes() : fresh, collect_from_stream, &scan);
    if (status != HS_SUCCESS && status != HS_SCAN_TERMINATED) ++counters.cut;
    window.in_blocks = status != HS_SUCCESS;
  }
  // In blocks that overlap where patterns come too often; and what is no literal, in all that there is.
  const auto* database = parts_->databases[payload].get();
  if (database != nullptr && (window.in_blocks || parts_->has_payload_superset)) {
    const auto overlap = is_new || parts_->has_payload_superset ? PayloadWindow::size : content_size_limit - 1;
    ++counters.scans;
    scan.origin = window.position() + fresh.size();
    scan.literals = window.in_blocks;
    if (own.hyperscan.scan(*database, joined.last(overlap), collect_from_block, &scan) != HS_SUCCESS) ++counters.cut;
  }

  for (std::uint32_t i = 0; i < window.waiting_count; ++i) {
    const auto& waiting = window.waiting[i];
    if (waiting.until > base && waiting.row < parts_->entries.size() && !candidates.add(waiting.row, waiting.until))
      ++counters.cut;
  }
  window.waiting_count = 0;
  const auto& always = parts_->unfiltered[static_cast<std::size_t>(input.protocol)];
  if (candidates.count > 0 || !always.empty()) {
    input.buffers[payload] = joined.bytes();
    input.payload_position = base;
  }
  const auto behind = window.position() + fresh.size();
  const auto& rank = parts_->rank;
  std::sort(candidates.candidates.begin(),
            candidates.candidates.begin() + static_cast<std::ptrdiff_t>(candidates.count),
            [&](const auto& a, const auto& b) { return rank[a.row] < rank[b.row]; });
  for (const auto& [row, end] : candidates) {
    if (hits.passed) break;
    const auto& entry = parts_->entries[row];
    if (parts_->confirm(row, input, own, hits, counters))
      window.report(row, behind);
    else if (entry.waits)
      wait_for_rest(window, {row, entry.fixes_begin ? base + 1 : end}, counters);
  }
  for (const auto row : always)
    if (!hits.passed && !window.was_reported(row, 0) && parts_->entries[row].applies(input) &&
        parts_->confirm(row, input, own, hits, counters))
      window.report(row, behind);
  window.append(fresh);
}

}  // namespace sluice
