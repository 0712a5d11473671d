// Reads a configuration: all that is wrong with it at once, or the whole of it with every default filled in.
#pragma once

#include <filesystem>
#include <string_view>
#include <tl/expected.hpp>

#include "config/error.hh"
#include "config/relations.hh"
#include "config/sluice_generated.h"

namespace sluice::config {

constexpr std::size_t file_size_limit = std::size_t{1024} * 1024;  // bytes
constexpr std::size_t errors_limit = 200;                          // one more says how many are not listed

// Every table below the configuration is there, so that no pointer in it is null. The errors stand in the order of the
// text and are never empty.
using Loaded = tl::expected<ConfigurationT, ConfigErrors>;

// JSON with // and /* */ comments. Never throws.
[[nodiscard]] Loaded load(const std::filesystem::path& file, Use use = Use::replay);
// The same for a text; `file_name` is for the errors.
[[nodiscard]] Loaded parse(std::string_view text, std::string_view file_name, Use use = Use::replay);

// What an empty file means.
[[nodiscard]] ConfigurationT defaults();

}  // namespace sluice::config
