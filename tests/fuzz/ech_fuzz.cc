// Any bytes as an answer of DNS, in a datagram or a TCP segment, out of which keys of ECH are taken.
#include <boost/endian/conversion.hpp>
#include <cstdint>
#include <vector>

#include "dataplane/dns/ech_keys.hh"
#include "dataplane/verdict/ech_strip.hh"
#include "tests/fuzz/lies_in.hh"

using namespace sluice;
using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const bool is_tcp = (data[0] & 1) != 0;
  const std::size_t header = is_tcp ? 20 : 8;
  // Exactly as long as the packet, so that a step beyond it is seen.
  std::vector<std::uint8_t> frame(header + size - 1);
  std::copy(data + 1, data + size, frame.begin() + static_cast<std::ptrdiff_t>(header));
  const auto checksum_at = is_tcp ? 16U : 6U;
  frame[checksum_at] = 0x12;
  Packet packet;
  packet.clear();
  packet.frame = packet.transport = frame;
  packet.payload = packet.transport.subspan(header);
  packet.protocol = is_tcp ? ip_protocol::tcp : ip_protocol::udp;
  packet.source_port = 53;
  const auto before = frame;
  const bool may = may_strip_ech(packet);
  check(may || before == frame);
  if (!may) return 0;
  // Of the words of 16 bits, as the checksum sums them: what is added to one is taken from another.
  const auto sum = [](const std::vector<std::uint8_t>& bytes) {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      total += static_cast<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    return total % 0xffff;
  };
  strip_ech(packet, frame);
  check(frame != before && sum(frame) == sum(before));
  check(!may_strip_ech(packet));  // nothing is left that could be taken out
  return 0;
}
