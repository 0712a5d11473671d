"""Packets that belong to a flow, or to a tunnel, in another way than by their own ends."""
import sys

from scapy.all import ICMP, IP, TCP, UDP, VXLAN, Ether, IPv6, Raw, wrpcap

BLOCKED, DEVICE, SERVER, ROUTER = '192.168.0.31', '192.168.0.10', '198.51.100.7', '203.0.113.1'
TEREDO = '2001:0:4137:9e50:8000:f12a:b9c8:2815'


def ethernet(packet):
    return Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / packet


question = IP(src=BLOCKED, dst=SERVER) / UDP(sport=5000, dport=9) / Raw(b'question')
tcp = IP(src=DEVICE, dst=SERVER) / TCP(sport=40000, dport=80, seq=100, flags='S')
answer = IP(src=SERVER, dst=DEVICE) / TCP(sport=80, dport=40000, seq=500, ack=101, flags='SA')
inner = ethernet(IP(src='10.9.0.1', dst='10.9.0.2') / UDP(sport=1000, dport=1001) / Raw(b'inner'))
packets = [
    # 1: a flow that a rule drops; 2: what a router says of it, to the device; 3: and to another, which never asked
    ethernet(question),
    ethernet(IP(src=ROUTER, dst=BLOCKED) / ICMP(type=11, code=0) / question),
    ethernet(IP(src=ROUTER, dst=DEVICE) / ICMP(type=11, code=0) / question),
    # 4 to 6: a connection; 7: data without ACK, which the server throws away (RFC 9293 section 3.10.7.4)
    ethernet(tcp),
    ethernet(answer),
    ethernet(IP(src=DEVICE, dst=SERVER) / TCP(sport=40000, dport=80, seq=101, ack=501, flags='A')),
    ethernet(IP(src=DEVICE, dst=SERVER) / TCP(sport=40000, dport=80, seq=101, flags='P') / Raw(b'refused')),
    # 8, 9: two packets of one flow in VXLAN
    ethernet(IP(src=DEVICE, dst='192.168.0.11') / UDP(sport=50000, dport=4789) / VXLAN(vni=7) / inner),
    ethernet(IP(src=DEVICE, dst='192.168.0.11') / UDP(sport=50000, dport=4789) / VXLAN(vni=7) / inner),
    # 10: Teredo
    ethernet(IP(src=DEVICE, dst=SERVER) / UDP(sport=3544, dport=32900) /
             IPv6(src=TEREDO, dst='2001:db8::7') / TCP(sport=40001, dport=80, seq=1, flags='S')),
]
for number, packet in enumerate(packets):
    packet.time = 1700000000 + number
wrpcap(sys.argv[1], packets)
