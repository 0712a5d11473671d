// Filters of packets in the language of the classic BSD Packet Filter, to which libpcap compiles what people write
// (pcap-filter(7)): McCanne and Jacobson, "The BSD Packet Filter", USENIX Winter 1993, section 3.3; the numbers are
// those of pcap/bpf.h. A program comes from outside: it is checked whole before it is run. Its jumps lead forward
// alone, so that it ends after as many steps as it is long at most.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/base/bytes.hh"

namespace sluice {

struct FilterInstruction {
  std::uint16_t code = 0;
  std::uint8_t jump_true = 0;  // instructions to skip
  std::uint8_t jump_false = 0;
  std::uint32_t value = 0;
};

enum class FilterFault : std::uint8_t {
  empty,        // no instruction
  cut,          // bytes that are no whole number of instructions
  too_long,     // more than instruction_limit
  unknown,      // an instruction that there is not
  jump,         // out of the program
  memory,       // a cell that there is not
  zero,         // a division by 0, or a shift by more than 31
  without_end,  // the last instruction does not return
};
[[nodiscard]] std::string_view text_of(FilterFault fault) noexcept;

class PacketFilter {
 public:
  static constexpr std::size_t instruction_limit = 4096;
  static constexpr std::size_t instruction_size = 8;  // bytes of one in a message, little-endian, in the order above

  [[nodiscard]] static tl::expected<PacketFilter, FilterFault> check(std::vector<FilterInstruction> program);
  [[nodiscard]] static tl::expected<PacketFilter, FilterFault> read(Bytes message);
  [[nodiscard]] static std::vector<std::uint8_t> written(const std::vector<FilterInstruction>& program);

  // Bytes of the packet that are wanted; 0: none. What loads a byte that is not there wants none.
  [[nodiscard]] std::uint32_t run(Bytes packet, std::uint32_t wire_length) const noexcept;

 private:
  explicit PacketFilter(std::vector<FilterInstruction> program) noexcept : program_(std::move(program)) {}
  std::vector<FilterInstruction> program_;
};

}  // namespace sluice
