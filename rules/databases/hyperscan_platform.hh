// What a compiled Hyperscan database is bound to.
#pragma once

#include <string>

namespace sluice {

// Version and build of the Hyperscan library, and the features of this CPU by which it chooses its code, as one line of
// text: "5.4.0 2021-01-26 ssse3 sse4.2 popcnt avx2". Databases compiled where this differs are not taken.
[[nodiscard]] std::string hyperscan_platform();

}  // namespace sluice
