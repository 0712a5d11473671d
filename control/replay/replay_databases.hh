// Databases for the signatures that a replay was given: compiled in this process, and kept where that took long.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "rules/databases/databases.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

// $XDG_CACHE_HOME/sluice, else $HOME/.cache/sluice (XDG Base Directory Specification 0.8: a path that is not absolute
// does not count); empty where the environment names neither.
[[nodiscard]] std::string user_cache_directory();

// An empty `cache_directory`, or one that cannot be used, costs time only. The error
// has a line for each signature that cannot be compiled.
[[nodiscard]] tl::expected<Databases, std::string> replay_databases(const SignatureList& signatures,
                                                                    const std::string& cache_directory);

}  // namespace sluice
