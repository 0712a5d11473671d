#include "dataplane/packet/link.hh"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <iterator>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint16_t ieee_802_3_length_limit = 1500;
constexpr int vlan_tags_limit = 4;     // deeper stacks pass uninspected
constexpr int link_headers_limit = 8;  // Ethernet, PPP and MPLS stacks in each other
constexpr int labels_limit = 8;        // of one MPLS stack
constexpr int nflog_values_limit = 32;

using Reason = std::optional<UninspectedReason>;

class LinkWalk {
 public:
  explicit LinkWalk(LinkPath& path) noexcept : path_(&path) {}

  Reason ethernet(Reader reader) noexcept {
    reader.skip(12);  // addresses
    const auto type = reader.be16();
    if (!reader.ok()) return malformed(Anomaly::ethernet_pkt_too_small);
    return this->type(reader, type);
  }

  Reason type(Reader reader, std::uint16_t type) noexcept {
    if (type == ethertype::ipv4) return found(reader, 4);
    if (type == ethertype::ipv6) return found(reader, 6);
    return rare_type(reader, type);
  }

  // RFC 1661 section 2; RFC 1662 section 3.1, 4: address and control, and the first byte of the protocol, may be left
  // out.
  Reason ppp(Reader reader) noexcept {
    if (++headers_ > link_headers_limit) return UninspectedReason::malformed;
    auto start = reader;
    if (start.be16() == 0xff03) reader = start;
    std::uint16_t protocol = reader.u8();
    if ((protocol & 1) == 0) protocol = static_cast<std::uint16_t>(protocol << 8 | reader.u8());
    if (!reader.ok()) return malformed(Anomaly::ppp_pkt_too_small);
    switch (protocol) {
      case 0x0021:
        if (reader.left() < 20) path_->anomaly = Anomaly::ppp_ip4_pkt_too_small;
        return found(reader, 4);
      case 0x0057:
        if (reader.left() < 40) path_->anomaly = Anomaly::ppp_ip6_pkt_too_small;
        return found(reader, 6);
      case 0x0281: return mpls(reader);  // RFC 3032 section 4.3
      default:
        // RFC 1661 section 2: all numbers of protocols have these two bits; from 0x8000 on they control the link.
        if ((protocol & 0x0101) != 0x0001)
          path_->anomaly = Anomaly::ppp_wrong_type;
        else if (protocol < 0x8000)
          path_->anomaly = Anomaly::ppp_unsup_proto;
        return UninspectedReason::not_ip;
    }
  }

  // LINKTYPE_PPP and LINKTYPE_PPP_HDLC: PPP, or Cisco's HDLC (RFC 4349 section 3.1), whose address is 0x0f or 0x8f.
  Reason ppp_or_hdlc(Reader reader) noexcept {
    auto start = reader;
    const auto address = start.be16();
    if (address != 0x0f00 && address != 0x8f00) return ppp(reader);
    const auto type = start.be16();
    return this->type(start, type);
  }

  // IEEE 802.11-2020 section 9.2: a data frame in clear, with LLC and SNAP.
  Reason ieee_802_11(Reader reader, bool is_swapped = false) noexcept {
    auto kind = reader.u8();
    auto flags = reader.u8();
    if (is_swapped) std::swap(kind, flags);
    constexpr std::uint8_t data = 0x08;
    constexpr std::uint8_t no_data = 0x40;  // null functions
    constexpr std::uint8_t quality = 0x80;
    constexpr std::uint8_t two_systems = 0x03;
    constexpr std::uint8_t encrypted = 0x40;
    constexpr std::uint8_t order = 0x80;
    if ((kind & 0x0f) != data || (kind & no_data) != 0) return UninspectedReason::not_ip;
    if ((flags & encrypted) != 0) return UninspectedReason::ciphertext;
    reader.skip(22);
    if ((flags & two_systems) == two_systems) reader.skip(6);
    if ((kind & quality) != 0) {
      const auto control = reader.be16();
      constexpr std::uint16_t aggregate = 0x8000;  // A-MSDU present
      if ((flags & order) != 0) reader.skip(4);    // HT control
      // A-MSDU, section 9.3.2.2: two addresses and a length before each frame, of which the first is read.
      if ((control & aggregate) != 0) reader.skip(14);
    }
    return llc(reader);
  }

  Reason radiotap(Reader reader) noexcept {  // https://www.radiotap.org: little-endian
    reader.skip(2);
    const auto length = boost::endian::endian_reverse(reader.be16());
    if (length < 8) return UninspectedReason::malformed;
    reader.skip(std::size_t{length} - 4);
    return ieee_802_11(reader);
  }

