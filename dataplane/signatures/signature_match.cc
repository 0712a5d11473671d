#include <rte_cycles.h>

#include <algorithm>
#include <utility>

#include "dataplane/flow/flow.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/signatures/signature_set_parts.hh"

// Messages: each buffer is scanned as a block, each candidate tried in full.
namespace sluice {
namespace {

// What Hyperscan's callback needs while one buffer is scanned.
struct Scan {
  const SignatureInput& input;
  const std::vector<SignatureEntry>& entries;
  const PatternRows& patterns;
  SignatureScratch::Parts& scratch;
  SignatureCounters& counters;
};

// A pattern was seen. The header is looked at here, so that what cannot match takes no candidate's room.
int collect(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) noexcept {
  auto& scan = *static_cast<Scan*>(context);
  for (const auto row : scan.patterns.of(id)) {
    if (!scan.entries[row].applies(scan.input)) continue;
    ++scan.counters.candidates;
    if (scan.scratch.candidate_count < candidates_limit)
      scan.scratch.candidates[scan.scratch.candidate_count++] = row;
    else
      ++scan.counters.cut;
  }
  return 0;
}

bool is_met(const NumberCondition& condition, const SignatureInput& input) noexcept {
  return std::any_of(input.numbers.begin(), input.numbers.end(), [&](const NumberValue& number) {
    return number.number == condition.number &&
           std::any_of(condition.any_of.begin(), condition.any_of.end(),
                       [&](const IntegerTest& test) { return test.holds(number.value); });
  });
}

}  // namespace

bool SignatureEntry::applies(const SignatureInput& input) const noexcept {
  if (!has(input.moment) || (message_moments & input.shows) == 0) return false;
  if (input.moment != SignatureMoment::content) {
    if ((once_a_way && !input.first_of_way) || (once_told && !input.tells_protocol)) return false;
    if (other_transports && (input.ip_protocol == ip_protocol::tcp || input.ip_protocol == ip_protocol::udp))
      return false;
  }
  return header.matches(input);
}

bool SignatureSet::Parts::confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch,
                                  SignatureHits& hits, SignatureCounters& counters) const noexcept {
  auto& cost = scratch.costs[row];
  if (cost.suspended.load(std::memory_order_relaxed)) {
    cost.skipped.add(1);
    ++counters.suspended;
    return false;
  }
  const bool is_sample = cost.checked.value() % cost_sample_interval == 0;
  cost.checked.add(1);
  if (!is_sample) return try_whole(row, input, scratch, hits, counters);
  const auto begin = rte_rdtsc();
  const bool matches = try_whole(row, input, scratch, hits, counters);
  scratch.costs.add_sample(row, rte_rdtsc() - begin);
  return matches;
}

bool SignatureSet::Parts::try_whole(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch,
                                    SignatureHits& hits, SignatureCounters& counters) const noexcept {
  if (!scratch.captures) return has_all(row, input, scratch, hits, counters);
  auto& captures = *scratch.captures;
  const auto known = captures.size();
  captures.row = row;
  const bool matches = has_all(row, input, scratch, hits, counters);
  if (!matches) captures.cut(known);
  for (const auto& one : captures.behind(known))
    if (one.of_flow) scratch.state.keep(one.name, one.text, input, counters.state_full);
  counters.state_full += std::exchange(captures.refused, 0);
  return matches;
}

