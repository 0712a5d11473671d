// What a change of the configuration would do: which options differ, and whether the running tap can take them up.
#pragma once

#include <string>
#include <vector>

#include "config/sluice_generated.h"

namespace sluice::config {

struct Change {
  std::string option;  // "mode"; of a named item of a list "policy.lines[no-ads].action"
  std::string before;  // as JSON; empty where it was not there
  std::string after;   // the same
  bool takes_restart = false;
};
// In the order of the schema; empty where nothing differs.
using Plan = std::vector<Change>;

// Pure. Both must come from load(), parse() or defaults().
[[nodiscard]] Plan plan(const ConfigurationT& running, const ConfigurationT& next);

// "mode: "monitor" -> "enforce"", with what it takes where that is a restart.
[[nodiscard]] std::string text(const Change& change);

}  // namespace sluice::config
