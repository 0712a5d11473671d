#include "dataplane/parsers/neighbour_discovery.hh"

namespace sluice {
namespace {

// RFC 4861 section 4.6, RFC 8106 section 5.1
constexpr std::uint8_t source_link_layer = 1;
constexpr std::uint8_t target_link_layer = 2;
constexpr std::uint8_t recursive_dns = 25;
constexpr std::size_t option_unit = 8;  // lengths count so many bytes, the option's own two included

// Of Ethernet; other link layers have others, which fill the option up.
Bytes hardware_address(Bytes value) noexcept { return value.size() == 6 ? value : Bytes{}; }

}  // namespace

bool is_neighbour_discovery(Bytes icmp) noexcept {
  Reader reader{icmp};
  const auto type = reader.u8();
  const auto code = reader.u8();
  return reader.ok() && type >= 133 && type <= 136 && code == 0;
}

tl::expected<NeighbourMessage, NeighbourError> parse_neighbour_discovery(Bytes icmp) noexcept {
  if (!is_neighbour_discovery(icmp)) return tl::unexpected{NeighbourError::not_this};
  Reader reader{icmp};
  NeighbourMessage message;
  message.kind = static_cast<NeighbourKind>(reader.u8());
  reader.skip(3);  // code, checksum
  switch (message.kind) {
    case NeighbourKind::router_solicitation: reader.skip(4); break;  // section 4.1
    case NeighbourKind::router_advertisement:                        // section 4.2
      reader.skip(2);                                                // hop limit, flags
      message.lifetime_seconds = reader.be16();
      reader.skip(8);  // reachable time, retransmission timer
      break;
    case NeighbourKind::neighbour_solicitation:  // sections 4.3 and 4.4
    case NeighbourKind::neighbour_advertisement: {
      reader.skip(4);
      const auto target = reader.take(16);
      if (target.size() == 16) message.target = Address::v6(target.first<16>());
      break;
    }
  }
  if (!reader.ok()) return tl::unexpected{NeighbourError::need_more};

  for (std::size_t options = 0; reader.left() != 0;) {
    if (++options > neighbour_option_limit) return tl::unexpected{NeighbourError::too_many_options};
    const auto type = reader.u8();
    const std::size_t units = reader.u8();
    if (!reader.ok()) return tl::unexpected{NeighbourError::need_more};
    if (units == 0) return tl::unexpected{NeighbourError::malformed};
    const auto value = reader.take(units * option_unit - 2);
    if (!reader.ok()) return tl::unexpected{NeighbourError::need_more};
    switch (type) {
      case source_link_layer: message.source_mac = hardware_address(value); break;
      case target_link_layer: message.target_mac = hardware_address(value); break;
      case recursive_dns:  // two bytes reserved, four of lifetime
        if (message.dns_servers.empty() && value.size() >= 6) message.dns_servers = value.subspan(6);
        break;
      default: break;
    }
  }
  return message;
}

}  // namespace sluice
