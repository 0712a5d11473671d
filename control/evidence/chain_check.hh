// Whether a chain holds: each line is the one that the next line's digest was made of. Where not, the first altered
// byte is named, as far as digests tell.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/evidence/chain_line.hh"

namespace sluice {

struct EvidenceFault {
  std::string file;  // below the folder
  std::string what;
};

struct CheckedChain {
  std::vector<EvidenceFault> faults;
  std::vector<ChainLine> records;              // as they were before an alteration that could be told
  std::map<std::string, std::string> devices;  // the public key of each, hex
  std::set<std::string> erased;
  std::uint64_t through = 0;     // records up to there were retired
  std::uint64_t torn_bytes = 0;  // of a last line that is not whole
  ChainHead head;
};

// `heads`: what was kept elsewhere of the chain. An error where the file cannot be read.
[[nodiscard]] tl::expected<CheckedChain, std::string> check_chain(const std::string& folder,
                                                                  std::span<const ChainHead> heads);

}  // namespace sluice
