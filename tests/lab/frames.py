"""Raw Ethernet frames: made by hand, sent on one side of the tap, taken off the other, byte for byte."""

import ipaddress
import os
import socket
import struct
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4  # linux/if_packet.h
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 0x10, 0x40
AUXDATA = struct.Struct("=IIIHHHH")  # status, len, snaplen, mac, net, vlan_tci, vlan_tpid
ARRIVAL_LIMIT_S = 2.0

HERE = bytes.fromhex("02000000000a")  # the sender of all of them
THERE = bytes.fromhex("02000000000b")
BROADCAST = b"\xff" * 6
# Addresses of no host: a host that hears an ARP request or a solicitation believes its sender.
HERE4, HERE6 = "192.168.77.200", "fd77::200"
MARK_BYTES = 16  # each frame ends in as many random bytes, by which it is known at the other end


class Wire:
    """One end of the wire: a packet socket on an interface."""

    def __init__(self, lab, role, interface):
        self._socket = lab.socket(role, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self._socket.bind((interface, ETH_P_ALL))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, frame):
        self._socket.send(frame)

    def receive_marked(self, mark):
        """The first frame from the wire that ends in `mark`, or None after ARRIVAL_LIMIT_S."""
        deadline = time.monotonic() + ARRIVAL_LIMIT_S
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                frame, ancillary, _, address = self._socket.recvmsg(65536, socket.CMSG_SPACE(AUXDATA.size))
            except TimeoutError:
                return None
            if address[2] != PACKET_OUTGOING and frame.endswith(mark):
                return with_tag(frame, ancillary)
        return None


def with_tag(frame, ancillary):
    """The kernel takes the outer VLAN tag out of a frame on its way to a socket and tells it beside: put it back."""
    for level, kind, data in ancillary:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, _, _, _, _, tci, tpid = AUXDATA.unpack(data[:AUXDATA.size])
            if status & TP_STATUS_VLAN_VALID:
                tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100
                return frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
    return frame


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(kind, payload, to=THERE):
    return to + HERE + struct.pack("!H", kind) + payload


