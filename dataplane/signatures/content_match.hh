// The parts of one signature over the buffers of a message: contents, regular expressions, and what else a rule may ask
// of a buffer. Each buffer is inspected for itself, and a buffer with transforms is one of its own, in the order in
// which the rule names them first.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/signatures/content_inspection.hh"
#include "dataplane/signatures/signature_input.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

class ContentMatch {
 public:
  // Adds the regular expressions to `expressions`, which find() needs again, and its sets to `datasets`. The error says
  // which part is wrong and how.
  [[nodiscard]] static tl::expected<ContentMatch, std::string> build(const std::vector<SignaturePart>& parts,
                                                                     PcreSet& expressions, DatasetTable& datasets);

  // False where a buffer that a part names is absent, unless the part says so.
  [[nodiscard]] bool matches(const SignatureInput& input, const PcreSet& expressions, InspectionRoom room,
                             InspectionBudget& budget) const noexcept;

 private:
  struct Run {  // the parts of one buffer, or of one mention of it where it may have several values, in parts_
    enum class Absence : std::uint8_t { fails, matches, or_else };

    Buffer buffer{};
    Absence absence = Absence::fails;
    std::uint32_t first = 0;
    std::uint32_t decoded = 0;  // those that look into what base64_decode makes begin here
    std::uint32_t behind = 0;
    std::vector<TransformStep> transforms;
  };

  [[nodiscard]] tl::expected<void, std::string> add_run(const std::vector<SignaturePart>& parts,
                                                        const SignaturePart& first, PcreSet& expressions,
                                                        DatasetTable& datasets);
  [[nodiscard]] tl::expected<void, std::string> add_part(const SignaturePart& written, Run& run, PcreSet& expressions,
                                                         DatasetTable& datasets, bool& ascending);
  [[nodiscard]] bool run_matches(const Run& run, const SignatureInput& input, InspectionTools& tools) const noexcept;
  [[nodiscard]] bool value_matches(const Run& run, Bytes buffer, std::int64_t position,
                                   InspectionTools& tools) const noexcept;

  std::vector<MatchPart> parts_;
  std::vector<PartCheck> checks_;
  std::vector<Run> runs_;
};

}  // namespace sluice
