// Small files that the control plane keeps its state in: read whole, replaced whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sluice {

// Nothing where there is no such file. An error where it cannot be read or has more than `limit` bytes.
[[nodiscard]] tl::expected<std::optional<std::string>, std::string> read_text_file(const std::string& path,
                                                                                   std::size_t limit);

// A new file beside it, synced, then renamed: a power cut leaves the old text or the new one. Mode 0600; the folder is
// made, mode 0750, where it is missing.
[[nodiscard]] tl::expected<void, std::string> replace_text_file(const std::string& path, std::string_view text);

}  // namespace sluice
