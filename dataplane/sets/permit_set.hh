// What the site has excepted from blocking, by the rows of one generation. Looked at only where a hit would drop.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "rules/indicators/indicator_rows.hh"
#include "rules/policy/rule_exception.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

class PermitSet {
 public:
  void build(const ExceptionList& exceptions, const IndicatorRows& indicators, const SignatureList& signatures);
  // Whether a permit holds there for that row.
  [[nodiscard]] bool permits(std::uint32_t row, const HitPlace& place) const noexcept;
  [[nodiscard]] bool empty() const noexcept { return permits_.empty(); }

 private:
  struct Permit {
    RuleException exception;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> rows;  // first and last, in order
  };

  std::vector<Permit> permits_;
};

}  // namespace sluice
