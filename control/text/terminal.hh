// What the program knows of the terminal that it writes to.
#pragma once

#include <cstddef>

namespace sluice {

// Columns of standard output; 100 where it is no terminal.
[[nodiscard]] std::size_t terminal_width();

}  // namespace sluice
