"""Four phones of one network: one asks and requests, one goes to a server, to the portal and to a clock, one sends twice
as much as it may, and one in a VLAN of its own asks. The numbers of the packets stand beside them."""
import sys

sys.path.insert(0, '..')
from conversation import GATEWAY_MAC, PHONE_MAC, START, Conversation  # noqa: E402
from lookup import question  # noqa: E402
from scapy.layers.inet import ICMP, IP, UDP  # noqa: E402
from scapy.layers.l2 import Dot1Q, Ether  # noqa: E402
from scapy.layers.ntp import NTP  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.utils import wrpcap  # noqa: E402

UP = Ether(src=PHONE_MAC, dst=GATEWAY_MAC)
DOWN = Ether(src=GATEWAY_MAC, dst=PHONE_MAC)
EXEMPT, HELD, SLOW, OTHER = '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'

request = Conversation(phone=EXEMPT, phone_port=40000, server_port=80).opens()
request.phone_says(b'GET / HTTP/1.1\r\nHost: telemetry.example\r\n\r\n').server_says(b'HTTP/1.1 204 No Content\r\n\r\n')
packets = [UP / IP(question('telemetry.example', phone=EXEMPT)), *request.packets]  # 1 to 6

packets += [
    UP / IP(question('elsewhere.example', port=40002, phone=HELD)),  # 7, look-ups pass
    UP / IP(src=HELD, dst='198.51.100.7') / UDP(sport=5000, dport=4000) / Raw(b'hello'),  # 8, dropped
    UP / IP(src=HELD, dst='192.0.2.80') / UDP(sport=5000, dport=4000) / Raw(b'hello'),  # 9, the portal
    UP / IP(src=HELD, dst='192.0.2.1') / UDP(sport=5000, dport=123) / NTP(version=4),  # 10, its clock
    UP / IP(src=HELD, dst='192.0.2.1') / UDP(sport=5000, dport=123) / Raw(b'what hides there'),  # 11, dropped
    DOWN / IP(src='198.51.100.7', dst=HELD) / ICMP() / Raw(b'are you there'),  # 12, dropped
]
# 13 and 14: whoever is in that VLAN is exempt, its neighbour with the same address elsewhere is not.
packets += [UP / Dot1Q(vlan=77) / IP(question('telemetry.example', port=40003, phone=OTHER)),
            UP / Dot1Q(vlan=78) / IP(question('telemetry.example', port=40003, phone=OTHER))]
for number, packet in enumerate(packets):
    packet.time = START + number * 0.01
# From 15 on: 1,000 bytes every 5 ms, 1,600 kbit/s of which 800 may pass, for ten seconds.
frame = UP / IP(src=SLOW, dst='198.51.100.7') / UDP(sport=5000, dport=4000) / Raw(bytes(958))
for number in range(2000):
    packet = frame.copy()
    packet.time = START + 1 + number * 0.005
    packets.append(packet)
wrpcap(sys.argv[1], packets, linktype=1)
