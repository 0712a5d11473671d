#!/usr/bin/python3
"""The bench in a hurry: no speed is judged, only that its figures would be of what they claim to be.

Every run of the bench checks itself (checks.cc): each row forwarded the same packets and accounts for every one, and
row `match` found every listed name that the packets held. Here that is run once, its report is read, and a bench that
cannot find fault with itself is found out.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tally import Stopwatch, Tally  # noqa: E402

LIMIT_S = 240
ROWS = ['forward', 'flow', 'handshakes', 'match']
HURRY = ['--seconds', '0.8', '--flows', '4096', '--domains', '2000']


def bench(program, *arguments):
    return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors='replace', timeout=LIMIT_S)


def same_in_all(rows, *keys):
    for key in keys:
        values = {row[key] for row in rows}
        assert len(values) == 1, f'{key} differs: {values}'


def all_rows(program):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'bench.json')
        done = bench(program, *HURRY, '--json', out)
        assert done.returncode == 0, f'exit status {done.returncode}\n{done.stdout}{done.stderr}'
        with open(out, encoding='utf8') as file:
            report = json.load(file)
    assert not report['faults'], report['faults']
    rows = report['rows']
    assert [row['name'] for row in rows] == ROWS, rows
    same_in_all(rows, 'received', 'received_bytes', 'forwarded', 'frames_digest')
    for row in rows:
        assert row['received'] == row['forwarded'] + row['dropped'] > 0, row
        assert len(row['samples']) == report['rounds'] > 0, row
        assert all(sample > 0 for sample in row['samples']), row
        assert (row['findings'] > 0) == (row['name'] == 'match'), row
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines if line and line[0] in ROWS] == ROWS, done.stdout
    return f'{rows[0]["received"]} packets a row, {report["rounds"]} rounds'


def one_row(program):
    done = bench(program, 'flow', *HURRY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [word for word in re.findall(r'^\w+', done.stdout, re.M) if word in ROWS] == ['flow'], done.stdout
    return ''


def unknown_row(program):
    done = bench(program, 'warp')
    assert done.returncode != 0 and 'warp' in done.stdout + done.stderr, done.stdout + done.stderr
    return ''


def streams(program):
    done = bench(program + '-streams', '--turns', '2')
    assert done.returncode == 0, done.stdout + done.stderr
    line = r'^ *(\d+) B a segment: pipeline +[\d.]+ Gbit/s, Hyperscan alone +[\d.]+ Gbit/s'
    sizes = re.findall(line, done.stdout, re.M)
    assert sizes == ['1400', '512'], done.stdout
    return ''


def look_ups(program):
    done = bench(program + '-look-ups', '--turns', '2', '--domains', '2000')
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r'^look-up +\d+ ns .*\nunordered_map +\d+ ns', done.stdout, re.M), done.stdout
    return ''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    program = os.path.join(os.path.abspath(arguments.build), 'tests/bench/bench')
    tally = Tally('bench', arguments.pattern)
    items = {'all_rows_forward_the_same_packets': all_rows, 'one_row_alone': one_row, 'a_row_that_is_none': unknown_row,
             'streams_see_all_of_the_text': streams, 'look_ups_find_what_a_map_finds': look_ups}
    for name, item in items.items():
        if not tally.wants(name):
            continue
        watch = Stopwatch()
        try:
            note = item(program)
            tally.ok(name, f'{note}, {watch}' if note else f'{watch}')
        except (AssertionError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
            tally.fail(name, f'{type(error).__name__}: {error}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
