// Source files of rules, as a publisher names them: indicator lists (.csv) and signatures (.rules).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/rule_list.hh"
#include "rules/pack/pack.hh"

namespace sluice {

struct PackSources {
  RuleList rules;
  std::size_t exceptions = 0;       // rows of lists of exceptions, which were judged and are in no pack
  std::vector<PackSource> sources;  // in the order of the paths
  std::vector<std::string> errors;  // "FILE:LINE:COLUMN: MESSAGE"; all of all files
  std::size_t left_out = 0;         // signatures that could not be read; each stands in `notes`
  std::vector<std::string> notes;   // "FILE:LINE: note: MESSAGE": what is right and may not do what its author wants
};

// The rules of each file under its own name (the file without its ending). `skip_unsupported`: signatures that cannot
// be read are no errors.
[[nodiscard]] PackSources read_rule_sources(const std::vector<std::string>& paths, bool skip_unsupported = false);

// The rules of all files under the name of one pack, which their ids then begin with. What stands in two of the files
// is an error where it has the same id, or matches the same and is of another class; else indicators that match the
// same are one that names all sources.
[[nodiscard]] PackSources read_pack_sources(const std::vector<std::string>& paths, std::string_view pack_name,
                                            bool skip_unsupported = false);

}  // namespace sluice
