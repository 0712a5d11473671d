#!/usr/bin/python3
"""The bench in a hurry: no speed is judged, only that its figures would be of what they claim to be.

Every run of the bench checks itself (checks.cc): each row forwarded the same packets and accounts for every one, and
the rows with rules found every listed name that the packets held. Here that is run once, its report is read, and a
bench that cannot find fault with itself is found out. Comparisons are tried on programs whose figures are known.
"""
import argparse
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import against  # noqa: E402
import noise  # noqa: E402
import peer_rules  # noqa: E402
import peers  # noqa: E402
from tally import Stopwatch, Tally  # noqa: E402

LIMIT_S = 240
ROWS = ['forward', 'flow', 'handshakes', 'match', 'packs', 'large']
ROWS_WITH_RULES = ROWS[3:]
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
        assert (row['findings'] > 0) == (row['name'] in ROWS_WITH_RULES), row
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
    done = bench(program + '-streams', '--turns', '2', '--literals', '100', '1000', '--sizes', '1400', '64')
    assert done.returncode == 0, done.stdout + done.stderr
    line = r'^ *(\d+) literals, +(\d+) B a segment: pipeline +[\d.]+ Gbit/s, Hyperscan alone +[\d.]+ Gbit/s'
    found = re.findall(line, done.stdout, re.M)
    assert found == [('100', '1400'), ('100', '64'), ('1000', '1400'), ('1000', '64')], done.stdout
    return ''


def look_ups(program):
    done = bench(program + '-look-ups', '--turns', '2', '--domains', '2000')
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r'^look-up +\d+ ns .*\nunordered_map +\d+ ns', done.stdout, re.M), done.stdout
    return ''


def flows(program):
    done = bench(program + '-flows', '--flows', '4096', '8192', '--blocks', '2')
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r'^known +(\d+) flows', done.stdout, re.M) == ['4096', '8192'], done.stdout
    assert re.search(r'^new .* \d+ flows/s', done.stdout, re.M), done.stdout
    assert re.search(r'^handshakes .* \d+ a second', done.stdout, re.M), done.stdout
    return ''


def worst(program):
    done = bench(program + '-worst', '--turns', '1')
    assert done.returncode == 0, done.stdout + done.stderr
    names = re.findall(r'^([a-z-]+) .* of the normal rate', done.stdout, re.M)
    assert names == ['one-flow', 'udp-flood', 'syn-flood', 'lone-fragments', 'many-fragments', 'tunnels',
                     'every-byte'], done.stdout
    return ''


# A bench in name, whose figures are known but for some noise.
FAKE = """#!/usr/bin/python3 -IS
import json, random, sys
cycles, rows, digest = {cycles!r}, {rows!r}, {digest!r}
if '--help' in sys.argv:
    print('  rows ROW:{{' + ','.join(rows) + '}} ...')
    sys.exit()
asked = [word for word in sys.argv[1:] if word in rows]
value = lambda: cycles * random.gauss(1, 0.01)
report = {{'machine': {{}}, 'rows': [{{'name': row, 'frames_digest': digest, 'received': 1, 'received_bytes': 1,
          'cycles_per_packet': {{'median': value()}}}} for row in asked]}}
json.dump(report, open(sys.argv[sys.argv.index('--json') + 1], 'w'))
"""


