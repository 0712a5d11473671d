"""A phone looks a name up over IPv6; the answer holds one address of each family."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402

PHONE, RESOLVER = 'fd01::101:101', '2001:db8::53'
there = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IPv6(src=PHONE, dst=RESOLVER) / UDP(sport=40001, dport=53)
back = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IPv6(src=RESOLVER, dst=PHONE) / UDP(sport=53, dport=40001)
question = DNSQR(qname='www.example.org', qtype='AAAA')
answers = (DNSRR(rrname='www.example.org', type='AAAA', ttl=60, rdata='2001:db8::7')
           / DNSRR(rrname='www.example.org', type='A', ttl=60, rdata='198.51.100.7'))
write(sys.argv[1], [there / DNS(id=4660, rd=1, qd=question),
                    back / DNS(id=4660, qr=1, rd=1, ra=1, qd=question, an=answers)])
