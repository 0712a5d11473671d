// What the rows match against.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/match/generation.hh"

namespace sluice::bench {

enum class RuleChoice : std::uint8_t {
  none,
  match,  // the long list; of what ships the list of vendors' telemetry and the signatures
  packs,  // the long list and all that ships
  large,  // a list ten times as long, all that ships, and 10,000 signatures over clear text
};

// `domains` rows in the long list. What ships is read from rules/packs/; the error names the file.
[[nodiscard]] tl::expected<std::unique_ptr<const Generation>, std::string> make_rules(RuleChoice choice,
                                                                                      std::uint32_t domains);

}  // namespace sluice::bench
