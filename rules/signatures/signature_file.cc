#include "rules/signatures/signature_file.hh"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature_rule.hh"

namespace sluice {
namespace {

LoadedSignatures read_rules(std::string_view text, std::string_view list_name, std::string_view file,
                            DatasetFiles datasets) {
  SignatureList signatures;
  ListErrors errors(file);
  if (!check_list(text, list_name, errors)) return {{}, errors.take(), 0};
  std::unordered_map<std::uint32_t, std::size_t> place_of_sid;  // in `signatures`
  RuleTextReader rules(text);
  std::size_t count = 0;
  std::size_t left_out = 0;
  while (const auto rule = rules.next()) {
    const auto line = rule->place(0).line;
    if (++count > signature_limit) {
      errors.add(line, 1,
                 fmt::format("more than {} rules: split the file; what follows was not read", signature_limit));
      left_out = 0;
      break;
    }
    RuleFaults faults;
    auto signature = read_signature(*rule, list_name, datasets, faults);
    std::stable_sort(faults.begin(), faults.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    for (auto& fault : faults) {
      const auto place = rule->place(fault.at);
      errors.add(place.line, place.column, std::move(fault.message));
    }
    if (!signature) {
      ++left_out;
      continue;
    }
    signature->line = line;
    // Without regard to gid: rule_id is made of the sid alone.
    const auto [known, fresh] = place_of_sid.try_emplace(signature->facts.signature_id, signatures.size());
    if (fresh) {
      signatures.push_back(std::move(*signature));
    } else if (auto& before = signatures[known->second]; before.facts.revision == signature->facts.revision) {
      ++left_out;
      errors.add(
          line, rule->place(0).column,
          fmt::format("sid {} stands already in line {}: give each rule its own, or a higher rev to the one that "
                      "replaces the other",
                      signature->facts.signature_id, before.line));
    } else if (before.facts.revision < signature->facts.revision) {
      before = std::move(*signature);
    }
  }
  return {std::move(signatures), errors.take(), left_out};
}

}  // namespace

LoadedSignatures parse_signatures(std::string_view text, std::string_view list_name,
                                  std::optional<std::filesystem::path> folder) {
  return read_rules(text, list_name, list_name, DatasetFiles{std::move(folder)});
}

LoadedSignatures load_signatures(const std::filesystem::path& path) {
  auto text = read_list_file(path);
  if (!text) return {{}, {std::move(text.error())}, 0};
  const auto name = path.stem().string();
  const auto shown = path.string();
  auto loaded = read_rules(*text, name, shown, DatasetFiles{path.parent_path()});
  for (auto& signature : loaded.signatures) signature.file = path.filename().string();
  return loaded;
}

}  // namespace sluice