bool SignatureSet::Parts::has_all(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch,
                                  SignatureHits& hits, SignatureCounters& counters) const noexcept {
  const auto& entry = entries[row];
  const auto is_true = [&](const PacketCondition& condition) {
    return is_state(condition.kind) ? scratch.state.holds(condition, input) : sluice::holds(condition, input);
  };
  if (!std::all_of(entry.tests.begin(), entry.tests.end(), is_true)) return false;
  // Of two halves one comes with a message and one with a flow's payload; what has no flow has to bring both.
  const bool is_payload = input.buffers[static_cast<std::size_t>(Buffer::payload)].data() != nullptr;
  const bool has_half = entry.is_mixed && input.flow != nullptr;
  if (!(has_half && is_payload) &&
      !std::all_of(entry.message_numbers.begin(), entry.message_numbers.end(),
                   [&](const NumberCondition& condition) { return is_met(condition, input); }))
    return false;
  InspectionBudget budget;
  const auto has = [&](const ContentMatch& contents) {
    return contents.matches(input, expressions, scratch.room(), budget);
  };
  const bool matches =
      has_half ? has(is_payload ? entry.payload : entry.contents) : has(entry.contents) && has(entry.payload);
  if (budget.exceeded()) ++counters.cut;
  if (budget.expression_exceeded()) scratch.costs.add_limit(row);
  if (!matches) return false;
  if (has_half) {
    input.flow->trace.use(input.generation);
    if (!input.flow->trace.completes(row, is_payload, input.transaction)) return false;
  }
  for (const auto& condition : entry.numbers) {
    const auto operation = static_cast<StateOperation>(condition.subject);
    const bool is_test = operation == StateOperation::is_set || operation == StateOperation::is_not_set ||
                         operation == StateOperation::compare;
    if (!is_test)
      scratch.state.apply(condition, input, counters.state_full);
    else if (!scratch.state.holds(condition, input))
      return false;
  }
  scratch.costs[row].matched.add(1);
  for (const auto& condition : entry.effects) scratch.state.apply(condition, input, counters.state_full);
  const auto reporting = scratch.state.report(row, entry.threshold, input, counters.state_full);
  if (reporting == Reporting::none) return false;
  if (entry.action == SignatureAction::pass) {
    hits.passed = true;
    // What comes with a SYN is of no connection yet: as a datagram's, the match is on that packet.
    const bool with_syn = input.packet != nullptr && (input.packet->tcp_flags & tcp_flag::syn) != 0;
    const bool is_of_datagram = is_payload && (input.ip_protocol == ip_protocol::udp || with_syn);
    hits.flow_passed =
        entry.acts_on_flow && !(input.moment == SignatureMoment::content ? is_of_datagram : entry.other_transports);
  }
  if (hits.count == SignatureHits::limit) {
    ++counters.cut;
    return true;
  }
  if (entry.silent || reporting == Reporting::silent) hits.silent |= static_cast<std::uint16_t>(1U << hits.count);
  hits.signatures[hits.count++] = row;
  return true;
}

void SignatureSet::match(const SignatureInput& input, SignatureScratch& scratch, SignatureHits& hits,
                         SignatureCounters& counters) const noexcept {
  auto& own = scratch.parts();
  const bool is_packet = input.moment != SignatureMoment::content;
  own.candidate_count = 0;
  hits = {};
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* database = parts_->databases[number].get();
    const auto buffer = input.buffers[number];
    if (database == nullptr || buffer.data() == nullptr || (is_packet && !parts_->packet_patterns[number])) continue;
    ++counters.scans;
    Scan scan{input, parts_->entries, parts_->patterns[number], own, counters};
    if (own.hyperscan.scan(*database, buffer, collect, &scan) != HS_SUCCESS) ++counters.cut;
  }
  for (const auto& further : input.further) {
    const auto number = static_cast<std::size_t>(further.buffer);
    const auto* database = parts_->databases[number].get();
    if (database == nullptr) continue;
    ++counters.scans;
    Scan scan{input, parts_->entries, parts_->patterns[number], own, counters};
    if (own.hyperscan.scan(*database, further.value, collect, &scan) != HS_SUCCESS) ++counters.cut;
  }

  // Both lists are in the order of rank, and no signature is tried twice.
  const auto& rank = parts_->rank;
  const auto begin = own.candidates.begin();
  const auto collected = begin + static_cast<std::ptrdiff_t>(own.candidate_count);
  std::sort(begin, collected, [&](std::uint32_t a, std::uint32_t b) { return rank[a] < rank[b]; });
  const auto end = std::unique(begin, collected);
  const auto& always = is_packet ? parts_->packet_unfiltered[input.moment == SignatureMoment::packet_begin ? 0 : 1]
                                 : parts_->unfiltered[static_cast<std::size_t>(input.protocol)];
  auto row = always.begin();
  const auto try_unfiltered = [&] {
    if (parts_->entries[*row].applies(input)) parts_->confirm(*row, input, own, hits, counters);
    ++row;
  };
  for (auto candidate = begin; candidate != end && !hits.passed; ++candidate) {
    while (row != always.end() && rank[*row] < rank[*candidate] && !hits.passed) try_unfiltered();
    if (row != always.end() && *row == *candidate) ++row;
    if (!hits.passed) parts_->confirm(*candidate, input, own, hits, counters);
  }
  while (row != always.end() && !hits.passed) try_unfiltered();
}

}  // namespace sluice
