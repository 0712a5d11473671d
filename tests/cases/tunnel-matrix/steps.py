"""Every tunnel of tunnels.py x outer and inner IP version x DNS, TLS, HTTP, each with a name of its own."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from capture_file import pcap  # noqa: E402
from inner_traffic import ENDS, KINDS, names_at, packets  # noqa: E402
from pcap import packets as packets_of  # noqa: E402
from steps import check, step  # noqa: E402
from tunnels import OUTER, TUNNELS  # noqa: E402

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../listed-name-monitor/list.csv')
STAGES = {'dns': 'name-looked-up', 'tls': 'name-in-handshake', 'http': 'data-sent'}
# Where no IP header is put around the packet.
WITHOUT_OUTER_IP = ('none', 'vlan', 'qinq', 'ah', 'mpls', 'mpls-pseudowire', 'pppoe')


def rows():
    port = 40000
    for name, tunnel in TUNNELS.items():
        for outer in tunnel.outer:
            for inner in tunnel.inner:
                for kind in KINDS:
                    port += 1
                    yield name, tunnel, outer, inner, kind, port, f'{name}-{outer}-{inner}-{kind}.telemetry.example'


def write(path):
    """-> number of the packet that holds the name, by name"""
    numbers, frames = {}, []
    for _, tunnel, outer, inner, kind, port, wanted in rows():
        said = packets(kind, inner, wanted, port)
        numbers[wanted] = len(frames) + 1 + names_at(kind)
        frames += [tunnel.wrap(packet, way, outer) for way, packet in said]
    with open(path, 'wb') as file:
        file.write(pcap(frames))
    return numbers


def events_of(path):
    with open(path, encoding='utf8') as file:
        return [json.loads(line) for line in file]


def same(events):
    """what is the same for any number of workers, in any order"""
    return sorted(json.dumps(event, sort_keys=True) for event in events if event['event_type'] != 'stats')


def check_alert(row, numbers, alerts):
    name, tunnel, outer, inner, kind, port, wanted = row
    found = [alert for alert in alerts if alert['sluice']['matched']['value'] == wanted]
    check(len(found) == 1, f'{wanted}: {len(found)} findings')
    alert = found[0]
    check(alert['sluice']['stage'] == STAGES[kind], f'{wanted}: {alert["sluice"]["stage"]}')
    check(alert['pcap_cnt'] == numbers[wanted], f'{wanted}: packet {alert["pcap_cnt"]}, not {numbers[wanted]}')
    check(alert['src_port'] == port and alert['ip_v'] == inner, f'{wanted}: from {alert["src_ip"]} {alert["src_port"]}')
    check(alert['sluice'].get('tunnel', []) == tunnel.kinds, f'{wanted}: {alert["sluice"].get("tunnel")}')
    check(alert['sluice'].get('tunnel_network') == tunnel.network, f'{wanted}: another network')
    around = alert.get('tunnel')
    check((around is None) == (name in WITHOUT_OUTER_IP), f'{wanted}: around it is {around}')
    if around is not None:
        check([around['src_ip'], around['dest_ip']] == list(OUTER[outer]), f'{wanted}: around it is {around}')
        check(around['depth'] == (3 if name == 'nested' else 1), f'{wanted}: depth {around["depth"]}')
    if inner == 4:
        check([alert['src_ip'], alert['dest_ip']] == list(ENDS[4]), f'{wanted}: {alert["src_ip"]}')


def main():
    program = sys.argv[1]
    numbers = write('tunnels.pcap')
    step(program, 'replay', '--indicators', LIST, '--eve', 'eve.json', '--stats', 'stats.json', 'tunnels.pcap')
    events = events_of('eve.json')
    alerts = [event for event in events if event['event_type'] == 'alert']
    for row in rows():
        check_alert(row, numbers, alerts)
    check(len(alerts) == len(numbers), f'{len(alerts)} findings of {len(numbers)} names')

    step(program, 'replay', '--indicators', LIST, '--eve', 'four.json', '--workers', '4', 'tunnels.pcap')
    check(same(events) == same(events_of('four.json')), 'four workers say the same as one')

    step(program, 'replay', '--indicators', LIST, '--mode', 'enforce', '--write', 'left.pcap', 'tunnels.pcap')
    dropped = set(numbers.values())
    stay = [packet for number, packet in enumerate(packets_of('tunnels.pcap'), 1) if number not in dropped]
    check(packets_of('left.pcap') == stay, 'in enforce mode the packets with the names are dropped, and no other')
    print(f'every tunnel was seen through: {len(numbers)} names in {len(TUNNELS)} encapsulations')


main()
