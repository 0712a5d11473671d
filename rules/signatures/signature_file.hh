// A file of signatures in Suricata's rule language: text in, signatures and ALL errors out. What is read, and what it
// means, stands in rules/README.md.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/signatures/signature.hh"
#include "rules/text/list_file.hh"

namespace sluice {

constexpr std::size_t signature_limit = 200'000;  // rules of a file

struct LoadedSignatures {
  SignatureList signatures;  // those without an error, in the order of the file
  std::vector<ListError> errors;
  std::size_t left_out = 0;  // rules with errors, where all errors are those of rules
};

// Reads a file. The list is named by the file's stem ("vendor-telemetry" of vendor-telemetry.rules), errors by its
// path.
[[nodiscard]] LoadedSignatures load_signatures(const std::filesystem::path& path);

// The same from memory; errors are named by the list.
// `folder`: that of the file, beside which datasets lie; without one none is loaded.
[[nodiscard]] LoadedSignatures parse_signatures(std::string_view text, std::string_view list_name,
                                                std::optional<std::filesystem::path> folder = {});

}  // namespace sluice
