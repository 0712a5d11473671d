// The key under which a tap shows identifiers (redaction.hh). It stays on the machine where it was made: who has it can
// try out which identifier stands behind a digest.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

using RedactionKey = std::array<std::uint8_t, 32>;

// 32 bytes from the kernel.
[[nodiscard]] tl::expected<RedactionKey, std::string> random_key();

// The key in that file. Where there is none, a random one is put there (mode 0600; folders that are missing are made
// with 0700); of several programs that do so at once all get the same. The error is one line with path and remedy:
// no path (own_key_path() had none), a file of another size, one that others may read or write, one that is no plain
// file, or what the system said.
[[nodiscard]] tl::expected<RedactionKey, std::string> load_or_make_key(const std::string& path);

// Where a program that a person runs keeps his key: $XDG_STATE_HOME/sluice/redaction.key, else
// ~/.local/state/sluice/redaction.key (XDG Base Directory Specification 0.8); empty where neither variable is set.
[[nodiscard]] std::string own_key_path();

}  // namespace sluice
