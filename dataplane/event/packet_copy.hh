// A packet that somebody asked for (`sluice capture`), as it leaves a worker: no event, but a record in the same ring.
// Padded to a multiple of 8 bytes, as all in a ring. The ring's tag tells the two apart: on a wire it is 0 with events,
// and the number of the capture with these.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

struct PacketCopy {
  std::int64_t time_ns = 0;       // since 1970
  std::uint32_t wire_length = 0;  // bytes
  std::uint16_t port = 0;         // where it came in, as in SharedHeader::port_names
  std::uint16_t size = 0;         // bytes behind this; what comes then fills the record up
};
static_assert(sizeof(PacketCopy) == 16);

constexpr std::uint32_t copied_bytes_limit = 65'535;  // of a packet

struct PacketCopyView {
  PacketCopy head;
  Bytes bytes;
};

// Nothing where the record is none.
[[nodiscard]] inline std::optional<PacketCopyView> read_packet_copy(Bytes record) noexcept {
  PacketCopyView view;
  if (record.size() < sizeof view.head) return std::nullopt;
  std::memcpy(&view.head, record.data(), sizeof view.head);
  if (record.size() - sizeof view.head < view.head.size) return std::nullopt;
  view.bytes = record.subspan(sizeof view.head, view.head.size);
  return view;
}

}  // namespace sluice
