// A datagram: probe, packets, an attempt to open each, frames. The input is read as a payload too, because no mutation
// ever finds the tag of another one.
#include <array>
#include <cstdlib>

#include "dataplane/quic/quic_crypto.hh"

namespace {

using sluice::Bytes;
using sluice::Reader;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_inside(Bytes part, Bytes whole) {
  require(part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void read_frames(Bytes payload, sluice::QuicFamily family) {
  Reader reader{payload};
  while (reader.left() > 0) {
    const auto before = reader.left();
    const auto frame = sluice::next_quic_frame(reader, family);
    require(reader.left() < before);
    if (!frame) {
      require(reader.left() == 0);
      return;
    }
    require_inside(frame->data, payload);
    require(frame->offset <= sluice::quic_varint_limit - frame->data.size());
  }
}

void read_packets(Bytes datagram, sluice::QuicInitialState& flow) {
  static sluice::QuicOpener opener;
  static std::array<std::uint8_t, 65536> plaintext;
  Reader reader{datagram};
  while (reader.left() > 0) {
    const auto before = reader.left();
    const auto packet = sluice::next_long_packet(reader);
    require(reader.left() < before);
    if (!packet) {
      require(reader.left() == 0);
      return;
    }
    for (const auto part : {packet->dcid, packet->scid, packet->token, packet->whole_packet})
      require_inside(part, datagram);
    require(packet->packet_number_offset <= packet->whole_packet.size());
    if (const auto payload = flow.open(opener, *packet, plaintext))
      read_frames(*payload, sluice::quic_family(packet->version));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram{data, size};
  (void)sluice::probe_quic(datagram);
  sluice::QuicInitialState flow;
  read_packets(datagram, flow);
  read_packets(datagram, flow);  // with what the first time left behind
  read_frames(datagram, sluice::QuicFamily::v1);
  read_frames(datagram, sluice::QuicFamily::google);
  return 0;
}
