// What sealed records hold, for whoever has the authority's secret key.
#pragma once

#include <map>
#include <string>
#include <tl/expected.hpp>

#include "control/evidence/chain_line.hh"
#include "control/evidence/evidence_key.hh"
#include "control/evidence/sealed_record.hh"

namespace sluice {

class EvidenceReader {
 public:
  EvidenceReader(std::string folder, EvidenceSecretKey authority)
      : folder_(std::move(folder)), authority_(std::move(authority)) {}

  // Of a line of the kind `record`. It is the one that the line means: its number, its device. The error is a sentence.
  [[nodiscard]] tl::expected<EvidenceRecord, std::string> read(const ChainLine& line);

 private:
  [[nodiscard]] tl::expected<const EvidenceSecretKey*, std::string> key_of(const std::string& device);

  std::string folder_;
  EvidenceSecretKey authority_;
  std::map<std::string, EvidenceSecretKey> keys_;
};

}  // namespace sluice
