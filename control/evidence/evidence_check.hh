// Whether a folder of evidence is as it was recorded: the chain, the record of each of its lines, the keys of devices,
// and where the authority's secret is at hand what the records hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/evidence/chain_check.hh"
#include "control/evidence/evidence_reader.hh"

namespace sluice {

struct EvidenceCheck {
  std::vector<EvidenceFault> faults;
  std::uint64_t records = 0;  // lines
  std::uint64_t good = 0;     // whose sealed record is as it was written
  std::uint64_t retired = 0;
  std::uint64_t erased = 0;  // good, and nobody opens them any more
  std::uint64_t opened = 0;  // with the authority's secret
  std::uint64_t torn_bytes = 0;
  ChainHead head;
};

// `reader`: null without a secret.
[[nodiscard]] tl::expected<EvidenceCheck, std::string> check_evidence(const std::string& folder,
                                                                      std::span<const ChainHead> heads,
                                                                      EvidenceReader* reader);

}  // namespace sluice
