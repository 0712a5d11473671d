// What a worker keeps between packets for the signatures of one generation: variables of flows, bits of hosts, and how
// often what matched. Bounded; where there is no room, a rule acts as if nothing was kept, and it is counted.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/base/expiring_table.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/signatures/captured_texts.hh"
#include "dataplane/signatures/signature_condition.hh"
#include "dataplane/signatures/signature_trace.hh"
#include "rules/names/address.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

constexpr std::uint32_t flow_variables_blocks = 8192;  // flows with variables, a worker
constexpr std::uint32_t host_bit_entries = 16'384;     // bits of hosts, a worker; what would end first gives way
constexpr std::uint32_t rate_entries = 16'384;         // rules by what they are counted for, a worker; likewise

// Bits, numbers and texts of one flow. A bit that is set is a number 1.
struct FlowVariables {
  static constexpr std::size_t limit = 16;
  struct Variable {
    std::uint32_t name;
    std::uint32_t value;
  };

  void clear() noexcept {
    count = 0;
    texts.clear();
  }
  [[nodiscard]] Variable* find(std::uint32_t name) noexcept {
    for (std::uint32_t i = 0; i < count; ++i)
      if (variables[i].name == name) return &variables[i];
    return nullptr;
  }
  // False where there is no room.
  [[nodiscard]] bool set(std::uint32_t name, std::uint32_t value) noexcept {
    if (auto* const known = find(name)) {
      known->value = value;
      return true;
    }
    if (count == limit) return false;
    variables[count++] = {name, value};
    return true;
  }
  void unset(std::uint32_t name) noexcept {
    if (auto* const known = find(name)) *known = variables[--count];
  }

  // No member is initialised here: see Pool.
  std::uint32_t count;
  std::array<Variable, limit> variables;
  CapturedTexts texts;
};

// How a match is reported.
enum class Reporting : std::uint8_t {
  none,    // as if it had not matched
  silent,  // what it does is done
  told,
};

class SignatureState {
 public:
  // Takes memory for what the rules use alone.
  struct Uses {
    bool flow_variables = false;
    bool host_bits = false;
    bool rates = false;
  };
  explicit SignatureState(const Uses& uses);

  // Of a condition on state; `full` is counted up where there was no room.
  [[nodiscard]] bool holds(const PacketCondition& condition, const SignatureInput& input) noexcept;
  void apply(const PacketCondition& condition, const SignatureInput& input, std::uint64_t& full) noexcept;
  void keep(std::uint32_t name, Bytes text, const SignatureInput& input, std::uint64_t& full) noexcept;
  [[nodiscard]] Reporting report(std::uint32_t row, const SignatureThreshold& threshold, const SignatureInput& input,
                                 std::uint64_t& full) noexcept;

  // Null where the flow has none.
  [[nodiscard]] FlowVariables* variables(const SignatureTrace& trace) noexcept {
    return trace.variables == no_index ? nullptr : &variables_.at(trace.variables);
  }
  void release(SignatureTrace& trace) noexcept {
    if (trace.variables != no_index) variables_.give(trace.variables);
    trace.variables = no_index;
  }

 private:
  struct Key {
    Address first;
    Address second;
    std::uint32_t rule;  // or name of a bit
    std::uint32_t track;
  };
  struct HostBit {
    Key key;
    Tick until;
  };
  struct Rate {
    static constexpr std::size_t ports_limit = threshold_ports_limit;
    Key key;
    Tick until;
    Tick start;
    std::uint32_t count;
    std::uint32_t next;
    std::array<std::uint16_t, ports_limit> ports;  // different ones, where these are counted
  };

  [[nodiscard]] FlowVariables* own_variables(const SignatureInput& input, std::uint64_t& full) noexcept;
  [[nodiscard]] static Key host_key(const PacketCondition& condition, const SignatureInput& input) noexcept;
  [[nodiscard]] bool has_host_bit(const PacketCondition& condition, const SignatureInput& input) noexcept;

  Pool<FlowVariables> variables_;
  ExpiringTable<HostBit> host_bits_;
  ExpiringTable<Rate> rates_;
};

}  // namespace sluice
