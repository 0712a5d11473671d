#!/usr/bin/python3
"""Scores Sluice against real captures that nobody here wrote, where they lie beside the checkout (../shared/corpus).

The scorer there says how many of the facts that tshark and other tools certify were found (recall), and how much of
what was reported any of them gives (precision). A reported value that the stored facts do not have is looked up once
more (corpus_second_look.py); both figures are printed, the second is judged.

corpus.json holds the least that is accepted; facts that it does not name are printed and not judged. Each value of the
others that was missed, and each one still false, must stand in corpus_differences.json with its cause. A
capture that crashes the program or is not accounted for to the last packet fails.
"""
import argparse
import glob
import json
import os
import shlex
import subprocess
import sys
import tempfile

import corpus_findings
import corpus_second_look
import corpus_xiaomi_push
import eve_schema
from tally import Stopwatch, Tally

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.normpath(os.path.join(HERE, '../../shared/corpus'))
RUNS = ('crashes', 'accounting', 'event-lines')


def score(program, captures):
    """-> (the scorer's JSON, its last line)"""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'score.json')
        command = [sys.executable, os.path.join(CORPUS, 'score.py'), os.path.join(CORPUS, 'captures'), '--json', out,
                   '--jobs', str(os.cpu_count()), '--command', shlex.join([program, 'replay'])]
        if captures != 'all':
            command += ['--sample', str(captures)]
        done = subprocess.run(command, capture_output=True, text=True, errors='replace')
        if not os.path.exists(out):
            raise RuntimeError(done.stdout + done.stderr)
        with open(out, encoding='utf8') as file:
            return json.load(file), done.stdout.splitlines()[-1]


def check_events(tally, program):
    """Every event of every capture is as the schema says, and a second run gives the same bytes, ids and all."""
    captures = sorted(glob.glob(os.path.join(CORPUS, 'captures/pcap/*/*')))
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        runs = [os.path.join(folder, name) for name in ('once.json', 'again.json')]
        for path in runs:
            done = subprocess.run([program, 'replay', '--eve', path, *captures], capture_output=True, text=True,
                                  errors='replace')
            if done.returncode:
                return tally.fail('events', done.stderr[-2000:], watch)
        with open(runs[0], 'rb') as once, open(runs[1], 'rb') as again:
            lines = once.read().splitlines()
            differ = lines != again.read().splitlines()
        schema = eve_schema.validator()
        if schema is None:
            return tally.skip('events', 'python3-jsonschema is not installed')
        wrong = [f'event {number}: {fault}' for number, line in enumerate(lines, 1)
                 for fault in eve_schema.faults(schema, line)]
    wrong += ['a second run does not say the same'] if differ else []
    wrong += [] if len(lines) >= len(captures) else [f'{len(lines)} events of {len(captures)} captures']
    if wrong:
        return tally.fail('events', '\n'.join(wrong[:40]), f'{len(wrong)} faults in {len(lines)} events')
    return tally.ok('events', f'{len(lines):,} events of {len(captures):,} captures, {watch}')


class Differences:
    """What is known to differ from the facts, value by value, each with a cause of the closed list in the file."""

    def __init__(self, path):
        with open(path, encoding='utf8') as file:
            document = json.load(file)
        self.causes = document['causes']
        self.listed = {side: {(row['kind'], row['value'], row['capture']): row['cause'] for row in document[side]}
                       for side in ('missed', 'false')}

    def faults(self):
        """-> what is wrong with the list itself"""
        used = [cause for rows in self.listed.values() for cause in rows.values()]
        yield from (f'{cause}: not in the list of causes' for cause in sorted(set(used) - set(self.causes)))
        yield from (f'{cause}: a cause that no row has' for cause in sorted(set(self.causes) - set(used)))

    def unlisted(self, side, kind, rows):
        return [f'{side}, and in no list: {row[1]} in {row[2]}' for row in rows
                if row[0] == kind and row not in self.listed[side]]

    def gone(self, side, rows):
        """-> rows of the list that no longer differ: to be taken off it"""
        return sorted(set(self.listed[side]) - set(rows))


