#include "tests/bench/rules.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/bench/names.hh"
#include "tests/bench/random.hh"

namespace sluice::bench {
namespace {

tl::expected<void, std::string> without(const std::vector<ListError>& errors) {
  if (errors.empty()) return {};
  return tl::unexpected(errors.front().text());
}

// Patterns that nothing in the mix holds but by chance, of 8 bytes at least: none is expected in a run.
std::string made_signatures() {
  constexpr std::uint32_t count = 10'000;
  Random random{3};
  std::string text;
  for (std::uint32_t number = 1; number <= count; ++number)
    text += fmt::format("alert tcp any any -> any any (msg:\"made\"; content:\"made-{:016x}\"; sid:{};)\n",
                        random.next(), 1'000'000 + number);
  return text;
}

tl::expected<void, std::string> add_list(const std::filesystem::path& path, RuleList& rules) {
  auto list = load_indicator_list(path);
  std::move(list.rows.begin(), list.rows.end(), std::back_inserter(rules.indicators));
  return without(list.errors);
}

tl::expected<void, std::string> add_shipped(RuleChoice choice, RuleList& rules) {
  const auto packs = std::filesystem::path{SLUICE_SOURCE_ROOT} / "rules/packs";
  for (const auto& file : std::filesystem::directory_iterator{packs}) {
    const auto& path = file.path();
    const bool is_chosen = choice != RuleChoice::match || path.stem() == "vendor-telemetry";
    if (path.extension() != ".csv" || !is_chosen) continue;
    if (const auto fine = add_list(path, rules); !fine) return fine;
  }
  auto signatures = load_signatures(packs / "vendor-telemetry.rules");
  rules.signatures = std::move(signatures.signatures);
  return without(signatures.errors);
}

}  // namespace

tl::expected<std::unique_ptr<const Generation>, std::string> make_rules(RuleChoice choice, std::uint32_t domains) {
  if (choice == RuleChoice::none) return std::move(*make_generation({}, {}, 1, 1));
  const auto rows = choice == RuleChoice::large ? 10 * domains : domains;
  std::string text{"indicator,kind\n"};
  for (std::uint32_t number = 0; number < rows; ++number) text += listed_domain(number) + ",domain\n";
  auto made = parse_indicator_list(text, "bench");
  if (const auto fine = without(made.errors); !fine) return tl::unexpected(fine.error());
  RuleList rules{std::move(made.rows), {}};
  if (const auto fine = add_shipped(choice, rules); !fine) return tl::unexpected(fine.error());
  if (choice == RuleChoice::large) {
    auto signatures = parse_signatures(made_signatures(), "bench");
    if (const auto fine = without(signatures.errors); !fine) return tl::unexpected(fine.error());
    std::move(signatures.signatures.begin(), signatures.signatures.end(), std::back_inserter(rules.signatures));
  }
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  if (!databases) return tl::unexpected(databases.error().front().text(rules.signatures));
  return make_generation(rules, *databases, 1, 1);
}

}  // namespace sluice::bench
