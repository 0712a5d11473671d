// Frames one behind the other, fragments among them: what is shown of each is whole and holds its payload.
#include <algorithm>
#include <vector>

#include "dataplane/packet/packet_image.hh"
#include "tests/fuzz/lies_in.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using fuzz::check;
  static InspectionCounters counters;
  static FragmentTable fragments{1, counters};
  Reader input{{data, size}};
  fragments.begin_burst();
  while (input.left() > 0) {
    const auto link = input.u8();
    const auto bytes = input.take(std::min<std::size_t>(input.be16(), input.left()));
    const std::vector<std::uint8_t> frame(bytes.begin(), bytes.end());
    Packet packet;
    packet.frame = frame;
    packet.wire_length = static_cast<std::uint32_t>(frame.size());
    packet.link = static_cast<LinkLayer>(link % 10);
    (void)decode(packet, &fragments);
    for (std::size_t i = 0; i < packet.fragmented; ++i) fragments.settle(packet.datagrams[i], false, packet.time);

    const PacketImage image{packet};
    std::vector<std::uint8_t> shown;
    for (const auto piece : image.pieces()) shown.insert(shown.end(), piece.begin(), piece.end());
    check(shown.size() == image.size() && shown.size() <= PacketImage::limit);
    if (packet.layer.empty()) check(shown == frame);
    const auto payload = inspected_payload(packet);
    if (payload.empty() || image.is_cut()) continue;
    const auto at = image.find(payload);
    check(at && *at + payload.size() <= shown.size() &&
          std::equal(payload.begin(), payload.end(), shown.begin() + static_cast<std::ptrdiff_t>(*at)));
  }
  fragments.finish();
  return 0;
}
