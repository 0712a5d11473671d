#!/usr/bin/python3
"""Runs the case folders: packets in, verdict and packets out, through the real program. README.md tells the format."""
import argparse
import collections.abc
import concurrent.futures
import dataclasses
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
import expect  # noqa: E402
import self_test  # noqa: E402
from pcap import packets  # noqa: E402
from eve_schema import faults, validator  # noqa: E402
from tally import Stopwatch, Tally  # noqa: E402

LIMIT_S = 180
WHOLE = '.whole'  # added to a capture's path by a maker: the packets that can be had from a capture of another form
KEYS = {'description', 'arguments', 'capture', 'make', 'captures', 'command', 'script', 'expect'}
WITHOUT_CAPTURE = {'command', 'script'}


@dataclasses.dataclass
class Run:
    """What came of one run of the program."""
    status: int
    stdout: str
    stderr: str
    packets: list = dataclasses.field(default_factory=list)
    written: list = dataclasses.field(default_factory=list)
    events: list = dataclasses.field(default_factory=list)
    stats: dict = dataclasses.field(default_factory=dict)
    again: collections.abc.Callable = None  # (more arguments) -> Run: the same packets once more


class Broken(Exception):
    """The case itself, or the form of what the program wrote, is not what it must be."""


def load(folder):
    with open(os.path.join(folder, 'case.json'), encoding='utf8') as file:
        case = json.load(file)
    unknown = set(case) - KEYS
    if unknown:
        raise Broken(f'unknown keys: {", ".join(sorted(unknown))}')
    if len({'capture', 'make', *WITHOUT_CAPTURE} & set(case)) != 1:
        raise Broken('one of "capture", "make", "command" and "script" must be there')
    if not case.get('description') or not case.get('expect'):
        raise Broken('"description" and "expect" must be there')
    return case


def captures_of(case, folder, scratch):
    """-> (paths of the captures, paths of classic pcap files that hold the packets to be had from them)"""
    if 'capture' in case:
        return [path := os.path.join(folder, case['capture'])], [path]
    made = [os.path.join(scratch, f'capture-{number}.pcap') for number in range(1, case.get('captures', 1) + 1)]
    script, *words = case['make'] if isinstance(case['make'], list) else [case['make']]
    maker = subprocess.run([sys.executable, script, *words, *made], cwd=folder, capture_output=True, text=True,
                           timeout=LIMIT_S)
    if maker.returncode or not all(map(os.path.exists, made)):
        raise Broken(f'{script} ended with status {maker.returncode}:\n{maker.stderr}')
    whole = [path + WHOLE for path in made]
    return made, [w if os.path.exists(w) else path for w, path in zip(whole, made)]


def execute(command, folder):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors='replace', timeout=LIMIT_S)
    except subprocess.TimeoutExpired as slow:
        raise Broken(f'no end within {LIMIT_S} s') from slow
    return Run(done.returncode, done.stdout, done.stderr)


def events_of(path, schema):
    with open(path, encoding='utf8') as file:
        lines = file.read().splitlines()
    if schema is not None:
        wrong = [f'event {number}: {fault}' for number, line in enumerate(lines, 1) for fault in faults(schema, line)]
        if wrong:
            raise Broken('\n'.join(wrong))
    return [json.loads(line) for line in lines]


def unaccounted(run):
    """What conservation forbids: a packet that came and left through no counted exit (or through two)"""
    p = run.stats['packets']
    left = p['forwarded'] + sum(p['dropped'].values()) + p['held'] + p['consumed']
    if not p['received'] == left == len(run.packets):
        yield f'{len(run.packets)} packets in the capture, {p["received"]} received, {left} accounted for: {p}'
    if p['transmitted'] != p['forwarded'] + sum(p['injected'].values()):
        yield f'{p["transmitted"]} packets transmitted, but forwarded or made: {p}'
    if p['transmitted'] != len(run.written):
        yield f'{p["transmitted"]} packets transmitted, {len(run.written)} in the written capture'


def replay(program, schema, case, folder, scratch):
    captures, sources = captures_of(case, folder, scratch)
    eve, stats, written = (os.path.join(scratch, name) for name in ('eve.json', 'stats.json', 'written.pcap'))

    def once(more=()):
        outputs = ['--eve', eve, '--stats', stats, '--write', written]
        run = execute([program, 'replay', *case.get('arguments', []), *more, *outputs, *captures], folder)
        if run.status == 0:
            try:
                run.packets, run.written = [p for source in sources for p in packets(source)], packets(written)
                run.events = events_of(eve, schema)
                with open(stats, encoding='utf8') as file:
                    run.stats = json.load(file)
            except (OSError, ValueError) as error:
                raise Broken(f'{error}\n{run.stderr}') from error
        return run

    run = once()
    run.again = once
    return run


def run_case(program, schema, case, folder, scratch):
    if 'command' in case:
        return execute([program, *case['command']], folder)
    if 'script' in case:
        return execute([sys.executable, os.path.join(os.path.abspath(folder), case['script']), program], scratch)
    return replay(program, schema, case, folder, scratch)


def problems(program, schema, folder):
    """-> what is wrong, line by line"""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            case = load(folder)
            return judged(case, run_case(program, schema, case, folder, scratch))
        except (Broken, OSError, ValueError) as error:
            return str(error).splitlines()


def judged(case, run):
    rows = case['expect']
    if not any('exit' in row for row in rows):
        rows = [{'exit': 0}, *rows]
    found = []
    for row in rows:
        wrong = expect.judge(row, run)
        if wrong:
            found += [expect.short(row), *('  ' + line for line in wrong)]
    if run.status == 0 and not WITHOUT_CAPTURE & set(case):
        try:
            found += unaccounted(run)
        except (KeyError, TypeError, AttributeError) as error:
            found.append(f'the statistics lack something: {type(error).__name__} {error}: {expect.short(run.stats)}')
    if found:
        found = [case['description'], *found]
        if run.status != 0 and run.stderr:
            found += ['standard error:', *run.stderr.splitlines()[-40:]]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    parser.add_argument('--folder', default=HERE, help='where the case folders are')
    arguments = parser.parse_args()
    tally = Tally('cases', arguments.pattern)
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    names = sorted(name for name in os.listdir(arguments.folder)
                   if os.path.isfile(os.path.join(arguments.folder, name, 'case.json')))
    if not names and tally.wants('cases'):
        tally.fail('cases', f'{arguments.folder} holds no case folder')

    schema = validator()
    if schema is None:
        tally.skip('schema', 'python3-jsonschema is not installed: no event is checked against the schema')
    if tally.wants('self-test'):
        if wrong := self_test.failures(lambda fake, folder: problems(fake, None, folder)):
            tally.fail('self-test', '\n'.join(wrong))
        else:
            tally.ok('self-test', 'the runner itself')

    def one(name):
        watch = Stopwatch()
        return name, problems(program, schema, os.path.join(arguments.folder, name)), str(watch)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, found, took in pool.map(one, [name for name in names if tally.wants(name)]):
            if found:
                tally.fail(name, '\n'.join(found), took)
            else:
                tally.ok(name, took)
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
