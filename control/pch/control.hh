// What most files of this folder include, compiled once: reading it took half of the time that a file took to build. No
// guard: it is compiled as a file of its own. Each file includes what it needs all the same: sanitized builds go
// without.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <vector>
