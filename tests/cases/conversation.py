"""A TCP connection between a phone and a server, packet by packet, for the scripts that make captures."""
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

START = 1_700_000_000.0  # seconds since 1970: the same file at each run
STEP = 0.01  # seconds from packet to packet
PHONE_MAC, GATEWAY_MAC = '02:00:00:00:00:01', '02:00:00:00:00:02'


def write(path, packets):
    for number, packet in enumerate(packets):
        packet.time = START + number * STEP
    wrpcap(path, packets, linktype=1)


class Conversation:
    """`packets` grows with every call; sequence numbers are kept."""

    def __init__(self, phone='10.0.0.2', server='198.51.100.7', phone_port=40000, server_port=443):
        self.ends = {'phone': (PHONE_MAC, phone, phone_port), 'server': (GATEWAY_MAC, server, server_port)}
        self.next = {'phone': 1000, 'server': 5000}
        self.packets = []

    def _send(self, sender, flags, payload=b''):
        receiver = 'server' if sender == 'phone' else 'phone'
        (smac, source, sport), (dmac, destination, dport) = self.ends[sender], self.ends[receiver]
        acknowledged = self.next[receiver] if 'A' in flags else 0
        packet = (Ether(src=smac, dst=dmac) / IP(src=source, dst=destination)
                  / TCP(sport=sport, dport=dport, flags=flags, seq=self.next[sender], ack=acknowledged))
        self.packets.append(packet / Raw(payload) if payload else packet)
        self.next[sender] += len(payload) + ('S' in flags or 'F' in flags)
        return self

    def opens(self):
        return self._send('phone', 'S')._send('server', 'SA')._send('phone', 'A')

    def phone_says(self, payload):
        return self._send('phone', 'PA', payload)

    def server_says(self, payload):
        return self._send('server', 'PA', payload)

    def closes(self):
        return self._send('phone', 'FA')._send('server', 'FA')._send('phone', 'A')
