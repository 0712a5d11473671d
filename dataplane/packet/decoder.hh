// One packet's way through its headers: link layer, IP, tunnels and the IP in them, transport.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/packet/fragment.hh"
#include "dataplane/packet/link.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {

// IANA protocol numbers of what is looked through.
namespace ip_protocol {
constexpr std::uint8_t ipv4 = 4;
constexpr std::uint8_t ipv6 = 41;
constexpr std::uint8_t gre = 47;
constexpr std::uint8_t ah = 51;
constexpr std::uint8_t etherip = 97;
constexpr std::uint8_t l2tp = 115;
constexpr std::uint8_t mpls = 137;
}  // namespace ip_protocol

class Decoder {
 public:
  Decoder(Packet& packet, FragmentTable* fragments) noexcept : packet_(&packet), fragments_(fragments) {}

  // As decode().
  bool frame() noexcept;
  // As decode_outside().
  bool outside() noexcept {
    stays_outside_ = true;
    (void)frame();
    return is_outside_;
  }

 private:
  bool refuse(UninspectedReason reason) noexcept {
    packet_->uninspected = reason;
    return false;
  }
  void note(Anomaly anomaly) noexcept { packet_->anomalies.add(anomaly); }
  // The IP packet is not all there: what is missing further in is no news.
  [[nodiscard]] bool is_cut() const noexcept {
    return packet_->anomalies.contains(Anomaly::ipv4_trunc_pkt) || packet_->anomalies.contains(Anomaly::ipv6_trunc_pkt);
  }
  bool malformed(Anomaly anomaly) noexcept {
    note(anomaly);
    return refuse(UninspectedReason::malformed);
  }
  // What a walk over link headers gave up for.
  bool lost(UninspectedReason reason, const LinkPath& path) noexcept {
    if (path.anomaly) note(*path.anomaly);
    return refuse(reason);
  }

  // ip.cc
  void take_tags(const LinkPath& path) noexcept;
  bool link(const LinkPath& path) noexcept;
  bool ip(Bytes bytes) noexcept;
  bool ipv4(Bytes bytes) noexcept;
  bool ipv6(Bytes bytes) noexcept;
  // IPv6's chain of headers from `next` on; `whole`: nothing of the captured packet is missing.
  bool extension_headers(std::uint8_t next, Reader reader, bool whole) noexcept;
  bool truncated_headers() noexcept { return malformed(Anomaly::ipv6_trunc_exthdr); }
  void note_options(std::uint8_t header, Bytes options, std::uint32_t& seen) noexcept;
  void note_once(Anomaly anomaly, std::uint32_t bit, std::uint32_t& seen) noexcept {
    if ((seen & bit) != 0) note(anomaly);
    seen |= bit;
  }
  bool authentication_header(Bytes bytes) noexcept;
  bool fragment(Fragment& fragment, bool whole) noexcept;
  bool transport(Bytes bytes) noexcept;
  void icmp(Bytes message) noexcept;
  bool tcp(Bytes segment) noexcept;
  bool udp(Bytes datagram) noexcept;

  // tunnel.cc
  // Goes into a tunnel, which holds `inside`: what was read so far is its outside. False where it is too deep.
  bool enter(TunnelKind kind, Bytes inside) noexcept;
  bool enter_ip(TunnelKind kind, Bytes bytes) noexcept;
  bool enter_link(TunnelKind kind, const LinkPath& path) noexcept;
  // By protocol number.
  bool tunnel(Bytes bytes) noexcept;
  bool ip_in_ip(TunnelKind kind, std::uint8_t version, Bytes bytes) noexcept;
  bool unread(Bytes bytes) noexcept;
  bool gre(Bytes bytes) noexcept;
  bool pptp(Reader reader, std::uint16_t flags) noexcept;
  // Where `bytes` are a whole IP packet, and lead to one.
  std::optional<bool> if_ip(TunnelKind kind, Bytes bytes, std::uint32_t network) noexcept;
  std::optional<bool> if_link(TunnelKind kind, const std::optional<UninspectedReason>& lost, const LinkPath& path,
                              std::uint32_t network) noexcept;
  [[nodiscard]] bool is_ip(Bytes bytes, std::uint8_t version, std::size_t padding) const noexcept;

  // tunnel_port.cc
  // In a UDP payload. Nothing where it is none: what is no tunnel to the last bit is plain UDP.
  std::optional<bool> tunnel_by_port(Bytes payload) noexcept;
  std::optional<bool> vxlan(Bytes bytes) noexcept;
  std::optional<bool> vxlan_gpe(Bytes bytes) noexcept;
  std::optional<bool> geneve(Bytes bytes) noexcept;
  std::optional<bool> gtp_u(Bytes bytes) noexcept;
  std::optional<bool> teredo(Bytes bytes) noexcept;
  std::optional<bool> l2tp(Bytes bytes) noexcept;
  std::optional<bool> l2tp_session(Bytes bytes) noexcept;
  std::optional<bool> gre_in_udp(Bytes bytes) noexcept;
  std::optional<bool> capwap(Bytes bytes) noexcept;

  Packet* packet_;
  FragmentTable* fragments_;
  bool stays_outside_ = false;  // goes into no tunnel
  bool is_outside_ = false;     // stopped before one
};

// Reads the headers of packet.frame up to those of the outermost tunnel, as decode() does without: false where there is
// none, or its outside is in fragments.
[[nodiscard]] bool decode_outside(Packet& packet) noexcept;

}  // namespace sluice
