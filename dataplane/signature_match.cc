#include <algorithm>

#include "dataplane/signature_set_parts.hh"

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
    if (!scan.entries[row].header.matches(scan.input)) continue;
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

bool SignatureSet::Parts::confirm(std::uint32_t row, const SignatureInput& input, SignatureScratch::Parts& scratch,
                                  SignatureHits& hits, SignatureCounters& counters) const noexcept {
  const auto& numbers = entries[row].numbers;
  if (!std::all_of(numbers.begin(), numbers.end(),
                   [&](const NumberCondition& condition) { return is_met(condition, input); }))
    return false;
  InspectionBudget budget;
  const bool matches =
      entries[row].contents.matches(input, expressions, scratch.pcre ? &*scratch.pcre : nullptr, budget);
  if (budget.exceeded()) ++counters.cut;
  if (!matches) return false;
  if (hits.count < SignatureHits::limit)
    hits.signatures[hits.count++] = row;
  else
    ++counters.cut;
  return true;
}

void SignatureSet::match(const SignatureInput& input, SignatureScratch& scratch, SignatureHits& hits,
                         SignatureCounters& counters) const noexcept {
  auto& own = scratch.parts();
  own.candidate_count = 0;
  hits.count = 0;
  for (std::size_t number = 0; number < buffer_count; ++number) {
    const auto* database = parts_->databases[number].get();
    const auto buffer = input.buffers[number];
    if (database == nullptr || buffer.data() == nullptr) continue;
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

  // Both lists ascend, and no signature stands in both.
  const auto begin = own.candidates.begin();
  const auto collected = begin + static_cast<std::ptrdiff_t>(own.candidate_count);
  std::sort(begin, collected);
  const auto end = std::unique(begin, collected);
  const auto& always = parts_->unfiltered[static_cast<std::size_t>(input.protocol)];
  auto row = always.begin();
  const auto try_unfiltered = [&] {
    if (parts_->entries[*row].header.matches(input)) parts_->confirm(*row, input, own, hits, counters);
    ++row;
  };
  for (auto candidate = begin; candidate != end; ++candidate) {
    while (row != always.end() && *row < *candidate) try_unfiltered();
    parts_->confirm(*candidate, input, own, hits, counters);
  }
  while (row != always.end()) try_unfiltered();
}

}  // namespace sluice
