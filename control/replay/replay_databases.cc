#include "control/replay/replay_databases.hh"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "rules/databases/compile.hh"
#include "rules/databases/database_cache.hh"
#include "rules/databases/prefilter.hh"

namespace sluice {
namespace {

// What compiles faster is compiled anew: 1,000 literals take about 20 ms, 10,000 about 200 ms.
constexpr std::chrono::milliseconds worth_keeping{50};           // of computing: on a busy machine all takes long
constexpr std::uint64_t cache_limit = std::uint64_t{256} << 20;  // bytes

std::string absolute(const char* variable, std::string_view below) {
  const char* const value = std::getenv(variable);
  if (value == nullptr || *value != '/') return {};
  return value + std::string{below};
}

}  // namespace

std::string user_cache_directory() {
  auto directory = absolute("XDG_CACHE_HOME", "/sluice");
  return directory.empty() ? absolute("HOME", "/.cache/sluice") : directory;
}

tl::expected<Databases, std::string> replay_databases(const SignatureList& signatures,
                                                      const std::string& cache_directory) {
  const auto prefilter = make_prefilter(signatures);
  DatabaseCache cache{cache_directory, cache_limit};
  if (!cache_directory.empty())
    if (auto kept = cache.find(prefilter_digest(prefilter))) return std::move(*kept);
  const auto begin = std::clock();
  auto databases = compile_databases(signatures, prefilter);
  if (!databases) {
    std::string text;
    for (const auto& error : databases.error()) text += (text.empty() ? "" : "\n") + error.text(signatures);
    return tl::unexpected(std::move(text));
  }
  const std::chrono::milliseconds took{(std::clock() - begin) * std::milli::den / CLOCKS_PER_SEC};
  if (!cache_directory.empty() && took > worth_keeping) cache.store(*databases);
  return std::move(*databases);
}

}  // namespace sluice
