#!/usr/bin/python3
"""The evasion suite: what an application on Linux reads, the tap has matched; and with the tap in mode `enforce` the
application does not get to read it.

Prints a line a case and judgement; the last line is `N passed, N failed[, N skipped]`. Needs root, as the lab does.
"""

import argparse
import json
import os
import struct
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / 'lab')]


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='', help='only items whose NAME holds or matches it')
    parser.add_argument('--build', help='build directory')
    parser.add_argument('--keep', metavar='FILE', help='leave the capture of the packets there')
    parser.add_argument('--show', action='store_true', help='say of each case what was read and what was found')
    return parser.parse_args()


ARGUMENTS = arguments_of()
if ARGUMENTS.build:  # the lab's modules read it when they are loaded
    os.environ['SLUICE_BUILD'] = os.path.abspath(ARGUMENTS.build)

import dns_cases  # noqa: E402
import http_cases  # noqa: E402
import ip_cases  # noqa: E402
import tap  # noqa: E402
import tcp_order_cases  # noqa: E402
import tcp_refused_cases  # noqa: E402
import tcp_state_cases  # noqa: E402
import tls_cases  # noqa: E402
from differences import MISSED  # noqa: E402
from lab import OUTSIDE4, OUTSIDE6, Lab, Missing, NoRights  # noqa: E402
from sender import PHONE4, PHONE6, PHONE_MAC, Phone  # noqa: E402
from scene import CONTENT, LISTED, Scene  # noqa: E402
from tally import Stopwatch, Tally  # noqa: E402

SECTIONS = {'tcp': tcp_order_cases.CASES + tcp_refused_cases.CASES + tcp_state_cases.CASES, 'ip': ip_cases.CASES,
            'http': http_cases.CASES, 'tls': tls_cases.CASES, 'dns': dns_cases.CASES}
CASES = [(f'{section}/{sentence}', run) for section, cases in SECTIONS.items() for sentence, run in cases]
# A listed name and a listed content, of which an endpoint reads either.
LISTS = {'names.csv': f'id,indicator,kind,recipient,confidence,source\nlisted,{LISTED},domain,the lab,defined,this test\n',
         'contents.rules': f'drop tcp any any -> any any (msg:"a content"; content:"{CONTENT}"; '
                           'classtype:domain-c2; sid:1; rev:1;)\n'}
SETTLE_S = 1.0  # after the last packet, for programs to read and write

NGINX = """
daemon off; worker_processes 1; user root; pid {directory}/nginx.pid; error_log {directory}/nginx.errors;
events {{ worker_connections 1024; }}
http {{
  log_format names '$remote_port $host $http_host';
  access_log {directory}/nginx.access names;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
  uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  server {{ listen 80; listen [::]:80; location / {{ return 200 "read"; }} }}
}}
"""


class Endpoint:
    """Real programs outside, and what they say that they read."""

    def __init__(self, lab):
        self.lab, directory = lab, lab.directory
        for command in (f'neigh replace {PHONE4} lladdr {PHONE_MAC.hex(":")} dev outside0 nud permanent',
                        f'neigh replace {PHONE6} lladdr {PHONE_MAC.hex(":")} dev outside0 nud permanent'):
            lab.ip('outside', command)
        # TCP Fast Open without a cookie, on sockets that ask for it.
        lab.check('outside', ['sh', '-ec', 'echo 514 > /proc/sys/net/ipv4/tcp_fastopen'])
        lab.check('outside', ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                              '-subj', '/CN=e', '-days', '7', '-keyout', directory / 'e.key', '-out', directory / 'e.pem'])
        (directory / 'e.conf').write_text(NGINX.format(directory=directory))
        self._start('nginx', ['nginx', '-e', 'stderr', '-p', directory, '-c', directory / 'e.conf'])
        self._start('dnsmasq', ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts',
                                '--user=root', '--pid-file=', '--log-facility=-', '--log-queries', '--cache-size=0',
                                '--address=/#/198.18.0.1', '--interface=outside0'])
        self._start('endpoint', [sys.executable, Path(__file__).with_name('endpoint.py'), directory / 'endpoint.read',
                                 directory / 'e.pem', directory / 'e.key'])
        self._wait()

    def _start(self, name, arguments):
        with open(self.lab.directory / f'{name}.log', 'wb') as log:
            self.lab.start('outside', arguments, stdout=log)

    def _wait(self):
        deadline = time.monotonic() + 10
        while True:
            listening = self.lab.check('outside', ['ss', '-Htln']) + self.lab.check('outside', ['ss', '-Huln'])
            if all(f':{port} ' in listening for port in (80, 443, 4443, 8000, 8001, 53)):
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f'the endpoint does not listen:\n{listening}')
            time.sleep(0.05)

    def readings(self):
        """All that was read so far, in lower case: requests of nginx, questions of dnsmasq, and the endpoint's own."""
        directory = self.lab.directory
        said = [(directory / name).read_text(errors='replace') for name in ('nginx.access', 'endpoint.read')]
        said += [line for line in (directory / 'dnsmasq.log').read_text(errors='replace').splitlines() if 'query[' in line]
        return '\n'.join(said).lower().splitlines()


