"""Connections and datagrams that rules reject, in VLAN 20 and without; what leaves is judged by scapy and tshark."""
import json
import os
import subprocess
import sys

from scapy.contrib.mpls import MPLS
from scapy.layers.inet import ICMP, IP, TCP, UDP, ICMPerror, IPerror, UDPerror
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6, IPerror6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import rdpcap

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, CASES)
from conversation import GATEWAY_MAC, PHONE_MAC, Conversation, write  # noqa: E402
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
PHONE, SERVER, PHONE_V6, SERVER_V6 = '10.0.0.2', '198.51.100.7', '2001:db8::2', '2001:db8:1::7'
RULES = '''
reject tcp any any -> any 8080 (msg:"to the sender"; content:"EVIL"; sid:1;)
rejectdst tcp any any -> any 8081 (msg:"to the receiver"; content:"EVIL"; sid:2;)
rejectboth udp any any -> any 5353 (msg:"to both"; content:"EVIL"; sid:3;)
reject icmp any any -> any any (msg:"echo"; itype:8; sid:4;)
reject udp any any -> any 9999 (msg:"version 6"; content:"EVIL"; sid:5;)
reject tcp any any -> any 23 (msg:"an opening"; flags:S; sid:6;)
'''


def in_vlan(packet):
    return Ether(src=packet.src, dst=packet.dst) / Dot1Q(prio=5, vlan=20) / packet[IP]


def phone(packet):
    return Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / packet


def replay(mode):
    step(SLUICE, 'replay', '--signatures', 'r.rules', '--mode', mode, '--inside', '10.0.0.0/8', '--eve', 'eve.json',
         '--stats', 'stats.json', '--write', 'out.pcap', 'in.pcap')
    with open('eve.json', encoding='utf8') as file:
        events = [json.loads(line) for line in file]
    with open('stats.json', encoding='utf8') as file:
        return events, json.load(file), list(rdpcap('out.pcap'))


def has_right_checksums(packet):
    """Whether scapy, which computes them anew, writes the same bytes"""
    again = packet.copy()
    for layer in (IP, TCP, UDP, ICMP):
        if layer in again:
            del again[layer].chksum
    if ICMPv6DestUnreach in again:
        del again[ICMPv6DestUnreach].cksum
    return bytes(again) == bytes(packet)


with open('r.rules', 'w', encoding='utf8') as rules:
    rules.write(RULES)
first = Conversation(server_port=8080).opens().phone_says(b'EVIL').phone_says(b'more')
second = Conversation(phone_port=40001, server_port=8081).opens().phone_says(b'harmless').phone_says(b'EVIL')
packets = [in_vlan(p) for p in first.packets] + second.packets + [
    phone(IP(src=PHONE, dst=SERVER) / UDP(sport=1000, dport=5353) / Raw(b'EVIL question')),
    phone(IP(src=PHONE, dst=SERVER) / ICMP(id=7, seq=1) / Raw(b'ping')),
    phone(IPv6(src=PHONE_V6, dst=SERVER_V6) / UDP(sport=1000, dport=9999) / Raw(b'EVIL question')),
    phone(IP(src=PHONE, dst=SERVER) / TCP(sport=40002, dport=23, flags='S', seq=77)),
    phone(MPLS(label=16, s=1, ttl=64) / IP(src=PHONE, dst='198.51.100.9') / ICMP(id=8, seq=1) / Raw(b'ping'))]
write('in.pcap', packets)
sent = [bytes(packet) for packet in rdpcap('in.pcap')]

events, stats, written = replay('monitor')
check([bytes(packet) for packet in written] == sent, 'monitor sends nothing')
check(stats['packets']['injected'] == {} and stats['unanswered'] == {}, stats)
alerts = {e['alert']['signature_id']: e for e in events if e['event_type'] == 'alert'}
check(alerts[1]['verdict'] == {'action': 'alert', 'reject-target': 'to_client', 'reject_target': 'to_client',
                               'reject': ['tcp-reset']}, alerts[1])
