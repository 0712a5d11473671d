#include "dataplane/packet/packet_filter.hh"

#include <array>
#include <boost/endian/conversion.hpp>
#include <cstring>
#include <optional>

namespace sluice {
namespace {

// Instructions, by class, size, mode and source (pcap/bpf.h).
namespace op {
constexpr std::uint16_t load_word = 0x20, load_half = 0x28, load_byte = 0x30;           // A = packet[k]
constexpr std::uint16_t load_word_at = 0x40, load_half_at = 0x48, load_byte_at = 0x50;  // A = packet[X + k]
constexpr std::uint16_t load_length = 0x80, load_value = 0x00, load_cell = 0x60;
constexpr std::uint16_t load_x_value = 0x01, load_x_cell = 0x61, load_x_length = 0x81;
constexpr std::uint16_t load_x_header = 0xb1;  // X = 4 * (packet[k] & 15): the length of a header of IPv4
constexpr std::uint16_t store = 0x02, store_x = 0x03;
constexpr std::uint16_t arithmetic = 0x04, negate = 0x84;  // with an operation; by k, or with from_x by X
constexpr std::uint16_t jump = 0x05, jump_equal = 0x15, jump_greater = 0x25, jump_at_least = 0x35, jump_bits = 0x45;
constexpr std::uint16_t from_x = 0x08;
constexpr std::uint16_t give_value = 0x06, give_a = 0x16;
constexpr std::uint16_t to_x = 0x07, to_a = 0x87;
}  // namespace op

// Of `arithmetic`.
enum class Operation : std::uint16_t {
  add = 0x00,
  subtract = 0x10,
  multiply = 0x20,
  divide = 0x30,
  either = 0x40,
  both = 0x50,
  left = 0x60,
  right = 0x70,
  remainder = 0x90,
  one_of_both = 0xa0
};

constexpr std::size_t cells = 16;
constexpr std::uint32_t word_bits = 32;

std::optional<Operation> operation_of(std::uint16_t code) noexcept {
  if ((code & 0x07U) != op::arithmetic || code > 0xff) return std::nullopt;
  const auto operation = static_cast<Operation>(code & 0xf0U);
  const bool known =
      operation <= Operation::right || operation == Operation::remainder || operation == Operation::one_of_both;
  return known ? std::optional{operation} : std::nullopt;
}

bool is_branch(std::uint16_t code) noexcept {
  const auto kind = static_cast<std::uint16_t>(code & ~op::from_x);
  return kind == op::jump_equal || kind == op::jump_greater || kind == op::jump_at_least || kind == op::jump_bits;
}

bool is_return(std::uint16_t code) noexcept { return code == op::give_value || code == op::give_a; }

// Without memory, jumps and arithmetic.
bool is_plain(std::uint16_t code) noexcept {
  switch (code) {
    case op::load_word:
    case op::load_half:
    case op::load_byte:
    case op::load_word_at:
    case op::load_half_at:
    case op::load_byte_at:
    case op::load_length:
    case op::load_value:
    case op::load_x_value:
    case op::load_x_length:
    case op::load_x_header:
    case op::negate:
    case op::to_x:
    case op::to_a: return true;
    default: return is_return(code);
  }
}

bool uses_cell(std::uint16_t code) noexcept {
  return code == op::load_cell || code == op::load_x_cell || code == op::store || code == op::store_x;
}

std::optional<FilterFault> fault_of(const FilterInstruction& instruction, std::size_t behind) noexcept {
  const auto code = instruction.code;
  if (is_plain(code)) return std::nullopt;
  if (uses_cell(code)) return instruction.value < cells ? std::nullopt : std::optional{FilterFault::memory};
  if (code == op::jump) return instruction.value < behind ? std::nullopt : std::optional{FilterFault::jump};
  if (is_branch(code))
    return instruction.jump_true < behind && instruction.jump_false < behind ? std::nullopt
                                                                             : std::optional{FilterFault::jump};
  const auto operation = operation_of(code);
  if (!operation) return FilterFault::unknown;
  if ((code & op::from_x) != 0) return std::nullopt;
  const bool divides = *operation == Operation::divide || *operation == Operation::remainder;
  const bool shifts = *operation == Operation::left || *operation == Operation::right;
  const bool bad = (divides && instruction.value == 0) || (shifts && instruction.value >= word_bits);
  return bad ? std::optional{FilterFault::zero} : std::nullopt;
}

// Nothing: a division by X = 0.
std::optional<std::uint32_t> result(Operation operation, std::uint32_t a, std::uint32_t b) noexcept {
  switch (operation) {
    case Operation::add: return a + b;
    case Operation::subtract: return a - b;
    case Operation::multiply: return a * b;
    case Operation::divide: return b == 0 ? std::nullopt : std::optional{a / b};
    case Operation::remainder: return b == 0 ? std::nullopt : std::optional{a % b};
    case Operation::either: return a | b;
    case Operation::both: return a & b;
    case Operation::one_of_both: return a ^ b;
    case Operation::left: return b < word_bits ? a << b : 0;
    case Operation::right: return b < word_bits ? a >> b : 0;
  }
  return std::nullopt;
}

bool holds(std::uint16_t code, std::uint32_t a, std::uint32_t b) noexcept {
  switch (code & ~op::from_x) {
    case op::jump_equal: return a == b;
    case op::jump_greater: return a > b;
    case op::jump_at_least: return a >= b;
    default: return (a & b) != 0;
  }
}

// A big-endian number of `size` bytes at `at`; nothing where the packet ends before. `at` does not wrap: 64 bits.
std::optional<std::uint32_t> number_at(Bytes packet, std::uint64_t at, std::size_t size) noexcept {
  if (at > packet.size() || size > packet.size() - at) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8U | packet[static_cast<std::size_t>(at) + i];
  return number;
}

std::size_t size_of_load(std::uint16_t code) noexcept {
  constexpr std::uint16_t size_bits = 0x18;
  switch (code & size_bits) {
    case 0x00: return 4;
    case 0x08: return 2;
    default: return 1;
  }
}

}  // namespace

std::string_view text_of(FilterFault fault) noexcept {
  switch (fault) {
    case FilterFault::empty: return "it has no instruction";
    case FilterFault::cut: return "it is cut";
    case FilterFault::too_long: return "it has more than 4,096 instructions";
    case FilterFault::unknown: return "an instruction is unknown";
    case FilterFault::jump: return "a jump leaves it";
    case FilterFault::memory: return "it uses memory that there is not";
    case FilterFault::zero: return "it divides by 0, or shifts by more than 31";
    case FilterFault::without_end: return "its last instruction does not return";
  }
  return "unknown fault";
}

tl::expected<PacketFilter, FilterFault> PacketFilter::check(std::vector<FilterInstruction> program) {
  if (program.empty()) return tl::unexpected(FilterFault::empty);
  if (program.size() > instruction_limit) return tl::unexpected(FilterFault::too_long);
  for (std::size_t i = 0; i < program.size(); ++i)
    if (const auto fault = fault_of(program[i], program.size() - 1 - i)) return tl::unexpected(*fault);
  if (!is_return(program.back().code)) return tl::unexpected(FilterFault::without_end);
  return PacketFilter{std::move(program)};
}

tl::expected<PacketFilter, FilterFault> PacketFilter::read(Bytes message) {
  if (message.size() % instruction_size != 0) return tl::unexpected(FilterFault::cut);
  if (message.size() / instruction_size > instruction_limit) return tl::unexpected(FilterFault::too_long);
  std::vector<FilterInstruction> program(message.size() / instruction_size);
  for (auto& instruction : program) {
    instruction = {boost::endian::load_little_u16(message.data()), message[2], message[3],
                   boost::endian::load_little_u32(message.data() + 4)};
    message = message.subspan(instruction_size);
  }
  return check(std::move(program));
}

std::vector<std::uint8_t> PacketFilter::written(const std::vector<FilterInstruction>& program) {
  std::vector<std::uint8_t> message(program.size() * instruction_size);
  auto* at = message.data();
  for (const auto& instruction : program) {
    boost::endian::store_little_u16(at, instruction.code);
    at[2] = instruction.jump_true;
    at[3] = instruction.jump_false;
    boost::endian::store_little_u32(at + 4, instruction.value);
    at += instruction_size;
  }
  return message;
}

std::uint32_t PacketFilter::run(Bytes packet, std::uint32_t wire_length) const noexcept {
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  std::array<std::uint32_t, cells> memory{};
  for (std::size_t at = 0; at < program_.size(); ++at) {
    const auto& [code, jump_true, jump_false, k] = program_[at];
    std::optional<std::uint32_t> loaded;
    switch (code) {
      case op::give_value: return k;
      case op::give_a: return a;
      case op::load_word:
      case op::load_half:
      case op::load_byte:
        if (loaded = number_at(packet, k, size_of_load(code)); !loaded) return 0;
        a = *loaded;
        break;
      case op::load_word_at:
      case op::load_half_at:
      case op::load_byte_at:
        if (loaded = number_at(packet, std::uint64_t{x} + k, size_of_load(code)); !loaded) return 0;
        a = *loaded;
        break;
      case op::load_x_header:
        if (loaded = number_at(packet, k, 1); !loaded) return 0;
        x = (*loaded & 15U) * 4;
        break;
      case op::load_length: a = wire_length; break;
      case op::load_x_length: x = wire_length; break;
      case op::load_value: a = k; break;
      case op::load_x_value: x = k; break;
      case op::load_cell: a = memory[k]; break;
      case op::load_x_cell: x = memory[k]; break;
      case op::store: memory[k] = a; break;
      case op::store_x: memory[k] = x; break;
      case op::to_x: x = a; break;
      case op::to_a: a = x; break;
      case op::negate: a = 0U - a; break;
      case op::jump: at += k; break;
      default: {
        const auto operand = (code & op::from_x) != 0 ? x : k;
        if (is_branch(code)) {
          at += holds(code, a, operand) ? jump_true : jump_false;
        } else {
          if (loaded = result(static_cast<Operation>(code & 0xf0U), a, operand); !loaded) return 0;
          a = *loaded;
        }
      }
    }
  }
  return 0;  // never: the last instruction returns
}

}  // namespace sluice
