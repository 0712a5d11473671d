// What a look-up of a host name costs among many listed domains, in nanoseconds, and what the plain way costs: each
// suffix of the name in a std::unordered_map. Both over the same names in turns.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dataplane/sets/ruleset.hh"
#include "rules/indicators/indicator_list.hh"
#include "tests/bench/names.hh"
#include "tests/bench/random.hh"
#include "tests/bench/thread_clock.hh"

using namespace sluice;
using namespace sluice::bench;

namespace {

constexpr std::uint32_t names_a_turn = 65'536;  // more than caches keep the slots of
constexpr std::uint32_t listed_of_100 = 2;      // as phones ask

// Of three or four labels, and of every hundred two below a listed domain. They lie one behind the other: a name that
// is looked up was read a moment ago, and does not come from memory.
struct AskedNames {
  std::string text;
  std::vector<std::size_t> ends;
};
AskedNames asked_names(std::uint32_t domains) {
  Random random{7};
  AskedNames names;
  while (names.ends.size() < names_a_turn) {
    const auto number = random.below(domains);
    const bool is_listed = random.below(100) < listed_of_100;
    const auto owner = is_listed ? listed_domain(number) : fmt::format("{:x}-site.net", random.next() >> 40);
    names.text +=
        random.below(2) == 0 ? fmt::format("www.{}", owner) : fmt::format("edge{}.cdn.{}", random.below(64), owner);
    names.ends.push_back(names.text.size());
  }
  return names;
}

class PlainMap {
 public:
  explicit PlainMap(const IndicatorList& rows) {
    for (std::uint32_t row = 0; row < rows.size(); ++row) rows_.emplace(rows[row].name, row);
  }
  void match_name(std::string_view name, Hits& hits) const {
    for (;;) {
      if (const auto found = rows_.find(std::string{name}); found != rows_.end()) hits.add(found->second);
      const auto dot = name.find('.');
      if (dot == std::string_view::npos) return;
      name.remove_prefix(dot + 1);
    }
  }

 private:
  std::unordered_map<std::string, std::uint32_t> rows_;
};

struct Turn {
  double each = 0;  // nanoseconds
  std::uint64_t hits = 0;
};
template <typename Table>
Turn measure(const Table& table, const AskedNames& names) {
  Turn turn;
  const auto begin = thread_nanoseconds();
  std::size_t from = 0;
  for (const auto end : names.ends) {
    Hits hits;
    table.match_name(std::string_view{names.text}.substr(from, end - from), hits);
    turn.hits += hits.count;
    from = end;
  }
  turn.each = (thread_nanoseconds() - begin) / static_cast<double>(names.ends.size());
  return turn;
}

std::string percentiles(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](std::size_t percent) { return samples[(samples.size() - 1) * percent / 100]; };
  return fmt::format("{:6.0f} ns (p10 {:.0f}, p90 {:.0f})", at(50), at(10), at(90));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the look-up of a host name among listed domains. tests/bench/README.md says more."};
  std::uint32_t domains = 100'000;
  std::uint32_t turns = 40;
  app.add_option("--domains", domains, "listed")->check(CLI::Range(1U, 1'000'000U));
  app.add_option("--turns", turns, "of 65,536 names")->check(CLI::Range(1U, 10'000U));
  CLI11_PARSE(app, argc, argv);
  std::string text{"indicator,kind\n"};
  for (std::uint32_t number = 0; number < domains; ++number) text += listed_domain(number) + ",domain\n";
  RuleList rules{std::move(parse_indicator_list(text, "bench").rows), {}};
  const Ruleset ruleset{rules};
  const PlainMap plain{rules.indicators};
  const auto names = asked_names(domains);
  std::vector<double> own;
  std::vector<double> baseline;
  for (std::uint32_t turn = 0; turn < turns; ++turn) {
    const auto one = measure(ruleset, names);
    const auto other = measure(plain, names);
    if (one.hits != other.hits || one.hits == 0) {
      fmt::print(stderr, "FAULT {} hits, {} in the map\n", one.hits, other.hits);
      return EXIT_FAILURE;
    }
    own.push_back(one.each);
    baseline.push_back(other.each);
  }
  fmt::print("{} domains, {} names a turn, {} turns\n", domains, names.ends.size(), turns);
  fmt::print("look-up       {}  goal 150 ns among 100,000\n", percentiles(own));
  fmt::print("unordered_map {}\n", percentiles(baseline));
  return EXIT_SUCCESS;
}
