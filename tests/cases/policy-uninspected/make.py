"""What nobody can look into: a question that breaks off, a header that is too short, fragments that overlap. Beside it
what can be read. The numbers of the packets stand beside them."""
import sys

sys.path.insert(0, '..')
from conversation import START  # noqa: E402
from lookup import ethernet, question  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.utils import wrpcap  # noqa: E402

whole = question('www.example.org')
cut = IP(question('www.example.org'))
broken = IP(src=cut.src, dst=cut.dst) / UDP(sport=40001, dport=53) / Raw(bytes(cut[UDP].payload)[:-6])
short = bytearray(question('www.example.org', port=40003))
short[0] = 0x44  # RFC 791 section 3.1: a header of 16 bytes, of at least 20


def fragment(begin, size):
    """RFC 791 section 3.2"""
    return bytes(IP(src='10.0.0.2', dst='192.0.2.53', id=7, flags='MF', frag=begin // 8, proto=17) / Raw(bytes(size)))


datagrams = [
    whole,  # 1
    bytes(broken),  # 2
    whole,  # 3, of the same flow
    question('www.example.org', port=40002),  # 4, of another
    bytes(short),  # 5
    fragment(0, 64),  # 6
    fragment(32, 64),  # 7
]
packets = [Ether(ethernet(datagram)) for datagram in datagrams]
for number, packet in enumerate(packets):
    packet.time = START + number * 0.01
wrpcap(sys.argv[1], packets, linktype=1)
