// Any bytes as a filter's program, and as the packet behind it: what is taken must run as libpcap runs it.
#include "dataplane/packet/packet_filter.hh"

#include <pcap/pcap.h>

#include <algorithm>
#include <vector>

#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto length = std::min<std::size_t>(data[0] * PacketFilter::instruction_size, size - 1);
  const Bytes program{data + 1, length};
  const Bytes packet{data + 1 + length, size - 1 - length};
  const auto filter = PacketFilter::read(program);
  if (!filter) return 0;
  const auto wire_length = static_cast<std::uint32_t>(packet.size() + data[0]);
  const auto wanted = filter->run(packet, wire_length);

  std::vector<bpf_insn> judge;
  bool reads_cells = false;  // libpcap's begin as they are found
  for (std::size_t at = 0; at < length; at += PacketFilter::instruction_size) {
    const auto* const one = program.data() + at;
    const auto code = static_cast<std::uint16_t>(one[0] | one[1] << 8U);
    const auto value =
        one[4] | std::uint32_t{one[5]} << 8U | std::uint32_t{one[6]} << 16U | std::uint32_t{one[7]} << 24U;
    reads_cells = reads_cells || code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM);
    judge.push_back({code, one[2], one[3], value});
  }
  check(bpf_validate(judge.data(), static_cast<int>(judge.size())) != 0);
  if (!reads_cells)
    check(wanted == bpf_filter(judge.data(), packet.data(), wire_length, static_cast<unsigned>(packet.size())));
  return 0;
}
