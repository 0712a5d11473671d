// A record as a folder that a stranger checks without Sluice: the packets, the decision, the packs that the rule came
// with, the sums of all, and a page with the commands.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/evidence/chain_line.hh"
#include "control/evidence/sealed_record.hh"

namespace sluice {

// A file that goes into the folder as it is, under its own name.
struct ExportedFile {
  std::string name;
  std::string bytes;
};

struct EvidenceExport {
  std::string line;  // of the chain, which has the digest of the sealed record
  std::uint64_t number = 0;
  EvidenceRecord record;
  std::vector<ExportedFile> packs;  // and a manifest, each with its `.minisig` where there is one
};

// The folder must not be there yet. The error names what could not be written.
[[nodiscard]] tl::expected<void, std::string> write_export(const EvidenceExport& exported, const std::string& folder);

// The page, README.txt. `decision`: parsed from a record, whose values may be anything.
[[nodiscard]] std::string export_page(const EvidenceExport& exported);

}  // namespace sluice
