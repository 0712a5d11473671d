"""A phone looks up a.telemetry.example and www.example.org; each name stands in a pack of its own."""
import json
import os
import re
import subprocess
import sys

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, CASES)
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
CAPTURE = os.path.abspath('capture.pcap')
subprocess.run([sys.executable, 'make.py', CAPTURE], cwd=os.path.join(CASES, 'listed-name-monitor'), check=True)

for name, indicator in (('alpha', 'telemetry.example'), ('beta', 'www.example.org'), ('own', 'www.example.org')):
    with open(name + '.csv', 'w', encoding='utf8') as file:
        file.write(f'id,indicator,kind\nrow,{indicator},domain\n')
step('minisign', '-G', '-W', '-p', 'own.pub', '-s', 'own.key')


def compile_pack(name, output, *options):
    step(SLUICE, 'rules', 'compile', '--name', name, '--sequence', '1', '--created', '2026-11-01', '--output', output,
         *options, name + '.csv')


def replay(*options, **expected):
    """-> (digest of the ruleset, ids of the rules that were hit, all events)"""
    step(SLUICE, 'replay', '--eve', 'eve.json', *options, CAPTURE, **expected)
    if expected.get('status'):
        return None
    with open('eve.json', encoding='utf8') as file:
        events = [json.loads(line) for line in file]
    alerts = [e for e in events if e['event_type'] == 'alert']
    return events[0]['ruleset'], sorted({e['alert']['metadata']['rule_id'][0] for e in alerts}), events


compile_pack('alpha', 'z.slpk', '--secret-key', 'own.key')
compile_pack('beta', 'a.slpk')

forward = replay('--pack', 'z.slpk', '--pack', 'a.slpk', says=['z.slpk: its signature was not checked'])
check(forward[1] == ['alpha/row', 'beta/row'], forward)
check(len({e['sluice']['finding_id'] for e in forward[2] if e['event_type'] == 'alert'}) == 2, forward)
check(replay('--pack', 'z.slpk', '--pack', 'a.slpk') == forward, 'a second run says the same, ids and all')
check(replay('--pack', 'a.slpk', '--pack', 'z.slpk') == forward, 'the order of the arguments does not matter')
check(replay('--indicators', 'alpha.csv', '--indicators', 'beta.csv')[1] == forward[1],
      'packs are what their sources are')
own = replay('--pack', 'z.slpk', '--indicators', 'own.csv')
check(own[1] == ['alpha/row', 'own/row'], own)
check(own[0] != forward[0], 'other rules, another digest')

trusted = replay('--pack', 'z.slpk', '--trusted-key', 'own.pub')
check(trusted[1] == ['alpha/row'], trusted)
replay('--pack', 'z.slpk', '--pack', 'a.slpk', '--trusted-key', 'own.pub', status=2,
       says=['a.slpk: no signature'])

# The keys count as they do on a tap: one that is revoked does not, and two may have to have signed
with open('own.pub', encoding='utf8') as file:
    own_id = re.search('public key ([0-9A-F]+)', file.read()).group(1)
replay('--pack', 'z.slpk', '--trusted-key', 'own.pub', '--revoked-key', own_id, status=2,
       says=['z.slpk', 'is revoked here'])
replay('--pack', 'z.slpk', '--revoked-key', own_id, status=2, says=['--trusted-key'])
step('minisign', '-G', '-W', '-p', 'second.pub', '-s', 'second.key')
two = ('--trusted-key', 'own.pub', '--trusted-key', 'second.pub', '--key-threshold', '2')
replay('--pack', 'z.slpk', *two, status=2, says=['z.slpk', '1 is good'])
step(SLUICE, 'rules', 'sign', 'z.slpk', '--secret-key', 'second.key')
check(replay('--pack', 'z.slpk', *two) == trusted, 'with both signatures the same is found')
check(replay('--pack', 'z.slpk', '--trusted-key', 'own.pub', '--trusted-key', 'second.pub', '--revoked-key', own_id) ==
      trusted, 'with the signature of the other key the same is found')
replay('--pack', 'z.slpk', '--pack', 'z.slpk', status=2, says=['z.slpk', '"alpha"', 'name one of the two'])
replay('--pack', 'z.slpk', '--indicators', 'alpha.csv', status=2, says=['"alpha"', 'rename the list'])
replay('--pack', 'missing.slpk', '--pack', CAPTURE, status=2, says=['missing.slpk', 'capture.pcap: is no pack'])
print('all steps done')
