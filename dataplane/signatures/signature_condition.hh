// The conditions of a signature as a worker tries them: on the packet and on its flow. Those on state are in
// signature_state.hh.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/signatures/signature_input.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_number.hh"

namespace sluice {

// Names as numbers of the set that the signature is of.
struct PacketCondition {
  ConditionKind kind{};
  bool negated = false;
  std::uint8_t subject = 0;
  std::uint8_t track = 0;
  ComparedNumber number;
  std::vector<std::uint32_t> names;
};

[[nodiscard]] constexpr bool is_state(ConditionKind kind) noexcept {
  return kind == ConditionKind::flow_bit || kind == ConditionKind::flow_number || kind == ConditionKind::host_bit;
}

// Whether the flow speaks it, as far as it is known.
[[nodiscard]] bool is_application(SignatureProtocol wanted, Protocol spoken) noexcept;

// Of a condition that is not on state. False where the packet has no such field, but for what is negated as a whole.
[[nodiscard]] bool holds(const PacketCondition& condition, const SignatureInput& input) noexcept;

}  // namespace sluice