check(alerts[1]['alert']['action'] == 'allowed' and alerts[1]['sluice']['would'] == 'drop', alerts[1])

events, stats, written = replay('enforce')
made = [packet for packet in written if bytes(packet) not in sent]
check(stats['packets']['dropped'] == {'policy': 8}, stats)  # seven that rules reject, and one behind the first
check(stats['packets']['injected'] == {'tcp_reset': 3, 'icmp_prohibited': 3, 'icmpv6_prohibited': 1}, stats)
check(stats['unanswered'] == {'encapsulation': 1}, stats)
check(len(made) == 7 and all(has_right_checksums(packet) for packet in made), made)
step('sh', '-c', 'test -z "$(tshark -r out.pcap -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE '
     '-Y \'ip.checksum.status == 0 || tcp.checksum.status == 0 || icmp.checksum.status == 0 || '
     'icmpv6.checksum.status == 0 || _ws.malformed\')"')

to_phone, to_server, both_phone, both_server, echo, version_6, opening = made
check((to_phone.src, to_phone.dst, to_phone[Dot1Q].vlan, to_phone[Dot1Q].prio) == (GATEWAY_MAC, PHONE_MAC, 20, 5),
      to_phone)
check((to_phone[IP].src, to_phone[TCP].sport, to_phone[TCP].dport) == (SERVER, 8080, 40000), to_phone)
check((to_phone[TCP].flags, to_phone[TCP].seq) == ('R', 5001), to_phone)  # what the phone has acknowledged
check((to_server.src, to_server[IP].src, to_server[TCP].dport) == (PHONE_MAC, PHONE, 8081), to_server)
check((to_server[TCP].flags, to_server[TCP].seq) == ('RA', 1001 + len(b'harmless')), to_server)
for packet, end, quoted in ((both_phone, PHONE, (PHONE, SERVER, 1000, 5353)),
                            (both_server, SERVER, (SERVER, PHONE, 5353, 1000))):
    check(packet[IP].dst == end and (packet[ICMP].type, packet[ICMP].code) == (3, 13), packet)
    inner = packet[IPerror]
    check((inner.src, inner.dst, packet[UDPerror].sport, packet[UDPerror].dport) == quoted, packet)
check(echo[ICMP].code == 13 and echo[ICMPerror].id == 7 and bytes(echo[ICMPerror].payload) == b'ping', echo)
check(version_6[ICMPv6DestUnreach].code == 1 and version_6[IPv6].dst == PHONE_V6, version_6)
check(version_6[IPerror6].dst == SERVER_V6 and bytes(version_6).endswith(b'EVIL question'), version_6)
check((opening[TCP].flags, opening[TCP].seq, opening[TCP].ack) == ('RA', 0, 78), opening)

alerts = {e['alert']['signature_id']: e for e in events if e['event_type'] == 'alert'}
check(alerts[3]['verdict'] == {'action': 'drop', 'reject-target': 'both', 'reject_target': 'both',
                               'reject': ['icmp-prohib']}, alerts[3])
check(alerts[2]['verdict']['reject-target'] == 'to_server' and alerts[2]['alert']['action'] == 'blocked', alerts[2])
drops = [e for e in events if e['event_type'] == 'drop']
check([e['drop']['reason'] for e in drops].count('flow drop') == 1, drops)
check(sum('reject' in e['verdict'] for e in drops) == 6 + 1, drops)
many = subprocess.run([SLUICE, 'replay', '--signatures', 'r.rules', '--mode', 'enforce', '--inside', '10.0.0.0/8',
                       '--workers', '3', '--write', 'many.pcap', 'in.pcap'], capture_output=True, text=True)
check(many.returncode == 0 and [bytes(p) for p in rdpcap('many.pcap')] == [bytes(p) for p in written], many.stderr)
print('all steps done')
