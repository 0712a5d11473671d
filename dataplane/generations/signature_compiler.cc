#include "dataplane/generations/signature_compiler.hh"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "rules/databases/compile_process.hh"
#include "rules/databases/database_cache.hh"
#include "rules/databases/prefilter.hh"

namespace sluice {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds{2};

tl::expected<Databases, std::string> compile(const std::string& program, std::span<const int> packs,
                                             const std::string& digest, const std::atomic<bool>& stop) {
  CompileProcess process{program};
  if (const auto started = process.start(packs, digest); !started) return tl::unexpected(started.error());
  while (!stop) {
    auto result = process.poll();
    if (!result) return tl::unexpected(result.error());
    if (*result) return std::move(**result);
    std::this_thread::sleep_for(poll_interval);
  }
  return tl::unexpected(std::string{"the data plane ends"});
}

}  // namespace

std::string compiler_path() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const auto beside = folder / "sluice-compile";
  const auto built = folder / "../rules/sluice-compile";
  return std::filesystem::exists(beside, error) || !std::filesystem::exists(built, error)
             ? beside.string()
             : built.lexically_normal().string();
}

CompileSignatures signature_compiler(std::string program, std::string directory) {
  const auto cache = std::make_shared<DatabaseCache>(std::move(directory), kept_databases_limit);
  return [cache, program = std::move(program)](const SignatureList& signatures, std::span<const int> packs,
                                               const std::atomic<bool>& stop) -> tl::expected<Databases, std::string> {
    const auto digest = prefilter_digest(make_prefilter(signatures));
    if (auto kept = cache->find(digest)) return std::move(*kept);
    auto compiled = compile(program, packs, digest, stop);
    if (!compiled) return compiled;
    const auto before = cache->counters().unstored;
    cache->store(*compiled);
    if (cache->counters().unstored != before)
      std::fprintf(stderr,
                   "sluice-dataplane: compiled signatures are not kept, the next start compiles them anew: %s\n",
                   cache->failure().c_str());
    return compiled;
  };
}

}  // namespace sluice
