// The packets of a record: the one that a finding was made on, as the event holds it, and of a stream what else it
// took.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/tick.hh"
#include "dataplane/event/event.hh"

namespace sluice {

struct EvidencePacket {
  std::string bytes;
  Tick time{};
  std::size_t size = 0;  // on the wire: more than there are bytes where these were cut
  // It did not come so: bytes of the stream that came in other packets, behind the headers of the one that the finding
  // was made on, with the sequence number that they had.
  bool is_rebuilt = false;
  // Bytes at the start of its payload that no packet showed: the header of a TLS record, which the parser was done
  // with.
  std::size_t made = 0;
  std::size_t payload_at = 0;  // in bytes; 0: not known
};

struct EvidencePackets {
  std::uint16_t link_type = 1;  // LINKTYPE_ number of all
  std::vector<EvidencePacket> packets;
  bool is_whole = true;  // everything that the finding was made of stands in them, as far as the event says

  // Leaves bytes out so that all have `room`, from the first packet on.
  void cut(std::size_t room);
  // A pcapng file (draft-ietf-opsawg-pcapng) in which rebuilt packets have a comment that says so.
  [[nodiscard]] std::string capture() const;
};

// Nothing where the event holds no packet.
[[nodiscard]] std::optional<EvidencePackets> evidence_packets(const Event& event);

}  // namespace sluice
