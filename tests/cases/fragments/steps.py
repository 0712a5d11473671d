"""DNS questions in fragments of IPv4 and IPv6, in and around a tunnel, in order and not, repeated and overlapping."""
import ipaddress
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from capture_file import pcap  # noqa: E402
from inner_traffic import ENDS, question  # noqa: E402
from pcap import packets as packets_of  # noqa: E402
from steps import check, step  # noqa: E402
from tunnels import OUTER, TUNNELS, ethernet, ip, udp  # noqa: E402

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../listed-name-monitor/list.csv')
ETHERNET = 14


def split(packet, cuts, identification):
    """-> the IP packet in fragments that begin at 0 and at CUTS (bytes, multiples of 8); RFC 791, RFC 8200 section 4.5"""
    version = packet[0] >> 4
    head = 20 if version == 4 else 40
    data, protocol = packet[head:], packet[9] if version == 4 else packet[6]
    ends = [str(ipaddress.ip_address(address)) for address in
            ((packet[12:16], packet[16:20]) if version == 4 else (packet[8:24], packet[24:40]))]
    pieces = []
    for begin, end in zip([0, *cuts], [*cuts, len(data)]):
        more = end < len(data)
        if version == 4:
            pieces.append(ip(4, 'up', protocol, data[begin:end], ends, identification, more << 13 | begin // 8))
        else:
            extension = struct.pack('>BBHI', protocol, 0, begin | more, identification)
            pieces.append(ip(6, 'up', 44, extension + data[begin:end], ends))
    return pieces


def rows():
    """name -> (frames, indices of those that enforce mode drops)"""
    port = identification = 30000

    def asked(name, version):
        nonlocal port, identification
        port, identification = port + 1, identification + 1
        return udp(version, 'up', (port, 53), question(name + '.telemetry.example'), ENDS[version]), identification

    for version in (4, 6):
        for shape, order, last in (('in-order', [0, 1, 2], 2), ('backwards', [2, 1, 0], 2), ('mixed', [1, 2, 0], 2),
                                   ('repeated', [0, 0, 1, 1, 2, 2], 4)):
            name = f'{shape}-{version}'
            packet, number = asked(name, version)
            pieces = split(packet, [8, 24], number)
            # A copy of the last piece would complete what the far end holds: it goes the same way.
            dropped = [last, 5] if shape == 'repeated' else [last]
            yield name, [ethernet(pieces[i], 'up') for i in order], dropped
        name = f'inside-vxlan-{version}'
        packet, number = asked(name, version)
        pieces = split(packet, [16], number)
        yield name, [TUNNELS['vxlan'].wrap(piece, 'up', 4) for piece in pieces], [1]
        for tunnel in ('vxlan', 'gtp-u', 'gre'):
            name = f'around-{tunnel}-{version}'
            packet, number = asked(name, 4)
            pieces = split(TUNNELS[tunnel].wrap(packet, 'up', version)[ETHERNET:], [24, 48], number)
            yield name, [ethernet(piece, 'up') for piece in pieces], [2]
        name = f'inside-and-around-{version}'
        packet, number = asked(name, 4)
        inner = split(packet, [16], number)
        pieces = [piece for i, each in enumerate(inner)
                  for piece in split(TUNNELS['gre'].wrap(each, 'up', version)[ETHERNET:], [16], 100 * version + i)]
        yield name, [ethernet(piece, 'up') for piece in pieces], [3]


def not_found():
    """frames of datagrams that Linux does not put together"""
    for version in (4, 6):
        packet = udp(version, 'up', (20000, 53), question('overlap.telemetry.example'), ENDS[version])
        first, last = split(packet, [16], 1)
        again = split(packet, [8], 1)[1]  # the rest, from byte 8 on
        yield from (ethernet(piece, 'up') for piece in (first, again, last))


def main():
    program = sys.argv[1]
    frames, names, dropped = [], [], set()
    for name, pieces, indices in rows():
        dropped |= {len(frames) + index for index in indices}
        names.append(name + '.telemetry.example')
        frames += pieces
    incomplete = list(not_found())
    with open('fragments.pcap', 'wb') as file:
        file.write(pcap(frames + incomplete))

    def replay(*more):
        step(program, 'replay', '--indicators', LIST, '--eve', 'eve.json', '--stats', 'stats.json', *more,
             'fragments.pcap')
        with open('eve.json', encoding='utf8') as file:
            events = [json.loads(line) for line in file]
        with open('stats.json', encoding='utf8') as file:
            return [event for event in events if event['event_type'] != 'stats'], json.load(file)

    events, stats = replay()
    found = [event['sluice']['matched']['value'] for event in events if event['event_type'] == 'alert']
    check(sorted(found) == sorted(names), f'found {sorted(set(found) ^ set(names))}')
    around = [event['tunnel'] for event in events if event['event_type'] == 'alert' and 'tunnel' in event]
    check({(each['src_ip'], each['dest_ip']) for each in around} == {OUTER[4], OUTER[6]}, 'what lies around them')
    # The two that overlap, and the third that comes alone; the repeated last pieces wait in vain.
    check(stats['uninspected'].get('fragment_overlap') == 4, stats['uninspected'])
    check(stats['uninspected'].get('fragment') == 4, stats['uninspected'])

    def lines(events):
        return sorted(json.dumps(event, sort_keys=True) for event in events)
    check(lines(replay('--workers', '4')[0]) == lines(events), 'four workers say the same as one')

    replay('--mode', 'enforce', '--write', 'left.pcap')
    stay = [frame for index, frame in enumerate(frames) if index not in dropped] + incomplete
    check(packets_of('left.pcap') == stay, 'in enforce mode the completing fragments are dropped, and no other')
    print(f'every fragmented name was found: {len(names)}')


main()
