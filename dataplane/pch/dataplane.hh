// What most files of this folder include, compiled once: reading it took three quarters of the time that a file took to
// build. No guard: it is compiled as a file of its own. Each file includes what it needs all the same: sanitized builds
// go without.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
