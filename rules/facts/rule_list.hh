// Everything that one generation looks for. A rule's row is its position: indicators first, then signatures.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rules/facts/rule_facts.hh"
#include "rules/indicators/indicator.hh"
#include "rules/policy/rule_exception.hh"
#include "rules/policy/site_policy.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

struct RuleList {
  IndicatorList indicators;
  SignatureList signatures;
  ExceptionList exceptions{};  // of the site; no pack holds any
  SitePolicy policy{};         // the same
  std::size_t packed = 0;  // so many indicators, the last ones, came in packs; the others are of the site's own lists

  [[nodiscard]] std::size_t size() const noexcept { return indicators.size() + signatures.size(); }
  [[nodiscard]] const RuleFacts& facts(std::size_t row) const noexcept {
    return row < indicators.size() ? indicators[row].facts : signatures[row - indicators.size()].facts;
  }
};

}  // namespace sluice
