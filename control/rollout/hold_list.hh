// The rules that are held, why, and since when: kept on disk, and sent to every data plane that comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/rollout/block_tally.hh"

namespace sluice {

enum class HoldCause : std::uint8_t { fuse, trial };
constexpr std::size_t hold_causes = 2;
[[nodiscard]] std::string_view text_of(HoldCause cause) noexcept;

struct HeldRule {
  std::string rule;  // an id, or NAME/* for all of a pack
  HoldCause cause{};
  std::int64_t since_ns = 0;
  BlockCounts counts;  // what it had blocked by then
};

class HoldList {
 public:
  static constexpr std::size_t limit = held_rules_limit;

  // `path`: of the file. What cannot be understood is put aside, and the error is in complaint().
  explicit HoldList(std::string path);

  [[nodiscard]] const std::vector<HeldRule>& rules() const noexcept { return rules_; }
  [[nodiscard]] RuleIds ids() const;
  [[nodiscard]] std::size_t count(HoldCause cause) const noexcept;
  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

  // False where there is no room; a rule that is held already stays as it is.
  [[nodiscard]] bool add(HeldRule rule);
  // How many those were.
  std::size_t remove(std::string_view rule, HoldCause cause);
  std::size_t remove_all(HoldCause cause);
  // What is wrong with the disk stands in complaint() afterwards.
  void save();

 private:
  [[nodiscard]] tl::expected<void, std::string> load();

  std::string path_;
  std::string complaint_;
  std::vector<HeldRule> rules_;
};

}  // namespace sluice
