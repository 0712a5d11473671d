// Databases for the signatures of a ruleset: those of an earlier start, or what sluice-compile makes of them.
#pragma once

#include <cstdint>
#include <string>

#include "dataplane/generations/generation_loader.hh"

namespace sluice {

// Of all databases that are kept, bytes.
constexpr std::uint64_t kept_databases_limit = std::uint64_t{1} << 30;

// sluice-compile as it stands beside this program, or in the tree that it was built in.
[[nodiscard]] std::string compiler_path();

// `program`: the path of sluice-compile. `directory`: where databases are kept.
[[nodiscard]] CompileSignatures signature_compiler(std::string program, std::string directory);

}  // namespace sluice
