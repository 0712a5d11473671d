#include "rules/databases/hyperscan_platform.hh"

#include <hs/hs_runtime.h>

namespace sluice {

// hs_populate_platform() would say it too, but stands in the compiler's library, which the data plane does without. The
// list is at least as fine as what the library's own choice goes by (its "fat runtime").
std::string hyperscan_platform() {
  std::string text = hs_version();
#if defined(__x86_64__)
  if (__builtin_cpu_supports("ssse3")) text += " ssse3";
  if (__builtin_cpu_supports("sse4.2")) text += " sse4.2";
  if (__builtin_cpu_supports("popcnt")) text += " popcnt";
  if (__builtin_cpu_supports("avx2")) text += " avx2";
  if (__builtin_cpu_supports("avx512f")) text += " avx512f";
  if (__builtin_cpu_supports("avx512bw")) text += " avx512bw";
  if (__builtin_cpu_supports("avx512vbmi")) text += " avx512vbmi";
#elif defined(__aarch64__)
  text += " aarch64";
#endif
  return text;
}

}  // namespace sluice