def write_pcap(path, record):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for moment, frame in record:
            nanoseconds = int(moment * 1e9)
            file.write(struct.pack('<4I', *divmod(nanoseconds, 10**9), len(frame), len(frame)) + frame)


def play(lab, run, cases):
    """Sends the packets of each case; returns {item: its scene} and what was sent and heard."""
    mac = json.loads(lab.ip('outside', '-j link show dev outside0'))[0]['address']
    phone = Phone(lab, OUTSIDE4, OUTSIDE6, bytes.fromhex(mac.replace(':', '')))
    scenes = {}
    try:
        for number, (item, send) in enumerate(cases):
            scenes[item] = Scene(phone, run, number)
            try:
                send(scenes[item])
            except TimeoutError:
                scenes[item].was_answered = False
            phone.hear()
    finally:
        phone.close()
    time.sleep(SETTLE_S)
    return scenes, phone.record


def was_read(lines, scene):
    return any(scene.name in line and scene.content in line for line in lines)


UNANSWERED = 'the endpoint did not answer: this proves nothing'


def alerts_of(events, scene):
    return [event for event in events if event['event_type'] == 'alert' and scene.port in
            (event.get('src_port'), event.get('dest_port')) and
            (LISTED in event['sluice']['matched']['value'].lower() or event['alert']['gid'] != 2026)]


def bridge(lab, up):
    """A wire without a tap: the kernel's bridge in its place."""
    if up:
        lab.ip('tap', 'link add evasion0 type bridge')
        for port in ('tap-in', 'tap-out'):
            lab.ip('tap', f'link set {port} master evasion0')
        lab.ip('tap', 'link set evasion0 up')
    else:
        lab.ip('tap', 'link delete evasion0')


def judge(tally, item, passed, note, details):
    """One judgement, with the list of differences in view."""
    name = item.split(', ', 1)[1]
    if passed or name in MISSED:
        tally.ok(item, note if passed else f'a difference: {MISSED[name]}')
    else:
        tally.fail(item, details, note)


def monitor(tally, lab, endpoint, cases):
    bridge(lab, True)
    try:
        scenes, record = play(lab, 'm', cases)
    finally:
        bridge(lab, False)
    read = endpoint.readings()
    capture, eve = lab.directory / 'evasion.pcap', lab.directory / 'replay.json'
    write_pcap(ARGUMENTS.keep or capture, record)
    lists = [lab.directory / name for name in LISTS]
    lab.check('tap', [*tap.replay_command(ARGUMENTS.keep or capture, lists, eve, [PHONE4, PHONE6])])
    events = [json.loads(line) for line in eve.read_text().splitlines()]
    unread_matches = []
    for item, scene in scenes.items():
        is_read, is_found = was_read(read, scene), bool(alerts_of(events, scene))
        if ARGUMENTS.show:
            print(f'        {scene.tag} port {scene.port}: read {is_read}, found {is_found}')
        if is_found and not is_read:
            unread_matches.append(item)
        note = ('read' if is_read else 'not read') + (', found' if is_found else ', not found')
        judge(tally, f'replay, {item}', scene.was_answered and (is_found or not is_read), note,
              f'the endpoint read {scene.name}, the tap did not find it (port {scene.port})' if is_read else UNANSWERED)
    print(f'        {sum(was_read(read, scene) for scene in scenes.values())} of {len(scenes)} cases are read by the '
          f'endpoint; {len(unread_matches)} are found though it does not read them')
    return {item for item, scene in scenes.items() if was_read(read, scene)}


def enforce(tally, lab, endpoint, cases, read_without):
    """read_without: the items that the endpoint read when nothing was blocked."""
    with lab.tap('af_xdp', 'enforce', [lab.directory / name for name in LISTS]) as wire:
        scenes, _ = play(lab, 'e', cases)
        events = wire.events()
    read = endpoint.readings()
    for item, scene in scenes.items():
        is_read, is_blocked = was_read(read, scene), bool(alerts_of(events, scene))
        # What was blocked has come by. A handshake shows as much; where there is none, what the endpoint would have
        # read has to be blocked.
        crossed = is_blocked or (scene.was_answered and not (scene.is_datagram and item in read_without))
        judge(tally, f'enforce, {item}', crossed and not is_read, 'blocked' if is_blocked else 'not read',
              f'the endpoint read {scene.name} (port {scene.port})' if is_read else UNANSWERED)


def main():
    tally = Tally('evasion', ARGUMENTS.pattern)
    watch = Stopwatch()
    picked = {mode: [case for case in CASES if tally.wants(f'{mode}, {case[0]}')] for mode in ('replay', 'enforce')}
    if not any(picked.values()):
        return tally.end()
    try:
        with Lab() as lab:
            for name, text in LISTS.items():
                (lab.directory / name).write_text(text, encoding='utf-8')
            endpoint = Endpoint(lab)
            read_without = set()
            if picked['replay']:
                read_without = monitor(tally, lab, endpoint, picked['replay'])
            if picked['enforce']:
                enforce(tally, lab, endpoint, picked['enforce'], read_without)
    except (NoRights, Missing) as why:
        tally.skip('all of it', str(why), sum(map(len, picked.values())))
    print(f'        {watch}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
