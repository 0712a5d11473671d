// Whose signatures a command believes, as options of its command line.
#pragma once

#include <CLI/CLI.hpp>

#include "control/packs/pack_file.hh"

namespace sluice {

void add_key_options(CLI::App& command, KeyringSources& keys);

}  // namespace sluice
