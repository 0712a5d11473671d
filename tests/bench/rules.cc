#include "tests/bench/rules.hh"

#include <algorithm>
#include <filesystem>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/bench/names.hh"

namespace sluice::bench {
namespace {

tl::expected<void, std::string> without(const std::vector<ListError>& errors) {
  if (errors.empty()) return {};
  return tl::unexpected(errors.front().text());
}

}  // namespace

std::unique_ptr<const Generation> no_rules() { return std::move(*make_generation({}, {}, 1, 1)); }

tl::expected<std::unique_ptr<const Generation>, std::string> all_rules(std::uint32_t domains) {
  const auto packs = std::filesystem::path{SLUICE_SOURCE_ROOT} / "rules/packs";
  std::string text{"indicator,kind\n"};
  for (std::uint32_t number = 0; number < domains; ++number) text += listed_domain(number) + ",domain\n";
  auto made = parse_indicator_list(text, "bench");
  auto shipped = load_indicator_list(packs / "vendor-telemetry.csv");
  auto signatures = load_signatures(packs / "vendor-telemetry.rules");
  for (const auto* errors : {&made.errors, &shipped.errors, &signatures.errors})
    if (const auto fine = without(*errors); !fine) return tl::unexpected(fine.error());

  RuleList rules{std::move(made.rows), std::move(signatures.signatures)};
  std::move(shipped.rows.begin(), shipped.rows.end(), std::back_inserter(rules.indicators));
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  if (!databases) return tl::unexpected(databases.error().front().text(rules.signatures));
  return make_generation(rules, *databases, 1, 1);
}

}  // namespace sluice::bench
