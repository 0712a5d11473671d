"""Look-ups that the policy answers: in a VLAN, over IPv6, with EDNS, of other types, behind an alias, over TCP."""
import json
import os
import sys

from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRROPT
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import rdpcap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
PHONE, RESOLVER, PHONE_V6, RESOLVER_V6 = '10.0.0.2', '192.0.2.53', 'fd00::2', '2001:db8:1::53'
LIST = 'id,indicator,kind\n' + ''.join(f'{name},{name}.example,domain\n' for name in ('none', 'empty', 'sink', 'stop'))
ACTIONS = {'none': 'nxdomain', 'empty': 'nodata', 'sink': 'sinkhole', 'stop': 'drop'}
POLICY = {'sinkhole': ['192.0.2.99', '2001:db8::99'],
          'lines': [{'name': name, 'destinations': [f'{name}.example'], 'action': action}
                    for name, action in ACTIONS.items()]}


def phone(packet):
    return Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / packet


def asks(port, name, kind='A', **more):
    return (IP(src=PHONE, dst=RESOLVER) / UDP(sport=port, dport=53)
            / DNS(id=port, rd=1, qd=DNSQR(qname=f'{name}.example', qtype=kind), **more))


def replay(mode):
    step(SLUICE, 'replay', '--indicators', 'list.csv', '--policy', 'tap.json', '--mode', mode, '--eve', 'eve.json',
         '--stats', 'stats.json', '--write', 'out.pcap', 'in.pcap')
    with open('eve.json', encoding='utf8') as file:
        events = [json.loads(line) for line in file]
    with open('stats.json', encoding='utf8') as file:
        return events, json.load(file), list(rdpcap('out.pcap'))


for name, text in (('list.csv', LIST), ('tap.json', json.dumps({'policy': POLICY}))):
    with open(name, 'w', encoding='utf8') as file:
        file.write(text)
over_tcp = Conversation(server=RESOLVER, phone_port=40009, server_port=53).opens()
message = bytes(asks(9, 'none')[DNS])
over_tcp.phone_says(len(message).to_bytes(2, 'big') + message)
alias = Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src=RESOLVER, dst=PHONE) / UDP(sport=53, dport=1008) / DNS(
    id=1008, qr=1, rd=1, ra=1, qd=DNSQR(qname='www.shop.example'),
    an=DNSRR(rrname='www.shop.example', type='CNAME', ttl=60, rdata='a.none.example')
    / DNSRR(rrname='a.none.example', type='A', ttl=60, rdata='198.51.100.7'))
packets = [
    Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / Dot1Q(prio=5, vlan=20) / asks(1001, 'none'),
    phone(asks(1002, 'empty', ar=DNSRROPT(rclass=4096))),
    phone(asks(1003, 'a.sink', ar=DNSRROPT(rclass=4096, z=0))),
    phone(IPv6(src=PHONE_V6, dst=RESOLVER_V6) / asks(1004, 'sink', 'AAAA')[UDP]),
    phone(asks(1005, 'sink', 'MX')),
    phone(asks(1006, 'stop')),
    phone(asks(1007, 'elsewhere')),
    phone(IP(src=PHONE, dst=RESOLVER) / UDP(sport=1008, dport=53)
          / DNS(id=1008, rd=1, qd=DNSQR(qname='www.shop.example'))),
    alias, *over_tcp.packets]
write('in.pcap', packets)
sent = [bytes(packet) for packet in rdpcap('in.pcap')]

events, stats, written = replay('monitor')
check([bytes(packet) for packet in written] == sent, 'monitor sends nothing')
check(stats['packets']['injected'] == {} and stats['unanswered'] == {}, stats)
said = [e['sluice'].get('dns_answer') for e in events if e['event_type'] == 'alert']
check(said == ['nxdomain', 'nodata', 'sinkhole', 'sinkhole', 'sinkhole', None, 'nxdomain', None], said)

events, stats, written = replay('enforce')
made = [packet for packet in written if bytes(packet) not in sent]
check(stats['packets']['dropped'] == {'policy': 8}, stats)
check(stats['packets']['injected'] == {'dns_answer': 6, 'tcp_reset': 2}, stats)
check(stats['unanswered'] == {}, stats)
step('sh', '-c', 'test -z "$(tshark -r out.pcap -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE '
     '-o tcp.check_checksum:TRUE -Y \'ip.checksum.status == 0 || tcp.checksum.status == 0 || '
     'udp.checksum.status == 0 || _ws.malformed\')"')
for packet in made:
    if DNS not in packet or packet[UDP].dport == 1008:
        continue
    ip = packet[IP] if IP in packet else packet[IPv6]
    check((packet.src, packet.dst) == (GATEWAY_MAC, PHONE_MAC) and ip.src in (RESOLVER, RESOLVER_V6), packet)
    check(packet[DNS].id == packet[UDP].dport and (packet[DNS].qr, packet[DNS].rd, packet[DNS].ra) == (1, 1, 1), packet)
none, empty, sink, sink_v6, other, instead = (packet[DNS] for packet in made if DNS in packet)
check(made[0][Dot1Q].vlan == 20 and none.rcode == 3 and none.ancount == 0 and none.arcount == 0, none)
check(none.qd.qname == b'none.example.', none)
check(empty.rcode == 0 and empty.ancount == 0 and empty.ar.z == 0x8000, empty)
check(bytes(empty.ar).endswith(bytes.fromhex('000f0002000f')), empty)  # RFC 8914: blocked
check((sink.an.rrname, sink.an.type, sink.an.rdata, sink.an.ttl) == (b'a.sink.example.', 1, '192.0.2.99', 60), sink)
check(bytes(sink.ar).endswith(bytes.fromhex('000f00020004')) and sink.ar.z == 0, sink)  # a forged answer
check((sink_v6.an.type, sink_v6.an.rdata) == (28, '2001:db8::99'), sink_v6)
check(other.rcode == 0 and other.ancount == 0, other)
check(instead.rcode == 3 and instead.qd.qname == b'www.shop.example.' and instead.ancount == 0, instead)
to_phone = next(packet for packet in made if DNS in packet and packet[UDP].dport == 1008)
check((to_phone.src, to_phone.dst, to_phone[IP].src, to_phone[UDP].sport) == (GATEWAY_MAC, PHONE_MAC, RESOLVER, 53),
      to_phone)
resets = [packet for packet in made if TCP in packet]
check(sorted(packet[IP].dst for packet in resets) == sorted((PHONE, RESOLVER)), resets)
check(not any(ICMP in packet or Raw in packet for packet in made), made)
print('all steps done')
