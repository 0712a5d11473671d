"""What scapy made stands in the events, byte for byte."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from steps import check, step  # noqa: E402

from scapy.all import ICMP, IP, TCP, UDP, Dot1Q, Ether, fragment, wrpcap  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
LINK = Ether(src='02:00:00:00:00:02', dst='02:00:00:00:00:01')
TO = {'src': '192.0.2.10', 'dst': '198.51.100.7'}


def rebuilt(packet):
    """-> the packet with its lengths and checksums filled in"""
    return packet.__class__(bytes(packet))


def main(program):
    plain = rebuilt(LINK / IP(**TO) / UDP(sport=40000, dport=9) / b'first\x01word')
    datagram = rebuilt(LINK / Dot1Q(vlan=6) / IP(**TO, id=7) / UDP(sport=40001, dport=9) / (b'second' * 8))
    pieces = [LINK / Dot1Q(vlan=6) / piece for piece in fragment(IP(bytes(datagram[IP])), fragsize=32)]
    inner = rebuilt(LINK / IP(**TO) / UDP(sport=40002, dport=9) / b'third')
    tunnel = LINK / IP(src='192.0.2.1', dst='192.0.2.2') / UDP(sport=4000, dport=4789) / VXLAN(vni=1, flags=8) / inner
    broken = rebuilt(LINK / IP(**TO) / ICMP(type=77, code=0) / (b'x' * 30))

    def segment(flags, seq, ack, data=b'', back=False):
        ends = {'src': TO['dst'], 'dst': TO['src']} if back else TO
        ports = {'sport': 9, 'dport': 40003} if back else {'sport': 40003, 'dport': 9}
        return LINK / IP(**ends) / TCP(**ports, flags=flags, seq=seq, ack=ack) / data

    stream = [segment('S', 1, 0), segment('SA', 1, 2, back=True), segment('A', 2, 2),
              segment('PA', 2, 2, b'\x00fou'), segment('PA', 6, 2, b'rth')]
    last = rebuilt(stream[-1])
    wrpcap('in.pcap', [plain, *pieces, tunnel, broken, *stream])
    with open('in.rules', 'w', encoding='utf8') as file:
        for number, word in enumerate(('first', 'second', 'third', 'fourth'), 1):
            file.write(f'alert ip any any -> any any (msg:"{word}"; content:"{word}"; sid:{number};)\n')
        file.write('alert tcp-pkt any any -> any any (msg:"rth"; content:"rth"; sid:5;)\n')

    def events(*arguments):
        step(program, 'replay', '--signatures', 'in.rules', *arguments, '--eve', 'eve.json', 'in.pcap')
        with open('eve.json', encoding='utf8') as file:
            return [json.loads(line) for line in file]

    def shown(number):
        found = [event for event in all_events if event.get('alert', {}).get('signature_id') == number]
        check(len(found) == 1, f'{len(found)} alerts of rule {number}')
        return found[0], base64.b64decode(found[0]['packet'])

    all_events = events()
    for number, packet, payload, link_type in (
            (1, plain, b'first\x01word', (1, 'EN10MB')), (2, datagram, b'second' * 8, (1, 'EN10MB')),
            (3, inner, b'third', (12, 'RAW')), (4, last, b'\x00fourth', (1, 'EN10MB')),
            (5, last, b'rth', (1, 'EN10MB'))):
        alert, data = shown(number)
        check(data == bytes(packet), f'rule {number}: {data.hex()}, not {bytes(packet).hex()}')
        check(base64.b64decode(alert['payload']) == payload, f'rule {number}: payload {alert["payload"]}')
        check(alert['stream'] == (number == 4), f'rule {number}: stream {alert["stream"]}')
        check(alert['packet_info'] == {'linktype': link_type[0], 'linktype_name': link_type[1]}, alert['packet_info'])
        check(('ether' in alert) == (link_type[0] == 1), f'rule {number}: hardware addresses')
    check(shown(1)[0]['payload_printable'] == 'first.word', 'a byte that is not printable')
    check(shown(1)[0]['ether'] == {'src_mac': LINK.src, 'dest_mac': LINK.dst}, shown(1)[0]['ether'])
    anomalies = [event for event in all_events if event['event_type'] == 'anomaly' and 'icmpv4' in event['anomaly']['event']]
    check(len(anomalies) == 1 and base64.b64decode(anomalies[0]['packet']) == bytes(broken)[:32], 'of an anomaly 32 bytes')

    for event in events('--packets', 'off'):
        check(not event.keys() & {'packet', 'packet_info', 'payload', 'payload_printable', 'stream', 'ether'}, event)
    lists = os.path.join(HERE, '../listed-name-monitor')
    step(program, 'replay', '--indicators', os.path.join(lists, 'list.csv'), '--eve', 'eve.json', 'in.pcap')
    print('every packet was shown')


main(sys.argv[1])
