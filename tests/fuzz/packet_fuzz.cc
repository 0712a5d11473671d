// A frame behind one byte for its link layer: whatever decode() makes of it lies inside the frame.
#include "dataplane/packet.hh"

#include <cstdlib>
#include <vector>

#include "dataplane/checksum.hh"
#include "dataplane/flow.hh"

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
  packet.link = static_cast<sluice::LinkLayer>(data[0] % 6);
  const bool readable = sluice::decode(packet);
  require_inside(packet.transport, frame);
  require_inside(packet.payload, frame);
  require(readable || packet.uninspected);
  if (!readable) return 0;
  if (packet.uninspected) require(packet.uninspected == sluice::UninspectedReason::fragment);
  const auto key = sluice::FlowKey::of(packet);
  require(!(std::pair{key.high, key.high_port} < std::pair{key.low, key.low_port}));
  auto back = packet;
  std::swap(back.source, back.destination);
  std::swap(back.source_port, back.destination_port);
  require(sluice::FlowKey::of(back) == key);
  const bool had_reason = packet.uninspected.has_value();
  const bool valid = sluice::has_valid_checksum(packet);
  require(valid ? packet.uninspected.has_value() == had_reason
                : packet.uninspected == sluice::UninspectedReason::checksum);
  return 0;
}
