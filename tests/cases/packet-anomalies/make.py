"""Packets that break their RFCs, each in one way."""
import sys

from scapy.all import DNS, DNSQR, ICMP, IP, TCP, UDP, Ether, IPv6, Raw, wrpcap
from scapy.layers.inet6 import HBHOptUnknown, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment

DEVICE, SERVER = '192.0.2.10', '198.51.100.7'


def ethernet(packet):
    return Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / packet


cut = bytes(ethernet(IP(src=DEVICE, dst=SERVER) / UDP(sport=40000, dport=9) / Raw(b'x' * 40)))[:-8]
packets = [
    # 1: the IP header promises eight bytes more than there are
    Ether(cut),
    # 2: an ICMP type that nobody assigned
    ethernet(IP(src=DEVICE, dst=SERVER) / ICMP(type=44, code=0)),
    # 3: a TCP header with less than its own 20 bytes
    ethernet(IP(src=DEVICE, dst=SERVER) / TCP(sport=40001, dport=80, dataofs=4)),
    # 4: SYN and FIN at once
    ethernet(IP(src=DEVICE, dst=SERVER) / TCP(sport=40002, dport=80, flags='SF')),
    # 5: a question with the reserved bit of RFC 1035
    ethernet(IP(src=DEVICE, dst=SERVER) / UDP(sport=40003, dport=53) / DNS(z=1, qd=DNSQR(qname='a.example'))),
    # 6: a fragment header on a packet that is whole
    ethernet(IPv6(src='2001:db8::1', dst='2001:db8::2') / IPv6ExtHdrFragment(offset=0, m=0) / UDP(sport=1, dport=9)),
    # 7: an option that no RFC has
    ethernet(IPv6(src='2001:db8::1', dst='2001:db8::2') /
             IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x1e, optlen=4, optdata=bytes(4))]) / UDP(sport=1, dport=9)),
]
for number, packet in enumerate(packets):
    packet.time = 1700000000 + number
wrpcap(sys.argv[1], packets)
