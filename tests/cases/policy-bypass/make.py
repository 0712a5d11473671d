"""Look-ups of a listed name, by devices of 10.0.0.0/8, at resolvers that an exemption names and at others. What is not
exempt is dropped, so that the packets that are missing are those that were read. Their numbers stand beside them."""
import sys

sys.path.insert(0, '..')
from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402
from lookup import question  # noqa: E402
from scapy.layers.inet import ICMP, IP, UDP, fragment  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.dns import DNS, DNSQR  # noqa: E402
from scapy.layers.l2 import GRE, Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

UP = Ether(src=PHONE_MAC, dst=GATEWAY_MAC)
DOWN = Ether(src=GATEWAY_MAC, dst=PHONE_MAC)
NAME = 'telemetry.example'
PARTNER, OTHER, NOT_OURS = '198.51.100.7', '192.0.2.53', '203.0.113.9'


def asks(resolver, port):
    return IP(question(NAME, port=port, resolver=resolver))


wide = IP(src='10.0.0.2', dst=NOT_OURS) / UDP(sport=41000, dport=4000) / Raw(bytes(2400))
flow = UP / asks(NOT_OURS, 40005)
packets = [
    # Of VLAN and network both must hold.
    UP / Dot1Q(vlan=77) / asks(PARTNER, 40001),  # 1, exempt
    UP / Dot1Q(vlan=77) / asks(OTHER, 40002),  # 2
    UP / Dot1Q(vlan=78) / asks(PARTNER, 40003),  # 3
    UP / asks(PARTNER, 40004),  # 4
    UP / Dot1Q(vlan=77) / IPv6(src='fd00::2', dst='2001:db8:5::53') / UDP(sport=40001, dport=53)
    / DNS(rd=1, qd=DNSQR(qname=NAME)),  # 5, exempt
    # The network alone; whoever began.
    flow,  # 6, exempt
    DOWN / IP(src=NOT_OURS, dst='10.0.0.2') / UDP(sport=5000, dport=53) / DNS(rd=1, qd=DNSQR(qname=NAME)),  # 7, exempt
    # An error about it, from a router that no exemption names: it is of the flow that it quotes.
    DOWN / IP(src=OTHER, dst='10.0.0.2') / ICMP(type=3, code=1) / Raw(bytes(flow[IP])[:28]),  # 8, exempt
    # A datagram in two, which counts once, and one that is cut off.
    *(UP / part for part in fragment(wide, fragsize=1400)),  # 9 and 10, exempt
    UP / IP(src='10.0.0.2', dst=NOT_OURS, len=900) / UDP(sport=41002, dport=4000, len=880) / Raw(bytes(8)),  # 11, exempt
    # A tunnel: the addresses inside count, as they do for devices.
    UP / IP(src='10.0.0.2', dst=OTHER) / GRE() / asks(NOT_OURS, 40006),  # 12, exempt
    UP / IP(src='10.0.0.2', dst=NOT_OURS) / GRE() / asks(OTHER, 40007),  # 13
]
write(sys.argv[1], packets)