def compared(ours, theirs, *arguments, rounds=9):
    """-> exit status and text of a comparison of two such"""
    with tempfile.TemporaryDirectory() as folder:
        for name, told in (('ours', ours), ('theirs', theirs)):
            path = os.path.join(folder, name, 'tests/bench/bench')
            os.makedirs(os.path.dirname(path))
            with open(path, 'w', encoding='utf8') as file:
                file.write(FAKE.format(**{'cycles': 100, 'rows': ['forward', 'flow'], 'digest': 'd', **told}))
            os.chmod(path, 0o755)
        words = [word.replace('THEIRS', os.path.join(folder, 'theirs')) for word in arguments]
        done = subprocess.run([sys.executable, against.__file__, '--build', os.path.join(folder, 'ours'), '--rounds',
                               str(rounds), *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S)
    return done.returncode, done.stdout + done.stderr


def verdicts(text):
    return re.findall(r'^(forward|flow) .* %  *(no difference|faster|slower)', text, re.M)


def against_other_builds(_):
    status, text = compared({}, {'cycles': 90}, '--against', 'THEIRS')
    assert status == 0 and verdicts(text) == [('forward', 'slower'), ('flow', 'slower')], text
    status, text = compared({'cycles': 90}, {}, '--against', 'THEIRS', 'flow')
    assert status == 0 and verdicts(text) == [('flow', 'faster')], text
    status, text = compared({}, {'rows': ['flow']}, '--against', 'THEIRS')
    assert 'forward     not compared: the other build has no such row' in text, text
    status, text = compared({}, {'digest': 'e'}, '--against', 'THEIRS')
    assert status == 0 and text.count('not compared: the builds make other packets for it') == 2, text
    status, text = compared({}, {}, '--against', 'THEIRS', rounds=5)
    assert status == 1 and '--rounds 9 or more' in text, text
    status, text = compared({}, {}, '--against', '/nowhere')
    assert status == 1 and 'ninja -C /nowhere tests/bench/bench' in text, text
    return ''


def gate(_):
    status, text = compared({'cycles': 110}, {}, '--gate', 'THEIRS')
    assert status == 1 and 'gate: FAILED' in text, text
    status, text = compared({'cycles': 90}, {}, '--gate', 'THEIRS')
    assert status == 0 and 'gate: passed' in text, text
    status, text = compared({'rows': ['flow']}, {'rows': ['forward']}, '--gate', 'THEIRS')
    assert status == 2 and 'no row could be compared' in text, text
    wide = noise.Ratio([0.90, 0.96, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1])
    assert against.gate_verdict(wide) == 'undecided' and wide.verdict == 'no difference'
    return ''


def equal_programs_do_not_differ(_):
    """Of 2,000 comparisons of what is equal 1 % may err, whatever the noise; what is 5 % slower is seen."""
    source = random.Random(1)

    def figure(scale):
        return scale * source.gauss(1, 0.02) * (3 if source.random() < 0.1 else 1)

    def told(scale):
        rows = [noise.Ratio([figure(1) / figure(scale) for _ in range(16)], 6) for _ in range(6)]
        return any(row.is_beyond_noise for row in rows)

    assert sum(told(1) for _ in range(2000)) <= 20
    assert sum(told(1.05) for _ in range(100)) >= 90
    # Nine figures: the outermost miss the median with a probability of 2 / 2^9.
    assert noise.interval(range(9), 0.0039) is None and noise.interval(range(9), 0.004) == (0, 8)
    return ''


def mix_as_a_capture(program):
    with tempfile.TemporaryDirectory() as folder:
        capture, listed = os.path.join(folder, 'trace.pcap'), os.path.join(folder, 'domains')
        done = bench(program + '-mix', capture, '--mb', '2', '--flows', '256', '--list', listed, '--domains', '2000')
        assert done.returncode == 0, done.stdout + done.stderr
        packets, frame_bytes = peers.survey(folder)
        with open(os.path.join(folder, 'one.pcap'), 'rb') as file:
            one = file.read()
        with open(listed, encoding='utf8') as file:
            domains = file.read().split()
        peer_rules.write_suricata(domains[:1], os.path.join(folder, 'rules'))
        with open(os.path.join(folder, 'rules'), encoding='utf8') as file:
            rules = file.read().splitlines()
    assert 2_000_000 <= frame_bytes < 2_010_000 and packets > 1000, (packets, frame_bytes)
    assert len(one) == 24 + 16 + struct.unpack_from('<I', one, 32)[0], len(one)
    assert len(set(domains)) == 2000 and len(rules) == 4 and all(f'".{domains[0]}"' in rule for rule in rules), rules
    return f'{packets} packets'


def findings(program):
    """All that came is in the store, at a rate that any machine can do."""
    done = bench(program + '-findings', '--seconds', '1', '--rate', '1000', '--devices', '50')
    assert done.returncode == 0, done.stdout + done.stderr
    sent = int(re.match(r'(\d+) alerts', done.stdout).group(1))
    taken = re.search(r'^taken: (\d+); in the store: (\d+) alerts in (\d+) findings', done.stdout, re.M)
    assert re.search('^lost: 0 .* 0 in memory, 0 on disk, 0 lines', done.stdout, re.M), done.stdout
    read, stored, found = (int(number) for number in taken.groups())
    assert read == stored == sent and 200 < found <= 250, done.stdout  # 50 devices by 5 names, drawn
    return f'{sent} alerts'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    program = os.path.join(os.path.abspath(arguments.build), 'tests/bench/bench')
    tally = Tally('bench', arguments.pattern)
    items = {'all_rows_forward_the_same_packets': all_rows, 'one_row_alone': one_row, 'a_row_that_is_none': unknown_row,
             'equal_programs_do_not_differ': equal_programs_do_not_differ, 'against_other_builds': against_other_builds,
             'gate': gate, 'the_mix_as_a_capture': mix_as_a_capture,
             'flows_are_remembered_and_forgotten': flows, 'worst_cases_are_met': worst,
             'streams_see_all_of_the_text': streams, 'look_ups_find_what_a_map_finds': look_ups,
             'findings_are_kept': findings}
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
