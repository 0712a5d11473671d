#include "dataplane/parsers/arp.hh"

namespace sluice {

tl::expected<ArpMessage, ArpError> parse_arp(Bytes bytes) noexcept {
  constexpr std::uint16_t ethernet = 1, ipv4 = 0x0800;
  Reader reader{bytes};
  const auto hardware = reader.be16();
  const auto protocol = reader.be16();
  const auto hardware_size = reader.u8();
  const auto protocol_size = reader.u8();
  ArpMessage message;
  message.operation = reader.be16();
  message.sender_mac = reader.take(6);
  const auto sender = reader.take(4);
  message.target_mac = reader.take(6);
  const auto target = reader.take(4);
  if (!reader.ok()) return tl::unexpected{ArpError::need_more};
  if (hardware != ethernet || protocol != ipv4 || hardware_size != 6 || protocol_size != 4)
    return tl::unexpected{ArpError::not_this};
  message.sender = Address::v4(sender.first<4>());
  message.target = Address::v4(target.first<4>());
  return message;
}

}  // namespace sluice
