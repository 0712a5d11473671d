"""Answers with and without keys of ECH, to a device of the line and to another, and what leaves."""
import collections
import json
import os
import subprocess
import sys

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import rdpcap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
PHONE, OTHER, RESOLVER, PHONE_V6, RESOLVER_V6 = '10.0.0.2', '10.0.0.3', '192.0.2.53', 'fd00::2', '2001:db8:1::53'
POLICY = {'traffic': [{'name': 'no-ech', 'devices': [PHONE, PHONE_V6], 'action': 'strip_ech'}]}
AD, NO_AD = 0x81a0, 0x8180


def u16(value):
    return value.to_bytes(2, 'big')


def vector(body):
    return u16(len(body)) + body


def parameter(key, value):
    """RFC 9460 section 2.2"""
    return u16(key) + vector(value)


KEYS = vector(u16(0xfe0d) + vector(b'the keys'))
H2, HINT = parameter(1, b'\2h2'), parameter(6, bytes(15) + b'\1')
WITH = H2 + parameter(5, KEYS) + HINT
WITHOUT = H2 + HINT + parameter(65280, bytes(len(KEYS)))  # as long, in the order of numbers
QUESTION = b'\6hidden\7example\0' + u16(65) + u16(1)


def record(name, kind, data):
    return name + u16(kind) + u16(1) + (300).to_bytes(4, 'big') + vector(data)


def message(parameters, flags):
    """An alias, an HTTPS record whose name is compressed, an SVCB record among the additional ones"""
    return (u16(7) + u16(flags) + u16(1) + u16(2) + u16(0) + u16(1) + QUESTION
            + record(u16(0xc00c), 5, b'\3cdn' + u16(0xc013))
            + record(u16(0xc00c), 65, u16(1) + b'\0' + parameters)
            + record(b'\4_dns' + u16(0xc00c), 64, u16(2) + b'\2ns\7example\0' + parameters))


def query(port, device=PHONE):
    return Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IP(src=device, dst=RESOLVER) / UDP(sport=port, dport=53) / Raw(
        u16(7) + u16(0x100) + u16(1) + bytes(6) + QUESTION)


def datagram(port, body, device=PHONE):
    return (Ether(src=GATEWAY_MAC, dst=PHONE_MAC) / IP(src=RESOLVER, dst=device) / UDP(sport=53, dport=port)
            / Raw(body))


def in_vlan(packet):
    return Ether(src=packet.src, dst=packet.dst) / Dot1Q(vlan=20) / packet.payload


def over_v6(packet, turned):
    ends = {'src': RESOLVER_V6, 'dst': PHONE_V6} if turned else {'src': PHONE_V6, 'dst': RESOLVER_V6}
    return Ether(src=packet.src, dst=packet.dst) / IPv6(**ends) / UDP(sport=packet[UDP].sport, dport=packet[UDP].dport) / Raw(
        bytes(packet[UDP].payload))


def over_tcp(port, *pieces):
    talk = Conversation(server=RESOLVER, phone_port=port, server_port=53).opens()
    talk.phone_says(vector(bytes(query(1)[Raw])))
    for piece in pieces:
        talk.server_says(piece)
    return talk.packets


def traffic(parameters, flags):
    """What comes; with other parameters, what is to leave"""
    no_checksum = datagram(1004, message(parameters, flags))
    no_checksum[UDP].chksum = 0
    whole = vector(message(WITH, AD))
    return [query(1001), datagram(1001, message(parameters, flags)),
            in_vlan(query(1002)), in_vlan(datagram(1002, message(parameters, flags))),
            over_v6(query(1003), False), over_v6(datagram(1003, message(parameters, flags)), True),
            query(1004), no_checksum,
            *over_tcp(1007, vector(message(parameters, flags))),
            # Left alone: another device, an answer without keys, a message that ends early in its records, one in two
            # segments.
            query(1005, OTHER), datagram(1005, message(WITH, AD), OTHER),
            query(1006), datagram(1006, message(H2 + HINT, AD)),
            query(1008), datagram(1008, message(WITH, AD)[:60]),
            *over_tcp(1009, whole[:100], whole[100:])]


def replay(*arguments):
    step(SLUICE, 'replay', '--indicators', 'list.csv', '--inside', '10.0.0.0/8', '--inside', 'fd00::/8', '--eve', 'eve.json',
         '--stats', 'stats.json', '--write', 'out.pcap', *arguments, 'in.pcap')
    with open('stats.json', encoding='utf8') as file:
        stats = json.load(file)
    packets = stats['packets']
    check(packets['received'] == packets['forwarded'] == packets['transmitted'], packets)
    said = [event['sluice']['ech_keys'] for event in map(json.loads, open('eve.json', encoding='utf8'))
            if event['event_type'] == 'dns' and 'ech_keys' in event.get('sluice', {})]
    check(stats['ech_answers'] == dict(collections.Counter(said)), stats['ech_answers'])
    check(stats['ech_answers'] == ({} if 'none.json' in arguments else {'stripped': 5, 'out_of_reach': 1}), said)
    return [bytes(packet) for packet in rdpcap('out.pcap')]


for name, text in (('list.csv', 'id,indicator,kind\n'), ('tap.json', json.dumps({'policy': POLICY})), ('none.json', '{}')):
    with open(name, 'w', encoding='utf8') as file:
        file.write(text)
came = traffic(WITH, AD)
write('in.pcap', came)
came = [bytes(packet) for packet in rdpcap('in.pcap')]
write('expected.pcap', traffic(WITHOUT, NO_AD))
expected = [bytes(packet) for packet in rdpcap('expected.pcap')]
check(sum(a != b for a, b in zip(came, expected)) == 5, 'five answers are altered')

for workers in ('1', '4'):
    left = replay('--policy', 'tap.json', '--mode', 'enforce', '--workers', workers)
    for number, (is_there, wanted) in enumerate(zip(left, expected, strict=True), 1):
        check(is_there == wanted, f'packet {number}: {is_there.hex()}\n and not {wanted.hex()}')
check(replay('--policy', 'tap.json', '--mode', 'monitor') == came, 'monitor alters nothing')
check(replay('--policy', 'none.json', '--mode', 'enforce') == came, 'by default nothing is altered')

replay('--policy', 'tap.json', '--mode', 'enforce')
shown = subprocess.run(['tshark', '-r', 'out.pcap', '-o', 'udp.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE', '-V',
                        '(ip.dst == 10.0.0.2 or ipv6.dst == fd00::2) and not tcp.port == 1009'], capture_output=True, text=True, check=True).stdout
check('echconfig' not in shown and shown.count('key65280') == 10 and 'Status: Bad' not in shown, shown)
print('all steps done')