def judge(tally, kind, total, bars, rows, differences):
    certain, found, reported = (total.get(key, 0) for key in ('certain', 'found', 'reported'))
    false = sum(row[0] == kind for row in rows['false'])
    figures = {'recall': found / certain if certain else 1.0, 'precision': 1 - false / reported if reported else 1.0}
    note = f'recall {figures["recall"]:.2%} of {certain}'
    if reported:
        stored = 1 - total['false'] / reported
        note += f', precision {stored:.2%} of {reported} by the stored facts'
        note += f', {figures["precision"]:.2%} after the second look'
    if not bars:
        print(f'        not judged: {kind}  ({note})')
        return
    low = [name for name, bar in bars.items() if figures[name] < bar]
    lines = [f'{name} {figures[name]:.2%} is below {bars[name]:.2%}' for name in low]
    lines += [line for side in rows for line in differences.unlisted(side, kind, rows[side])]
    if lines:
        tally.fail(kind, '\n'.join(lines), note)
    else:
        tally.ok(kind, note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    tally = Tally('corpus', arguments.pattern)
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    corpus_xiaomi_push.check(tally, program, CORPUS)
    corpus_findings.check(tally, program, CORPUS)
    with open(os.path.join(HERE, 'corpus.json'), encoding='utf8') as file:
        bars = json.load(file)
    differences = Differences(os.path.join(HERE, 'corpus_differences.json'))
    items = [item for item in (*RUNS, 'events', 'differences', *bars['facts']) if tally.wants(item)]
    if not items:
        return tally.end()
    if not os.path.exists(os.path.join(CORPUS, 'score.py')):
        print(f'!! {CORPUS} is absent: the {len(items)} checks against real captures are NOT made')
        for item in items:
            tally.skip(item, 'no captures')
        return tally.end()
    if not corpus_second_look.available():
        tally.fail('second-look', 'tshark is not installed')
        return tally.end()

    if 'events' in items:
        check_events(tally, program)
    watch = Stopwatch()
    try:
        result, summary = score(program, bars['captures'])
    except RuntimeError as error:
        tally.fail('score', error)
        return tally.end()
    bad_lines = int(summary.split(' bad EVE lines')[0].split()[-1])
    runs = {'crashes': result['crashes'], 'accounting': result['unaccounted'],
            'event-lines': [['all captures', f'{bad_lines} lines are no JSON']] if bad_lines else []}
    if runs['crashes'] and len(runs['crashes']) == int(summary.split()[0]):
        tally.fail('score', 'no capture could be replayed: ' + runs['crashes'][0][1])
        return tally.end()
    for item in RUNS:
        if item not in items:
            continue
        if runs[item]:
            tally.fail(item, '\n'.join(f'{capture}: {what}' for capture, what in runs[item][:40]), f'{len(runs[item])}')
        else:
            tally.ok(item)

    rows = {side: [tuple(row) for row in result[side]] for side in ('missed', 'false')}
    rows['false'] = corpus_second_look.still_false(rows['false'], lambda name: os.path.join(CORPUS, 'captures', name))
    if 'differences' in items:
        if faults := '\n'.join(differences.faults()):
            tally.fail('differences', faults)
        else:
            tally.ok('differences', ', '.join(f'{len(listed)} {side}' for side, listed in differences.listed.items()))
        for side in rows:
            for kind, value, capture in differences.gone(side, rows[side]) if bars['captures'] == 'all' else []:
                print(f'        no longer {side}, take it off corpus_differences.json: {kind} {value} in {capture}')
    for kind, total in result['total'].items():
        if tally.wants(kind):
            judge(tally, kind, total, bars['facts'].get(kind), rows, differences)
    for kind in set(bars['facts']) - set(result['total']):
        tally.fail(kind, 'the scorer knows no such fact')
    print(f'        {summary}; {watch}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
