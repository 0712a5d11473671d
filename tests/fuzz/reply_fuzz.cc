// A reply to any frame stays within its bounds, is read without fault, goes back to where the frame came from, and has
// the checksums of its layers right.
#include "dataplane/verdict/reply.hh"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/decoder.hh"
#include "dataplane/verdict/dns_answer.hh"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  if (size < 1) return 0;
  Packet packet;
  packet.frame = {data + 1, size - 1};
  packet.wire_length = static_cast<std::uint32_t>(size - 1);
  if (!decode(packet, nullptr)) return 0;
  auto end = (data[0] & 1) != 0 ? RejectTarget::destination : RejectTarget::source;
  static const auto reply = std::make_unique<PacketReply>();
  const std::optional<std::uint32_t> acknowledged =
      (data[0] & 2) != 0 ? std::optional{packet.tcp_sequence + data[0]} : std::nullopt;
  if (const auto answer = static_cast<DnsAnswer>(data[0] >> 2 & 3); answer != DnsAnswer::none) {
    const Sinkhole sinkhole{Address::parse("192.0.2.1"), std::nullopt};
    if (make_dns_answer(packet, answer, sinkhole, *reply)) return 0;
    end = reply->end;
    // Who asks with another's address wins little by it: an answer of 16 bytes, and why.
    if (reply->size > std::max<std::size_t>(60, packet.frame.size() + 16 + 6)) std::abort();
  } else if (make_reply(packet, end, acknowledged, *reply)) {
    return 0;
  }
  if (reply->size < 60 || reply->size > PacketReply::limit) std::abort();
  Packet back;
  back.frame = reply->frame();
  back.wire_length = reply->size;
  if (!decode(back, nullptr) || transport_checksum(back) != TransportChecksum::right) std::abort();
  if (back.source.is_v4() && !has_valid_ip_checksum(back.network.first(20))) std::abort();
  const bool turned = end == RejectTarget::source;
  if (!(back.source == (turned ? packet.destination : packet.source))) std::abort();
  if (!(back.destination == (turned ? packet.source : packet.destination))) std::abort();
  if (back.vlan[0] != packet.vlan[0] || back.vlan[1] != packet.vlan[1]) std::abort();
  return 0;
}
