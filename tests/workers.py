#!/usr/bin/python3
"""The number of workers changes nothing: every capture through `sluice replay` with 1, 2 and 4 of them.

The events of each run must be the same lines once they are sorted, byte for byte; nothing in them is left out or
rewritten. Statistics, which a run adds up over its captures, are compared as what each capture adds. Where packets are
written, these must be the same file. What is replayed: the captures that the folders of `cases/` make, each with the
arguments of its case; and where they lie beside the checkout (../shared/corpus) the corpora of others, Suricata's tests
with their own rules.

A capture that differs must stand in workers.json with its cause, one of the closed list there; one that stands there
and does not differ is printed, to be taken off the list where that is so in every run.
"""
import argparse
import collections
import concurrent.futures
import functools
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile

from tally import Stopwatch, Tally

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'cases'))
import run as cases  # noqa: E402

CORPUS = os.path.normpath(os.path.join(HERE, '../../shared/corpus'))
SURICATA = os.path.join(CORPUS, 'suricata-verify')
WORKERS = (1, 2, 4)
BATCH = 40  # captures of one run: a start costs more than most of them
LIMIT_S = 200
LINES_SHOWN = 5  # of a difference, each way
USAGE = 2  # exit status: rules that Sluice does not read
UNREADABLE = 3  # a container that is none; the other captures of the run were replayed


class Broken(Exception):
    """A run did not end as it should."""


def counts(stats, path=''):
    """-> (path, figure) of every figure"""
    for key, value in stats.items():
        if isinstance(value, dict):
            yield from counts(value, f'{path}{key}.')
        else:
            yield f'{path}{key}', value


def events_of(path):
    """-> {capture: its events, sorted}; statistics name no capture: they come behind the last event of theirs"""
    lines, before, capture = collections.defaultdict(list), {}, ''
    with open(path, encoding='utf8') as file:
        for line in file:
            event = json.loads(line)
            if event['event_type'] == 'stats':
                after = dict(counts(event['stats']))
                grown = sorted((key, figure - before.get(key, 0)) for key, figure in after.items())
                line, before = f'stats: {[growth for growth in grown if growth[1]]}', after
                lines[capture].append(line)
                capture = ''
                continue
            capture = event.get('pcap_filename', '')
            lines[capture].append(line)
    return {capture: sorted(events) for capture, events in lines.items()}


def replay(program, arguments, captures, place, folder, workers):
    """-> ({capture: its events, sorted}, digest of what was written); nothing where the rules are not for Sluice"""
    eve, written = (os.path.join(folder, f'{workers}-{name}') for name in ('eve.json', 'written'))
    command = [program, 'replay', *arguments, '--workers', str(workers), '--eve', eve]
    if place:  # packets of several captures need not go into one file
        command += ['--write', written]
    done = subprocess.run([*command, *captures], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors='replace', timeout=LIMIT_S)
    if done.returncode == USAGE:
        return None
    if done.returncode not in (0, UNREADABLE):
        raise Broken(f'{workers} workers: status {done.returncode}: {done.stderr[-500:]}')
    digest = b''
    if os.path.exists(written):
        with open(written, 'rb') as file:
            digest = hashlib.sha256(file.read()).digest()
    return events_of(eve), digest


def shown(gone, new):
    return '\n'.join([f'- {line[:900].rstrip()}' for line in sorted(gone)[:LINES_SHOWN]] +
                     [f'+ {line[:900].rstrip()}' for line in sorted(new)[:LINES_SHOWN]])


def compare(program, arguments, captures, place=None):
    """-> {capture: what differs}, whether it was replayed; what differs of no capture in particular stands under ''"""
    with tempfile.TemporaryDirectory() as folder:
        try:
            runs = [replay(program, arguments, captures, place, folder, workers) for workers in WORKERS]
        except (Broken, OSError, ValueError, subprocess.TimeoutExpired) as fault:
            return {'': str(fault)}, True
    if not any(runs):
        return {}, False
    if not all(runs):
        return {'': f'exit status {USAGE} with some numbers of workers and not with others'}, True
    (one, written), *others = runs
    found = {}
    for workers, (several, rewritten) in zip(WORKERS[1:], others):
        for capture in sorted(set(one) | set(several)):
            before, after = (collections.Counter(events.get(capture, [])) for events in (one, several))
            gone, new = before - after, after - before
            if gone or new:
                found.setdefault(capture, f'{workers} workers: {gone.total()} events gone, {new.total()} new\n'
                                 + shown(gone, new))
        if written != rewritten:
            found.setdefault('', f'{workers} workers: the packets that were written differ')
    return found, True


