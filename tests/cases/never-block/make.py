"""A phone looks up its operator's gateway for Wi-Fi calls and calls the address; another calls that address without a
look-up, and writes the operator's name into a request to somebody else. The first asks a listed time server, and calls
an address that the site never blocks."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.layers.ntp import NTP  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402

GATE = 'epdg.epc.mnc001.mcc262.pub.3gppnetwork.org'


def connection(phone, server, port, payload=b'\1\2\3\4 nobody knows'):
    talk = Conversation(phone=phone, server=server, phone_port=port, server_port=7000).opens()
    return talk.phone_says(payload).server_says(b'\5\6\7\10 what this is').closes().packets


there = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='10.0.0.1') / UDP(sport=40001, dport=53)
back = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=53, dport=40001)
time = Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src='10.0.0.2', dst='192.0.2.123') / UDP(sport=123, dport=123)
question = DNSQR(qname=GATE, qtype='A')
answer = DNSRR(rrname=GATE, type='A', ttl=300, rdata='198.51.100.20')
web = Conversation(phone='10.0.0.3', server='198.51.100.7', phone_port=40005, server_port=80).opens()
web.phone_says(b'GET /secret HTTP/1.1\r\nHost: a.pub.3gppnetwork.org\r\n\r\n')
write(sys.argv[1], [there / DNS(id=1, rd=1, qd=question), back / DNS(id=1, qr=1, rd=1, ra=1, qd=question, an=answer),
                    *connection('10.0.0.2', '198.51.100.20', 40002), *connection('10.0.0.3', '198.51.100.20', 40003),
                    *web.packets, time / NTP(version=4, mode=3), *connection('10.0.0.2', '198.51.100.30', 40004)])
