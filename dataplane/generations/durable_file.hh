// Files that must be whole after a power cut: written beside their place, flushed to disk, then renamed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

// Replaces the file whole or not at all; mode 0600.
[[nodiscard]] tl::expected<void, std::string> write_durably(const std::string& path,
                                                            std::span<const std::uint8_t> bytes);
// Nothing where there is no such file.
[[nodiscard]] tl::expected<std::optional<std::vector<std::uint8_t>>, std::string> read_file(const std::string& path,
                                                                                            std::size_t limit);

// Lines of text whose last one is a SHA-256 of the others: a small file that shows when it was damaged.
[[nodiscard]] std::string with_checksum(std::string lines);
// The lines without the last one; nothing where that does not fit.
[[nodiscard]] std::optional<std::string_view> checked_lines(std::string_view text);

}  // namespace sluice
