// Under which condition the new rules of a shadow trial are promoted: "blocks/device < 2.5".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/rollout/block_tally.hh"

namespace sluice {

class PromoteCondition {
 public:
  static constexpr std::size_t size_limit = 128;  // bytes of the text

  // COUNT [/ COUNT] (< | <=) NUMBER, with blanks anywhere between. COUNT: blocks, flows, devices (behind the slash also
  // block, flow, device); NUMBER: of 9 digits before the point at most, and 3 behind it. The error names the column,
  // from 1, what stands there, and what may.
  [[nodiscard]] static tl::expected<PromoteCondition, std::string> parse(std::string_view text);

  // Exact: no rounding. Of nothing, each device has none.
  [[nodiscard]] bool holds(const BlockCounts& counts) const noexcept;
  // As it is written by us: "blocks/device <= 2.5".
  [[nodiscard]] std::string text() const;

  enum class Count : std::uint8_t { blocks, flows, devices };
  bool operator==(const PromoteCondition&) const = default;

 private:
  PromoteCondition() = default;

  Count count_{};
  std::optional<Count> per_;
  bool or_equal_ = false;
  std::uint64_t thousandths_ = 0;
};

}  // namespace sluice
