"""Checks that the case runner can fail: a program that writes known things, rows that hold, and rows that must not."""
import json
import os
import struct
import sys
import tempfile

# Drops packet 2 of those it is given, writes one event, and loses packet 3 without a word when told --lose.
PROGRAM = f'''#!{sys.executable}
import json, struct, sys
arguments = sys.argv[1:]
if arguments[0] != 'replay':
    print('hello')
    sys.exit('refused: ' + arguments[0])
eve, stats, written = (arguments[arguments.index(o) + 1] for o in ('--eve', '--stats', '--write'))
raw = open(arguments[-1], 'rb').read()
records, at = [], 24
while at < len(raw):
    size = 16 + struct.unpack_from('<I', raw, at + 8)[0]
    records.append(raw[at:at + size])
    at += size
lost = 1 if '--lose' in arguments else 0
open(written, 'wb').write(raw[:24] + records[0] + b''.join(records[2 + lost:]))
queries = [{{'rrname': 'a.example'}}, {{'rrname': 'c' if '--other' in arguments else 'b'}}]
open(eve, 'w').write(json.dumps({{'event_type': 'dns', 'dns': {{'queries': queries}}}}))
count = len(records)
counts = {{'received': count, 'transmitted': count - 1, 'forwarded': count - 1, 'injected': {{}}, 'dropped': {{'policy': 1}}, 'held': 0, 'consumed': 0}}
open(stats, 'w').write(json.dumps({{'packets': counts}}))
'''

DNS = {'event_type': 'dns'}
HOLD = [
    {'event': DNS},
    {'event': DNS, 'times': 1},
    {'event': {'event_type': 'dns', 'dns': {'queries': [{'rrname': 'b'}]}}},
    {'event': {'dns': {'queries': '*'}, 'tls': None}},
    {'event': {'event_type': 'tls'}, 'times': 0},
    {'no_event': {'event_type': 'tls'}},
    {'stats': {'packets': {'received': 3, 'dropped': {'policy': 1}}}},
    {'written_without': [2]},
    {'same_events_with': ['--again']},
    {'exit': 0},
]
FAIL = [
    {'event': {'event_type': 'tls'}},
    {'event': DNS, 'times': 2},
    {'event': {'event_type': 'dns', 'dns': {'queries': [{'rrname': 'c'}]}}},
    {'event': {'dns': None}},
    {'event': {'tls': '*'}},
    {'no_event': DNS},
    {'stats': {'packets': {'received': 4}}},
    {'stats': {'packets': {'received': True}}},
    {'written': 'unchanged'},
    {'written_without': [3]},
    {'written_without': [2, 4]},
    {'same_events_with': ['--other']},
    {'exit': 3},
    {'stderr': 'something'},
    {'stdout': 'something'},
    {'events': DNS},
    {'event': DNS, 'count': 1},
]


def failures(problems):
    """-> what is wrong with the runner itself; PROBLEMS is its function (program, folder) -> lines"""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, 'sluice')
        with open(program, 'w', encoding='utf8') as file:
            file.write(PROGRAM)
        os.chmod(program, 0o755)
        with open(os.path.join(folder, 'three.pcap'), 'wb') as file:
            file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for content in (b'first', b'second', b'third'):
                file.write(struct.pack('<IIII', 1, 2, len(content), len(content)) + content)

        def outcome(case):
            with open(os.path.join(folder, 'case.json'), 'w', encoding='utf8') as file:
                json.dump({'description': 'self-test', **case}, file)
            return problems(program, folder)

        capture = {'capture': 'three.pcap'}
        for row in HOLD:
            if found := outcome({**capture, 'expect': [row]}):
                wrong += [f'refuses {row}:', *found]
        must_fail = [{**capture, 'expect': [row]} for row in FAIL] + [
            {**capture, 'expect': [DNS]}, {**capture, 'expect': []}, {'expect': HOLD}, {**capture, 'expects': HOLD},
            {'capture': 'missing.pcap', 'expect': [{'exit': 0}]},
            {**capture, 'arguments': ['--lose'], 'expect': [{'event': DNS}]},  # conservation, without a row for it
            {'command': ['rules'], 'expect': [{'stderr': 'refused'}]},  # no row names the exit status, so it must be 0
            {'script': 'steps.py', 'expect': [{'stderr': 'refused'}]},
            {'script': 'missing.py', 'expect': [{'exit': 0}]},
        ]
        with open(os.path.join(folder, 'steps.py'), 'w', encoding='utf8') as file:
            file.write('import subprocess, sys\nsys.exit(subprocess.run([sys.argv[1], "rules"]).returncode)\n')
        wrong += [f'passes {case}' for case in must_fail if not outcome(case)]
        rows = [{'exit': 1}, {'stderr': 'refused: rules'}, {'stdout': 'hello'}]
        if found := outcome({'command': ['rules'], 'expect': rows}):
            wrong += ['refuses a command:', *found]
        if found := outcome({'script': 'steps.py', 'expect': rows}):
            wrong += ['refuses a script:', *found]
    return wrong
