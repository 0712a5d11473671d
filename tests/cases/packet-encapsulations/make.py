"""Headers that are passed over, and what they say: service headers, ERSPAN, three VLAN tags, ICMP, TCP without ACK."""
import sys

from scapy.all import GRE, ICMP, IP, TCP, UDP, Dot1Q, Ether, Raw, wrpcap
from scapy.contrib.erspan import ERSPAN_II
from scapy.contrib.nsh import NSH

LINK = Ether(src='02:00:00:00:00:02', dst='02:00:00:00:00:01')
TO = {'src': '192.0.2.10', 'dst': '198.51.100.7'}
CHAINED = Ether(src=LINK.src, dst=LINK.dst, type=0x894f)


def datagram(port, data):
    return IP(**TO) / UDP(sport=port, dport=9) / data


def tagged(*ids):
    frame = LINK.copy()
    for each in ids:
        frame = frame / Dot1Q(vlan=each)
    return frame / datagram(40002, b'tagged')


# RFC 1256 section 3: two addresses of two words each, the address and its preference.
ADVERTISEMENT = bytes([9, 0, 0, 0, 2, 2, 0, 30]) + bytes([192, 0, 2, 1, 0, 0, 0, 1, 192, 0, 2, 2, 0, 0, 0, 5])

PACKETS = [
    CHAINED / NSH(mdtype=1, nextproto=1, spi=5, si=255, context_header=bytes(16)) / datagram(40000, b'chained'),
    CHAINED / NSH(mdtype=0, nextproto=1, spi=5, si=255) / datagram(40000, b'chained'),
    LINK / IP(src='192.0.2.1', dst='192.0.2.2') / GRE(proto=0x88be, seqnum_present=1, seqence_number=1)
    / ERSPAN_II(vlan=23, session_id=1) / LINK / datagram(40001, b'mirrored'),
    tagged(1, 10), tagged(1, 10, 100), tagged(1, 10, 101),
    LINK / IP(**TO, proto=1) / Raw(ADVERTISEMENT),
    LINK / IP(**TO) / TCP(sport=40003, dport=9, flags=0, seq=1) / b'unacknowledged',
]
for second, packet in enumerate(PACKETS):
    packet.time = 1700000000 + second
wrpcap(sys.argv[1], PACKETS)
