// A frame behind one byte for its link layer: whatever decode() makes of it lies inside the frame. Fragments are
// fragment_fuzz.cc's.
#include "dataplane/packet/packet.hh"

#include <cstdlib>
#include <vector>

#include "dataplane/flow/flow.hh"
#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/placement.hh"

namespace {

using sluice::Bytes;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(Bytes part, Bytes whole) {
  require(part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // Memory of its own, so that a read beyond either end is seen.
  const std::vector<std::uint8_t> frame(data + 1, data + size);
  sluice::Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  packet.link = static_cast<sluice::LinkLayer>(data[0] % 10);
  const bool readable = sluice::decode(packet, nullptr);
  require_inside(packet.transport, frame);
  require_inside(packet.payload, frame);
  // The start of a datagram that never completes is read.
  const bool is_start = packet.uninspected == sluice::UninspectedReason::fragment;
  require(readable ? !packet.uninspected || is_start : packet.uninspected.has_value());
  const auto& outer = packet.outer;
  require(outer.count <= sluice::Encapsulation::limit && outer.depth <= outer.count);
  for (std::size_t i = 0; i < outer.kinds.size(); ++i)
    require((outer.kinds[i] != sluice::TunnelKind::none) == (i < outer.count));
  if (!readable) return 0;
  const auto key = sluice::FlowKey::of(packet);
  require(!(std::pair{key.high, key.high_port} < std::pair{key.low, key.low_port}));
  auto back = packet;
  std::swap(back.source, back.destination);
  std::swap(back.source_port, back.destination_port);
  back.outer.reverse();
  require(sluice::FlowKey::of(back) == key);
  require(sluice::worker_of(back, 7) == sluice::worker_of(packet, 7));
  const bool valid = sluice::has_valid_checksum(packet);
  require(valid ? !packet.uninspected || is_start : packet.uninspected == sluice::UninspectedReason::checksum);
  return 0;
}
