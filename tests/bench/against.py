#!/usr/bin/python3
"""The bench of another build beside ours: the same rows on the same packets, in turns, and whether they differ.

--against BUILD: the build folder of another tree, in which tests/bench/bench is built. It prints for each row what both
took, in cycles a packet, and how many packets a second ours does for each of theirs, with the interval that noise
leaves. --gate BUILD does the same and fails where a row has become slower: exit status 1 where it does 5 % fewer
packets a second or less and that is beyond noise, 2 where noise hides a difference of that size.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

from noise import Ratio, rounds_needed

GATE = 0.95  # packets a second, to those of the other build
LIMIT_S = 1800  # of one run
DEFAULT_ROUNDS = 16
FAULTS_LIMIT = 3  # runs of one program that found fault with themselves, as they do on a machine that stands still


class Trouble(Exception):
    pass


class Program:
    """The bench of one build."""

    def __init__(self, who, build):
        self.who = who
        self.path = os.path.join(os.path.abspath(build), 'tests/bench/bench')
        if not os.access(self.path, os.X_OK):
            raise Trouble(f'{self.path} is not there: build it, ninja -C {build} tests/bench/bench')
        done = subprocess.run([self.path, '--help'], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors='replace', timeout=60)
        listed = re.search(r'^\s+rows .*?\{([a-z0-9,-]+)\}', done.stdout, re.M)
        if not listed:
            raise Trouble(f'{self.path} --help names no rows: is that the bench?')
        self.rows = listed.group(1).split(',')
        self.faulty = 0

    def run(self, rows, seconds, options):
        """-> rows of the report by name, and the whole of it"""
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, 'bench.json')
            command = [self.path, *rows, '--seconds', str(seconds), *options, '--json', out]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace',
                                  timeout=LIMIT_S)
            if done.returncode != 0:
                self.faulty += 1
                if 'FAULT' in done.stdout and self.faulty <= FAULTS_LIMIT:
                    return self.run(rows, seconds, options)
                raise Trouble(f'{" ".join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
            with open(out, encoding='utf8') as file:
                report = json.load(file)
        return {row['name']: row for row in report['rows']}, report


def share_rows(ours, theirs, wanted):
    """-> the rows that both have, and why each of the others is left out"""
    left_out = {}
    for row in wanted or [*ours.rows, *(row for row in theirs.rows if row not in ours.rows)]:
        if row not in ours.rows and row not in theirs.rows:
            raise Trouble(f"no row '{row}': there are {', '.join(ours.rows)}")
        if row not in theirs.rows:
            left_out[row] = 'the other build has no such row'
        elif row not in ours.rows:
            left_out[row] = 'only the other build has this row'
    rows = [row for row in ours.rows if row in theirs.rows and (not wanted or row in wanted)]
    return rows, left_out


def same_packets(ours, theirs, rows, options, left_out):
    """-> the rows that get the same packets in both. A run of no time has one round, of the same length always."""
    mine, _ = ours.run(rows, 0, options)
    others, _ = theirs.run(rows, 0, options)
    for row in rows:
        if any(mine[row][key] != others[row][key] for key in ('frames_digest', 'received', 'received_bytes')):
            left_out[row] = 'the builds make other packets for it'
    return [row for row in rows if row not in left_out]


def measure(ours, theirs, rows, rounds, seconds, options):
    """-> by row and program the median cycles a packet of each round, and the machine. ABBA: nobody is always first"""
    cycles = {row: {program: [] for program in (ours, theirs)} for row in rows}
    machine = {}
    for number in range(rounds):
        for program in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            found, report = program.run(rows, seconds, options)
            machine[program.who] = report['machine']
            for row in rows:
                cycles[row][program].append(found[row]['cycles_per_packet']['median'])
        if sys.stderr.isatty():
            print(f'\rround {number + 1} of {rounds}', end='', file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print('\r' + ' ' * 24 + '\r', end='', file=sys.stderr)
    return cycles, machine


def percent(ratio):
    return f'{100 * (ratio - 1):+.1f} %'


def gate_verdict(ratio):
    """-> 'passed', 'FAILED', or 'undecided' where a loss of 5 % may hide in the noise"""
    if ratio.median <= GATE and ratio.is_beyond_noise:
        return 'FAILED'
    return 'passed' if ratio.low > GATE else 'undecided'


def compare(arguments):
    ours = Program('ours', arguments.build)
    theirs = Program('theirs', arguments.gate or arguments.against)
    options = ['--seed', str(arguments.seed)]
    for name in ('flows', 'domains'):
        if getattr(arguments, name) is not None:
            options += [f'--{name}', str(getattr(arguments, name))]
    rows, left_out = share_rows(ours, theirs, arguments.rows)
    if rows:
        rows = same_packets(ours, theirs, rows, options, left_out)
    if rows and arguments.rounds < rounds_needed(len(rows)):
        raise Trouble(f'{arguments.rounds} rounds tell nothing of {len(rows)} rows: '
                      f'--rounds {rounds_needed(len(rows))} or more')
    cycles, machine = measure(ours, theirs, rows, arguments.rounds if rows else 0, arguments.seconds, options)
    report = {'rounds': arguments.rounds, 'seconds': arguments.seconds, 'options': options, 'machine': machine,
              'rows': [], 'left_out': left_out,
              'faulty_runs': {program.who: program.faulty for program in (ours, theirs)}}
    for row in rows:
        of_ours, of_theirs = cycles[row][ours], cycles[row][theirs]
        ratio = Ratio([b / a for a, b in zip(of_ours, of_theirs)], len(rows))
        line = {'name': row, 'ours': statistics.median(of_ours), 'theirs': statistics.median(of_theirs),
                'ratio': ratio.as_json(), 'verdict': ratio.verdict}
        if arguments.gate:
            line['gate'] = gate_verdict(ratio)
        report['rows'].append(line)
    return report


def table(report, is_gate):
    lines = [f'{report["rounds"]} rounds of each build in turns, {report["seconds"]:g} s a run', '',
             '            cycles a packet       packets/s of ours to theirs',
             'row             ours    theirs    median       between                verdict']
    for row in report['rows']:
        ratio = row['ratio']
        between = f'{percent(ratio["low"])} and {percent(ratio["high"])}'
        lines.append(f'{row["name"]:<12}{row["ours"]:>8.1f}  {row["theirs"]:>8.1f}  {percent(ratio["median"]):>8}'
                     f'       {between:<22} {row["verdict"]}' + (f', gate {row["gate"]}' if is_gate else ''))
    if any(report['faulty_runs'].values()):
        lines.append(f'runs that found fault with themselves, and were repeated: {report["faulty_runs"]}')
    lines += [f'{row:<12}not compared: {why}' for row, why in report['left_out'].items()]
    return '\n'.join(lines)


def gate_status(report):
    """-> the exit status, and what it means"""
    gates = [row['gate'] for row in report['rows']]
    if 'FAILED' in gates:
        return 1, 'gate: FAILED, 5 % fewer packets a second or less, beyond noise'
    if not gates:
        return 2, 'gate: undecided, no row could be compared'
    if 'undecided' in gates:
        return 2, ('gate: undecided, a loss of 5 % may hide in the noise: more --rounds, or a machine that does '
                   'nothing else')
    return 0, 'gate: passed'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    other = parser.add_mutually_exclusive_group(required=True)
    other.add_argument('--against', metavar='BUILD', help='compare with the bench of that build folder')
    other.add_argument('--gate', metavar='BUILD', help='the same, and fail where a row has become slower')
    parser.add_argument('rows', nargs='*', metavar='ROW', help='none named = all that both have')
    parser.add_argument('--build', required=True, help='our build folder')
    parser.add_argument('--rounds', type=int, default=DEFAULT_ROUNDS, help='runs of each build (%(default)s)')
    parser.add_argument('--seconds', type=float, default=6, help='of measuring in a run, for all rows (%(default)s)')
    parser.add_argument('--flows', type=int)
    parser.add_argument('--domains', type=int)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json', metavar='OUT', help='write the figures to this file too')
    arguments = parser.parse_args()
    try:
        report = compare(arguments)
    except (Trouble, OSError, subprocess.SubprocessError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    status, outcome = gate_status(report) if arguments.gate else (0, None)
    if outcome:
        report['gate'] = outcome
    print(table(report, bool(arguments.gate)))
    if outcome:
        print(outcome)
    if arguments.json:
        with open(arguments.json, 'w', encoding='utf8') as file:
            json.dump(report, file, indent=1)
    return status


if __name__ == '__main__':
    sys.exit(main())
