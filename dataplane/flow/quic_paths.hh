// Where QUIC connections that began on this worker can turn up again: their servers, and the connection IDs that these
// said in the clear. A client whose address or port was changed on the way goes on with the same ID (RFC 9000 section
// 9); one that migrates of its own accord takes an ID that nobody on the path has seen (section 9.5).
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/expiring_table.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/flow/flow.hh"

namespace sluice {

// Shorter IDs are too easily met by chance.
constexpr std::size_t quic_path_id_floor = 4;
constexpr std::uint32_t quic_path_connections = 8192;
constexpr std::uint32_t quic_path_servers = 1024;

class QuicPaths {
 public:
  struct Connection {
    struct Key {
      Address server;
      std::array<std::uint8_t, 20> id{};
      std::uint16_t port = 0;
      std::uint16_t id_size = 0;
    };
    Key key;
    Tick until{};  // oldest first where room is needed
    FlowKey flow;  // as it was last seen
    std::uint64_t flow_id = 0;
  };

  explicit QuicPaths(std::uint64_t secret)
      : connections_(quic_path_connections, secret), servers_(quic_path_servers, secret) {}
  void make_resident() noexcept {
    connections_.make_resident();
    servers_.make_resident();
  }

  // The source of `packet` is the server of that flow, and said that `id` is its own.
  void learn(const Packet& packet, const Flow& flow, Bytes id) noexcept;

  // Whether `packet` may belong to a connection that began with other ends: the server is known for QUIC, and it has a
  // short header.
  [[nodiscard]] bool may_continue(const Packet& packet) const noexcept;
  // The connection that it says it belongs to; null where its ID was never said in the clear, or was forgotten.
  [[nodiscard]] Connection* find(const Packet& packet) const noexcept;

 private:
  struct Server {
    struct Key {
      Address address;
      std::uint64_t port = 0;
    };
    Key key;
    Tick until{};
    std::uint32_t id_sizes = 0;  // a bit for each length of ID that it has used
  };

  ExpiringTable<Connection> connections_;
  ExpiringTable<Server> servers_;
};

}  // namespace sluice