  // https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html: values with a length (with its own 4 bytes) and a type, in
  // the byte order of the capturing host.
  Reason nflog(Reader reader) noexcept {
    reader.skip(4);
    constexpr std::uint16_t payload = 9;
    for (int i = 0; i < nflog_values_limit && reader.ok(); ++i) {
      std::size_t length = reader.be16();
      std::uint16_t type = reader.be16();
      if (type > 0xff) {  // little-endian: there are some twenty types
        length = boost::endian::endian_reverse(static_cast<std::uint16_t>(length));
        type = boost::endian::endian_reverse(type);
      }
      if (length < 4) break;
      length -= 4;
      if (type == payload) {
        const auto bytes = reader.take(length);
        return reader.ok() ? found(Reader{bytes}, 0) : Reason{UninspectedReason::malformed};
      }
      reader.skip((length + 3) / 4 * 4);
    }
    return UninspectedReason::malformed;
  }

  // BSD loopback: an address family in the byte order of the capturing host, 4 bytes.
  Reason null_loopback(Reader reader) noexcept {
    const auto family = reader.be32();
    if (!reader.ok()) return malformed(Anomaly::ltnull_pkt_too_small);
    const auto low = family > 0xffff ? boost::endian::endian_reverse(family) : family;
    constexpr std::uint32_t af_inet = 2;
    if (low == af_inet) return found(reader, 4);
    // AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin, 10 on Linux.
    if (low == 24 || low == 28 || low == 30 || low == 10) return found(reader, 6);
    path_->anomaly = Anomaly::ltnull_unsupported_type;
    return UninspectedReason::not_ip;
  }

  Reason found(const Reader& reader, std::uint8_t version) noexcept {
    if (!reader.ok()) return UninspectedReason::malformed;
    path_->ip = reader.rest();
    path_->version = version;
    return {};
  }

 private:
  Reason malformed(Anomaly anomaly) noexcept {
    path_->anomaly = anomaly;
    return UninspectedReason::malformed;
  }

  Reason rare_type(Reader reader, std::uint16_t type) noexcept {
    if (++headers_ > link_headers_limit) return UninspectedReason::malformed;
    for (int tag = 0; tag < vlan_tags_limit; ++tag) {  // IEEE 802.1Q, 802.1ad
      if (type != ethertype::vlan && type != ethertype::service_vlan && type != ethertype::old_qinq) break;
      const auto id = static_cast<std::uint16_t>(reader.be16() & 0x0fff);
      type = reader.be16();
      if (path_->tags < std::size(path_->vlan)) path_->vlan[path_->tags++] = id;
    }
    if (!reader.ok()) return malformed(Anomaly::vlan_header_too_small);
    if (type <= ieee_802_3_length_limit) return llc(reader);
    switch (type) {
      case ethertype::ipv4: return found(reader, 4);
      case ethertype::ipv6: return found(reader, 6);
      case ethertype::mpls:
      case ethertype::mpls_multicast: return mpls(reader);
      case ethertype::pppoe_session: return pppoe(reader);
      case ethertype::ppp: return ppp(reader);
      case ethertype::bridging: return ethernet(reader);
      case ethertype::nsh: return nsh(reader);
      case ethertype::arp: path_->arp = reader.rest(); return UninspectedReason::not_ip;
      case ethertype::vlan:
      case ethertype::service_vlan:
      case ethertype::old_qinq: path_->anomaly = Anomaly::vlan_too_many_layers; return UninspectedReason::not_ip;
      case ethertype::pppoe_discovery: return UninspectedReason::not_ip;
      default: path_->anomaly = Anomaly::ethernet_unknown_ethertype; return UninspectedReason::not_ip;
    }
  }

  // LLC, and behind it perhaps SNAP with an EtherType (RFC 1042).
  Reason llc(Reader reader) noexcept {
    constexpr std::uint64_t snap_header = 0xaaaa03000000;
    const std::uint64_t high = reader.be32();
    if ((high << 16 | reader.be16()) != snap_header) return UninspectedReason::not_ip;
    const auto type = reader.be16();
    return reader.ok() ? this->type(reader, type) : Reason{UninspectedReason::malformed};
  }

  Reason pppoe(Reader reader) noexcept {  // RFC 2516 section 4
    constexpr std::uint16_t version_1_session = 0x1100;
    const auto kind = reader.be16();
    reader.skip(2);  // session
    const std::size_t length = reader.be16();
    if (!reader.ok()) return malformed(Anomaly::pppoe_pkt_too_small);
    if (kind != version_1_session) return malformed(Anomaly::pppoe_wrong_code);
    push(TunnelKind::pppoe);
    return ppp(Reader{reader.rest().first(std::min(length, reader.left()))});
  }

  // RFC 8300 section 2.2, 2.3. It says which services a packet goes through, and is no tunnel.
  Reason nsh(Reader reader) noexcept {
    const auto base = reader.be16();
    const auto type = reader.u8() & 0x0f;
    const auto next = reader.u8();
    reader.skip(4);  // service path
    if (!reader.ok()) return malformed(Anomaly::nsh_header_too_small);
    constexpr std::uint16_t version = 0xc000;
    constexpr int reserved = 0, fixed_context = 1, variable_context = 2, experimental = 15;
    if ((base & version) != 0) return malformed(Anomaly::nsh_unsupported_version);
    if (type == reserved) return malformed(Anomaly::nsh_reserved_type);
    if (type != fixed_context && type != variable_context && type != experimental)
      return malformed(Anomaly::nsh_unsupported_type);
    const std::size_t words = base & 0x3f;
    if (type == fixed_context ? words != 6 : words < 2) return malformed(Anomaly::nsh_bad_header_length);
    reader.skip(4 * words - 8);
    if (!reader.ok()) return malformed(Anomaly::nsh_bad_header_length);
    switch (next) {
      case 1: return found(reader, 4);
      case 2: return found(reader, 6);
      case 3: return ethernet(reader);
      case 5: return mpls(reader);
      default: path_->anomaly = Anomaly::nsh_unknown_payload; return UninspectedReason::not_ip;
    }
  }

