"""A phone looks a name up; the resolver answers with one alias and one address of each family."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402

there = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='192.0.2.53') / UDP(sport=40001, dport=53)
back = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='192.0.2.53', dst='10.0.0.2') / UDP(sport=53, dport=40001)
question = DNSQR(qname='WWW.example.org', qtype='A')
answers = (DNSRR(rrname='www.example.org', type='CNAME', ttl=300, rdata='edge.example.net')
           / DNSRR(rrname='edge.example.net', type='A', ttl=60, rdata='198.51.100.7')
           / DNSRR(rrname='edge.example.net', type='AAAA', ttl=60, rdata='2001:db8::7'))
write(sys.argv[1], [there / DNS(id=4660, rd=1, qd=question),
                    back / DNS(id=4660, qr=1, rd=1, ra=1, qd=question, an=answers)])
