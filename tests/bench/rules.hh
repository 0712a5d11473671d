// What the rows match against.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/match/generation.hh"

namespace sluice::bench {

// Nothing to look for.
[[nodiscard]] std::unique_ptr<const Generation> no_rules();

// `domains` rows of a made list, and what ships in rules/packs/: the list and the signatures. The error names the file.
[[nodiscard]] tl::expected<std::unique_ptr<const Generation>, std::string> all_rules(std::uint32_t domains);

}  // namespace sluice::bench
