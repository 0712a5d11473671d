#include "dataplane/packet/decoder.hh"

namespace sluice {

bool Decoder::frame() noexcept {
  LinkPath path;
  if (const auto reason = find_ip(packet_->link, packet_->frame, path)) {
    take_tags(path);
    packet_->payload = path.arp;
    return lost(*reason, path);
  }
  return link(path);
}

const FreshPacket fresh_packet;

bool decode(Packet& packet, FragmentTable* fragments) noexcept { return Decoder{packet, fragments}.frame(); }

bool decode_outside(Packet& packet) noexcept { return Decoder{packet, nullptr}.outside(); }

}  // namespace sluice
