// What the commands include, as control.hh says.
#include <CLI/CLI.hpp>

#include "control.hh"
