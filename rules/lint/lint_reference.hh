// What `sluice rules lint` holds rows against beside their form: lists of the operator's, in files of their own.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/names/address.hh"
#include "rules/text/list_file.hh"

namespace sluice {

struct LintReference {
  std::vector<AddressRange> shared_hosting;  // sorted, apart from each other
  // Popular names, and above each what stands above it (but for the last label alone): name -> the popular one.
  std::unordered_map<std::string, std::string> popular;

  // The range that holds the address; nothing where none does.
  [[nodiscard]] const AddressRange* hosting_of(const Address& address) const noexcept;
};

// Both add to `reference` and return all errors. `path` names the file in them. Blank lines and lines that begin with
// '#' are left out.

// One prefix or address a line.
[[nodiscard]] std::vector<ListError> add_shared_hosting(std::string_view text, const std::string& path,
                                                        LintReference& reference);
// One name a line, or "RANK,NAME" as the public rankings have it.
[[nodiscard]] std::vector<ListError> add_popular(std::string_view text, const std::string& path,
                                                 LintReference& reference);

}  // namespace sluice
