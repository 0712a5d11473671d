// Any bytes as signatures and messages: the set finds what the reference says, in the order of the list. Where a bound
// was hit, matches may be missing, never be wrong.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "dataplane/signatures/signature_set.hh"
#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "tests/unit/signature_cases.hh"
#include "tests/unit/signature_reference.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::test;
  if (size > 400) return -1;
  Choices choices{{data, size}};

  SignatureList signatures;
  for (auto left = 1 + choices.below(6); left > 0; --left) signatures.push_back(signature_of(choices));
  const auto databases = compile_databases(signatures, make_prefilter(signatures));
  if (!databases) return -1;  // an expression that matches the empty text
  const auto set = SignatureSet::build(signatures, *databases);
  if (!set) std::abort();
  const auto scratch = (*set)->make_scratch();
  if (!scratch) std::abort();

  for (int messages = 0; messages < 8; ++messages) {
    const MessageCase message{choices};
    SignatureHits hits;
    SignatureCounters counters;
    (*set)->match(message.input(), **scratch, hits, counters);
    const std::vector<std::uint32_t> found{hits.signatures.begin(),
                                           hits.signatures.begin() + static_cast<std::ptrdiff_t>(hits.count)};
    std::vector<std::uint32_t> expected;
    for (std::uint32_t row = 0; row < signatures.size(); ++row)
      if (reference_matches(signatures[row], message.input())) expected.push_back(row);
    if (counters.cut == 0 ? found != expected
                          : !std::includes(expected.begin(), expected.end(), found.begin(), found.end()))
      std::abort();
    if (choices.at_end()) break;
  }
  return 0;
}
