#include "dataplane/flow/quic_paths.hh"

#include <algorithm>

#include "dataplane/quic/quic.hh"

namespace sluice {
namespace {

QuicPaths::Connection::Key key_of(const Address& server, std::uint16_t port, Bytes id) noexcept {
  QuicPaths::Connection::Key key{server, {}, port, static_cast<std::uint16_t>(id.size())};
  std::copy(id.begin(), id.end(), key.id.begin());
  return key;
}

// RFC 9000 section 17.3.1: the form bit is 0, the fixed bit 1.
bool has_short_header(Bytes datagram) noexcept {
  return datagram.size() > quic_path_id_floor && (datagram[0] & 0xc0) == 0x40;
}

}  // namespace

void QuicPaths::learn(const Packet& packet, const Flow& flow, Bytes id) noexcept {
  auto& server = servers_.place({packet.source, packet.source_port});
  if (server.key.address != packet.source || server.key.port != packet.source_port) server.id_sizes = 0;
  server.key = {packet.source, packet.source_port};
  server.until = packet.time;
  if (id.size() < quic_path_id_floor || id.size() > quic_connection_id_limit) return;
  server.id_sizes |= 1U << id.size();
  const auto key = key_of(packet.source, packet.source_port, id);
  connections_.place(key) = {key, packet.time, flow.key, flow.id};
}

bool QuicPaths::may_continue(const Packet& packet) const noexcept {
  return has_short_header(packet.payload) && servers_.find({packet.destination, packet.destination_port}) != nullptr;
}

QuicPaths::Connection* QuicPaths::find(const Packet& packet) const noexcept {
  const auto* const server = servers_.find({packet.destination, packet.destination_port});
  if (server == nullptr || !has_short_header(packet.payload)) return nullptr;
  const auto after_flags = packet.payload.subspan(1);
  for (std::size_t size = quic_path_id_floor; size <= std::min(after_flags.size(), quic_connection_id_limit); ++size) {
    if ((server->id_sizes >> size & 1) == 0) continue;
    if (auto* const found =
            connections_.find(key_of(packet.destination, packet.destination_port, after_flags.first(size))))
      return found;
  }
  return nullptr;
}

}  // namespace sluice