  // RFC 3032 section 2.1. Nothing says what lies below the stack: IP by its version, else a pseudowire with its control
  // word (RFC 4385 section 3) or without.
  Reason mpls(Reader reader) noexcept {
    if (++headers_ > link_headers_limit) return UninspectedReason::malformed;
    constexpr std::uint32_t bottom = 0x100;
    int labels = 0;
    while (labels < labels_limit && (reader.be32() & bottom) == 0) ++labels;
    if (!reader.ok() || labels == labels_limit) return malformed(Anomaly::mpls_header_too_small);
    if (reader.left() == 0) return malformed(Anomaly::mpls_pkt_too_small);
    push(TunnelKind::mpls);
    const auto nibble = reader.rest()[0] >> 4;
    if (nibble == 4 || nibble == 6) return found(reader, 0);
    const auto before = *path_;
    if (nibble == 0) {
      auto frame = reader;
      frame.skip(4);
      if (!ethernet(frame)) return {};
      *path_ = before;
    }
    return ethernet(reader);
  }

  void push(TunnelKind kind) noexcept {
    if (path_->tunnels < path_->kinds.size()) path_->kinds[path_->tunnels++] = kind;
  }

  LinkPath* path_;
  int headers_ = 0;
};

}  // namespace

LinkLayer link_layer_of(std::uint32_t link_type) noexcept {
  switch (link_type) {
    case 1: return LinkLayer::ethernet;
    case 12:   // DLT_RAW as most systems number it
    case 14:   // DLT_RAW on OpenBSD
    case 101:  // LINKTYPE_RAW
    case 228:  // LINKTYPE_IPV4
    case 229:  // LINKTYPE_IPV6
      return LinkLayer::raw_ip;
    case 0:
    case 108: return LinkLayer::null_loopback;
    case 113: return LinkLayer::linux_cooked_v1;
    case 276: return LinkLayer::linux_cooked_v2;
    case 9:   // LINKTYPE_PPP
    case 50:  // LINKTYPE_PPP_HDLC
      return LinkLayer::ppp;
    case 105: return LinkLayer::ieee_802_11;
    case 127: return LinkLayer::radiotap;
    case 239: return LinkLayer::nflog;
    default: return LinkLayer::other;
  }
}

std::optional<UninspectedReason> find_ip(LinkLayer layer, Bytes frame, LinkPath& path) noexcept {
  path.start = frame;
  LinkWalk walk{path};
  Reader reader{frame};
  switch (layer) {
    case LinkLayer::ethernet: return walk.ethernet(reader);
    case LinkLayer::raw_ip: return walk.found(reader, 0);
    case LinkLayer::linux_cooked_v1: {
      reader.skip(14);
      const auto type = reader.be16();
      if (!reader.ok()) path.anomaly = Anomaly::sll_pkt_too_small;
      return walk.type(reader, type);
    }
    case LinkLayer::linux_cooked_v2: {
      const auto type = reader.be16();
      reader.skip(18);
      if (!reader.ok()) path.anomaly = Anomaly::sll2_pkt_too_small;
      return walk.type(reader, type);
    }
    case LinkLayer::null_loopback: return walk.null_loopback(reader);
    case LinkLayer::ppp: return walk.ppp_or_hdlc(reader);
    case LinkLayer::nflog: return walk.nflog(reader);
    case LinkLayer::ieee_802_11: return walk.ieee_802_11(reader);
    case LinkLayer::radiotap: return walk.radiotap(reader);
    case LinkLayer::other: break;
  }
  return UninspectedReason::link_type;
}

std::optional<UninspectedReason> find_ip(LinkHeader header, Bytes bytes, LinkPath& path) noexcept {
  path.start = bytes;
  LinkWalk walk{path};
  switch (header) {
    case LinkHeader::ethernet: return walk.ethernet(Reader{bytes});
    case LinkHeader::ppp: return walk.ppp(Reader{bytes});
    case LinkHeader::ieee_802_11: return walk.ieee_802_11(Reader{bytes});
    case LinkHeader::ieee_802_11_swapped: return walk.ieee_802_11(Reader{bytes}, true);
  }
  return UninspectedReason::not_ip;
}

std::optional<UninspectedReason> find_ip(std::uint16_t ethertype, Bytes bytes, LinkPath& path) noexcept {
  path.start = bytes;
  return LinkWalk{path}.type(Reader{bytes}, ethertype);
}

}  // namespace sluice
