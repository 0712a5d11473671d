"""A phone looks up a name whose answer leads to a listed one, at the resolver of its own network; calls that address
with bytes that nothing names, and once more without a word; and calls an address that was in no answer."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402


def connection(server, port):
    talk = Conversation(server=server, phone_port=port, server_port=7000).opens()
    return talk.phone_says(b'\1\2\3\4 nobody knows').server_says(b'\5\6\7\10 what this is').closes().packets


there = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='10.0.0.1') / UDP(sport=40001, dport=53)
back = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=53, dport=40001)
question = DNSQR(qname='metrics.shop.example', qtype='A')
answers = (DNSRR(rrname='metrics.shop.example', type='CNAME', ttl=300, rdata='shop.tracker.example')
           / DNSRR(rrname='shop.tracker.example', type='A', ttl=60, rdata='198.51.100.7'))
write(sys.argv[1], [there / DNS(id=1, rd=1, qd=question), back / DNS(id=1, qr=1, rd=1, ra=1, qd=question, an=answers),
                    *connection('198.51.100.7', 40002), *connection('198.51.100.8', 40003),
                    *Conversation(server='198.51.100.7', phone_port=40004, server_port=7000).opens().closes().packets])
