#!/usr/bin/python3
"""Splits of a ClientHello, through a worker between two ports and through `sluice replay`: a part of them here, all of
them with --all (./dev splits)."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tally import Stopwatch, Tally  # noqa: E402

LIMIT_S = 200
NAME = 'www.listed.example'
LIST = ('id,indicator,kind,class,recipient,role,purpose,carries,confidence,breaks,source,licence,tlp,first_seen,'
        'last_verified,expires\n'
        'row-1,listed.example,domain,telemetry,Example Ltd,os,usage statistics,model,high,nothing,made up for this test,'
        'CC0-1.0,clear,,2023-11-01,\n')


def cases_of(line):
    return int(re.match(r'(\d+) cases', line).group(1))


def through_a_worker(program, stride, limit):
    done = subprocess.run([program, '--stride', str(stride)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=limit)
    assert done.returncode == 0, done.stdout + done.stderr
    return cases_of(done.stdout.splitlines()[-1])


def through_replay(program, sluice, stride, limit):
    with tempfile.TemporaryDirectory() as folder:
        capture, eve, rows = (os.path.join(folder, name) for name in ('splits.pcap', 'eve.json', 'list.csv'))
        with open(rows, 'w', encoding='utf8') as file:
            file.write(LIST)
        made = subprocess.run([program, '--stride', str(stride), '--write', capture], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=limit)
        assert made.returncode == 0, made.stdout + made.stderr
        count = cases_of(made.stdout)
        done = subprocess.run([sluice, 'replay', '--indicators', rows, '--eve', eve, '--inside', '10.0.0.0/8', capture],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              timeout=limit)
        assert done.returncode == 0, done.stderr
        found = set()
        with open(eve, encoding='utf8') as lines:
            for line in lines:
                if '"alert"' not in line:
                    continue
                event = json.loads(line)
                if event['event_type'] == 'alert' and event['sluice']['matched']['value'] == NAME:
                    found.add((event['src_ip'], event['src_port']))
        assert len(found) == count, f'{count - len(found)} of {count} cases were missed'
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', default='build')
    parser.add_argument('--all', action='store_true', help='through the worker every case (about 10 minutes)')
    parser.add_argument('pattern', nargs='?', default='')
    options = parser.parse_args()
    tally = Tally('splits', options.pattern)
    program = os.path.join(options.build, 'tests/splits/splits')
    sluice = os.path.join(options.build, 'control/sluice')
    limit = 7200 if options.all else LIMIT_S
    items = {'inline': lambda: through_a_worker(program, 1 if options.all else 397, limit),
             'replay': lambda: through_replay(program, sluice, 97 if options.all else 4999, limit)}
    for item, check in items.items():
        if not tally.wants(item):
            continue
        watch = Stopwatch()
        try:
            count = check()
            tally.ok(item, f'{count} cases, {watch}', count=1)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            tally.fail(item, error, str(watch))
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