def ipv4(payload, protocol=17, source=HERE4, target="192.168.77.1", identification=0, flags_offset=0):
    """RFC 791 section 3.1."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), identification, flags_offset, 64, protocol, 0,
                         ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def ipv6(payload, next_header=17, source=HERE6, target="fd77::1", hops=64):
    """RFC 8200 section 3."""
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), next_header, hops,
                       ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed) + payload


def udp(source_port, target_port, payload, source=HERE4, target="192.168.77.1"):
    """RFC 768, with the pseudo header of either IP version."""
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    header = struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0)
    pseudo = addresses + struct.pack("!II", len(header) + len(payload), 17)
    return header[:6] + struct.pack("!H", checksum(pseudo + header + payload)) + payload


def icmpv6(kind, body, source, target):
    """RFC 4443 section 2.1."""
    message = struct.pack("!BBH", kind, 0, 0) + body
    pseudo = (ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed +
              struct.pack("!II", len(message), 58))
    return message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]


def mdns_to(group, mark):
    return udp(5353, 5353, bytes(12) + mark, target=group)


def neighbour_solicitation(mark):
    """RFC 4861 section 4.3, to the solicited-node address of fd77::1, hop limit 255."""
    target = ipaddress.ip_address("fd77::1").packed
    group = "ff02::1:ff00:1"
    # The mark travels in a nonce option (RFC 3971 section 5.3.2), 3 x 8 bytes.
    body = bytes(4) + target + b"\x01\x01" + HERE + b"\x0e\x03" + bytes(6) + mark
    return ethernet(0x86DD, ipv6(icmpv6(135, body, HERE6, group), 58, target=group, hops=255),
                    to=bytes.fromhex("3333ff000001"))


def fragments4(mark):
    """A datagram of 2,400 bytes in two, the second one first; RFC 791 section 3.2."""
    whole = udp(4000, 4001, os.urandom(2392 - MARK_BYTES) + mark)
    late = ipv4(whole[1480:], identification=7, flags_offset=1480 // 8)
    early = ipv4(whole[:1480 - MARK_BYTES] + mark, identification=7, flags_offset=0x2000)
    return late, early


def arp(mark):
    """RFC 826, for an address that nobody has."""
    request = (struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + HERE + ipaddress.ip_address(HERE4).packed +
               bytes(6) + ipaddress.ip_address("192.168.77.250").packed)
    return ethernet(0x0806, request + mark, to=BROADCAST)


def tagged(kinds, mark):
    """VLAN tags of these types, VLAN 100 upwards, before a UDP datagram; IEEE 802.1Q."""
    kinds_then_ip = (*kinds[1:], 0x0800)
    tags = b"".join(struct.pack("!HH", 100 + n, kind) for n, kind in enumerate(kinds_then_ip))
    return ethernet(kinds[0], tags + ipv4(udp(4000, 4001, mark)))


def lldp(mark):
    """IEEE 802.1AB: chassis, port, time to live, end."""
    units = b"\x02\x07\x04" + HERE + b"\x04\x07\x03" + HERE + b"\x06\x02\x00\x78" + b"\x00\x00"
    return ethernet(0x88CC, units + bytes(14) + mark, to=bytes.fromhex("0180c200000e"))


def spanning_tree(mark):
    """IEEE 802.1D: an LLC frame, so the two bytes are a length."""
    body = b"\x42\x42\x03" + bytes(35) + mark
    return bytes.fromhex("0180c2000000") + HERE + struct.pack("!H", len(body)) + body


def wrong_ipv4(mark):
    """A total length far beyond the frame, and a checksum that is wrong by that."""
    good = ipv4(udp(4000, 4001, mark))
    return ethernet(0x0800, good[:2] + struct.pack("!H", 9000) + good[4:])


# What it is, how it is made from a mark. Most are not for inspection; all of them have to cross as they are.
SINGLE = {
    "an ARP request": arp,
    "an IPv6 neighbour solicitation": neighbour_solicitation,
    "an IPv4 multicast": lambda mark: ethernet(0x0800, ipv4(mdns_to("224.0.0.251", mark), target="224.0.0.251"),
                                               to=bytes.fromhex("01005e0000fb")),
    "an LLDP frame": lldp,
    "a spanning tree frame": spanning_tree,
    "a LACP frame": lambda mark: ethernet(0x8809, b"\x01\x01" + bytes(92) + mark, to=bytes.fromhex("0180c2000002")),
    "a MACsec frame": lambda mark: ethernet(0x88E5, bytes(40) + mark),
    "a PPPoE discovery frame": lambda mark: ethernet(0x8863, b"\x11\x09\0\0\0\x18\x01\x01\0\0\x01\x03\0\x10" + mark),
    "a frame of an unknown type": lambda mark: ethernet(0x88B5, bytes(40) + mark),
    # What bypass switches and redundant pairs send to see whether a wire carries: none of our concern, all of theirs.
    "a heartbeat as Ethernet loopback": lambda mark: ethernet(0x9000, bytes(44) + mark),
    "a heartbeat as IPX": lambda mark: ethernet(0x8137, b"\xff\xff\x00\x22\x00\x00" + bytes(28) + mark),
    "a heartbeat to a group": lambda mark: ethernet(0x892F, bytes(44) + mark, to=bytes.fromhex("01154e000100")),
    "an 802.1Q frame": lambda mark: tagged((0x8100,), mark),
    "a frame of the full MTU": lambda mark: ethernet(0x0800, ipv4(udp(4000, 4001, bytes(1472 - MARK_BYTES) + mark))),
    "an IPv4 packet with a wrong length": wrong_ipv4,
}


def service_tagged(mark):
    """IEEE 802.1ad: a service tag before a customer tag."""
    return tagged((0x88A8, 0x8100), mark)
