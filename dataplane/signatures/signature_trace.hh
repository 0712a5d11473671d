// What the signatures of one generation left on a flow.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/base/fields.hh"
#include "dataplane/base/pool.hh"

namespace sluice {

struct SignatureTrace {
  static constexpr std::size_t halves_limit = 4;  // signatures of which one half was seen; the oldest gives way

  std::uint32_t generation = 0;        // another one finds nothing here
  std::uint32_t variables = no_index;  // in that generation's FlowVariablesPool of the worker
  std::uint64_t dropped_at = 0;        // number of the packet in its flow, from 1; 0 = not
  std::uint32_t half_count = 0;
  std::array<std::uint32_t, halves_limit> halves{};        // row * 2, + 1 for the half that looks in the payload
  std::array<std::uint32_t, halves_limit> transactions{};  // of each half, the last that showed it; no_index = unknown
  // Bit by Way: rules on addresses alone were tried; + 2: on errors about it, + 4: outside of its tunnel.
  std::uint8_t addresses = 0;
  bool passed = false;                          // a rule lets the flow pass: no signature looks at it any more
  std::uint8_t protocols_told = 0;              // bit by Way: rules on its protocol alone were tried
  Protocol first_protocol = Protocol::unknown;  // whatever it became

  void use(std::uint32_t wanted) noexcept {
    if (generation == wanted) return;
    const auto protocol = first_protocol;
    *this = SignatureTrace{};
    generation = wanted;
    first_protocol = protocol;
  }
  // With the flow's packet of that number it is dropped, or would be: no signature looks at those behind it.
  void drop(std::uint32_t in, std::uint64_t packet) noexcept {
    use(in);
    if (dropped_at == 0) dropped_at = packet;
  }
  // Whether the other half of the row was seen; this one is noted, with the transaction that shows it.
  [[nodiscard]] bool completes(std::uint32_t row, bool of_payload, std::uint32_t transaction) noexcept {
    const auto own = row * 2 + (of_payload ? 1U : 0U);
    auto at = place_of(own);
    if (!at) halves[*(at = half_count++ % halves_limit)] = own;
    transactions[*at] = transaction;
    return place_of(own ^ 1U).has_value();
  }
  // Which transaction showed the half of the row that looks in a message.
  [[nodiscard]] std::optional<std::uint32_t> transaction_of(std::uint32_t row) const noexcept {
    const auto at = place_of(row * 2);
    if (!at || transactions[*at] == no_index) return std::nullopt;
    return transactions[*at];
  }

 private:
  [[nodiscard]] std::optional<std::size_t> place_of(std::uint32_t half) const noexcept {
    const auto end = halves.begin() + std::min<std::size_t>(half_count, halves_limit);
    const auto found = std::find(halves.begin(), end, half);
    if (found == end) return std::nullopt;
    return static_cast<std::size_t>(found - halves.begin());
  }
};

}  // namespace sluice
