// Any text as the condition of a trial: what is accepted is written so that it is read as the same, and holds for the
// same counts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "control/rollout/promote_condition.hh"
#include "control/rollout/trial.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto time = trial_time(text); time && (time->count() <= 0 || *time > longest_trial)) std::abort();
  const auto condition = PromoteCondition::parse(text);
  if (!condition) {
    if (condition.error().empty()) std::abort();
    return 0;
  }
  const auto again = PromoteCondition::parse(condition->text());
  if (!again || !(*again == *condition) || again->text() != condition->text()) std::abort();
  for (const BlockCounts& counts : {BlockCounts{}, BlockCounts{size, 2, 1}, BlockCounts{~0ULL, ~0ULL, ~0ULL}})
    if (again->holds(counts) != condition->holds(counts)) std::abort();
  return 0;
}