class Differences:
    """What is known to differ, capture by capture, each with a cause of the closed list in the file."""

    def __init__(self, path):
        with open(path, encoding='utf8') as file:
            document = json.load(file)
        self.causes, self.captures = document['causes'], document['captures']

    def faults(self):
        used = set(self.captures.values())
        yield from (f'{cause}: not in the list of causes' for cause in sorted(used - set(self.causes)))
        yield from (f'{cause}: a cause that no capture has' for cause in sorted(set(self.causes) - used))

    def unlisted(self, group, found):
        return [f'{name}: {what}' for name, what in sorted(found.items()) if f'{group}/{name}' not in self.captures]

    def gone(self, group, found):
        return [name for name in sorted(self.captures) if name.startswith(group + '/')
                and name[len(group) + 1:] not in found]


def run_cases(program, pool):
    """-> {case: what differs}, how many were replayed"""
    def one(path):
        folder = os.path.dirname(path)
        case = cases.load(folder)
        if cases.WITHOUT_CAPTURE & set(case) or any('exit' in row for row in case['expect']):
            return None
        with tempfile.TemporaryDirectory() as scratch:
            captures, _ = cases.captures_of(case, folder, scratch)
            found, _ = compare(program, case.get('arguments', []), captures, place=folder)
        return os.path.basename(folder), '\n'.join(found.values())

    rows = [row for row in pool.map(one, sorted(glob.glob(os.path.join(HERE, 'cases/*/case.json')))) if row]
    return {name: what for name, what in rows if what}, len(rows)


def run_batches(program, pool, captures):
    """With the rules that ship. -> {capture: what differs}, how many were replayed"""
    # Sorted by size, so that no batch holds all the large ones; large ones first, so that none is waited for at the end.
    captures = sorted(captures, key=os.path.getsize, reverse=True)
    batches = [captures[i::-(-len(captures) // BATCH)] for i in range(-(-len(captures) // BATCH))]
    found = {}
    for differs, _ in pool.map(functools.partial(compare, program, []), batches):
        found.update(differs)
    return {os.path.basename(path) if path else 'a run': what for path, what in found.items()}, len(captures)


def run_suricata(program, pool):
    """Suricata's tests with rules, each with its own. -> {test: what differs}, how many were replayed"""
    with open(os.path.join(SURICATA, 'manifest.json'), encoding='utf8') as file:
        tests = [test for test in json.load(file) if test['rules']]

    def one(test):
        arguments = ['--signatures', os.path.join(SURICATA, test['rules'])] + ['--mode', 'enforce'] * test['ips']
        found, was_replayed = compare(program, arguments, [os.path.join(SURICATA, test['pcap'])])
        return test['test'], '\n'.join(found.values()), was_replayed

    rows = list(pool.map(one, tests))
    return {name: what for name, what, _ in rows if what}, sum(was_replayed for *_, was_replayed in rows)


def groups(program, pool):
    """-> {name: what is to be run}; None where the captures are not there"""
    kinds = sorted(os.path.basename(path) for path in glob.glob(os.path.join(CORPUS, 'captures/pcap/*')))
    yield 'cases', functools.partial(run_cases, program, pool)
    if not kinds:
        print(f'!! {CORPUS} is absent: the captures of others are NOT replayed with several workers')
        yield 'captures', None
    for kind in kinds:
        captures = sorted(glob.glob(os.path.join(CORPUS, 'captures/pcap', kind, '*')))
        yield kind, functools.partial(run_batches, program, pool, captures)
    has_tests = os.path.exists(os.path.join(SURICATA, 'manifest.json'))
    yield 'suricata-verify', functools.partial(run_suricata, program, pool) if has_tests else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    tally = Tally('workers', arguments.pattern)
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    known = Differences(os.path.join(HERE, 'workers.json'))
    if tally.wants('differences'):
        faults = list(known.faults())
        tally.fail('differences', '\n'.join(faults)) if faults else \
            tally.ok('differences', f'{len(known.captures)} captures')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, work in groups(program, pool):
            if not tally.wants(name):
                continue
            if work is None:
                tally.skip(name, 'no captures')
                continue
            watch = Stopwatch()
            found, replayed = work()
            note = f'{replayed} replayed, {len(found)} differ, {watch}'
            wrong = known.unlisted(name, found)
            for one in known.gone(name, found):
                print(f'        does not differ in this run: {one}')
            tally.fail(name, '\n'.join(wrong), note) if wrong else tally.ok(name, note)
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
