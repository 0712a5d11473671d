// What the programs that run on a tap have in common: one configuration file, named on the command line.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/configuration.hh"

namespace sluice::config {

constexpr int exit_usage = 2;  // errors in the command line or the configuration

struct Program {
  const char* name;
  const char* version;
  const char* help;  // the whole text of --help, which names all three options
};

struct Started {
  ConfigurationT configuration;
  std::string path;  // of its file, as it was named
};

// Takes `--config FILE`, `--help` and `--version`. An exit status where there is nothing to run: what was asked for
// stands on standard output then, what is wrong on standard error.
[[nodiscard]] tl::expected<Started, int> program_start(int argc, char** argv, const Program& program, Use use);

}  // namespace sluice::config
