// What a run came to, for people and for programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/machine.hh"
#include "tests/bench/row.hh"

namespace sluice::bench {

struct Run {
  Machine machine;
  double tsc_hertz = 0;
  std::uint32_t rounds = 0;
  std::uint32_t flows = 0;
  std::uint32_t domains = 0;
  std::uint64_t seed = 0;
  Turn turn;
  std::uint64_t resident_mib = 0;  // of the program: all rows together
  std::vector<std::string> faults;
};

[[nodiscard]] std::string table(const Run& run, const std::vector<std::unique_ptr<Row>>& rows);
// Its keys stand in README.md.
[[nodiscard]] std::string json(const Run& run, const std::vector<std::unique_ptr<Row>>& rows);

}  // namespace sluice::bench
