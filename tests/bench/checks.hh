// What must be true of every run, however fast it was.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/row.hh"

namespace sluice::bench {

// One line for each thing that is not as it must be; none = the figures are of what they claim to be.
[[nodiscard]] std::vector<std::string> faults(const std::vector<std::unique_ptr<Row>>& rows);

}  // namespace sluice::bench
