"""A phone looks up a listed name (no answer comes) and one that is not; then it opens TLS to the listed one."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from client_hello import client_hello  # noqa: E402
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402


def lookup(name, port, address=None):
    there = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='192.0.2.53') / UDP(sport=port, dport=53)
    back = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='192.0.2.53', dst='10.0.0.2') / UDP(sport=53, dport=port)
    question = DNSQR(qname=name, qtype='A')
    query = there / DNS(id=port, rd=1, qd=question)
    if address is None:
        return [query]
    answer = DNSRR(rrname=name, type='A', ttl=60, rdata=address)
    return [query, back / DNS(id=port, qr=1, rd=1, ra=1, qd=question, an=answer)]


talk = Conversation(server='198.51.100.7').opens().phone_says(client_hello('a.telemetry.example'))
talk.phone_says(b'\x17\x03\x03\x00\x04data').server_says(b'\x17\x03\x03\x00\x04data').closes()
# packet 1: the listed name; 2, 3: the other; 4 to 6: the TCP handshake; 7: the ClientHello; 8 to 12: the rest
write(sys.argv[1], [*lookup('a.telemetry.example', 40001), *lookup('www.example.org', 40002, '198.51.100.8'),
                    *talk.packets])
