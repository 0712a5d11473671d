#!/usr/bin/python3
"""Scores Sluice against real captures that nobody here wrote, where they lie beside the checkout (../shared/corpus).

The scorer there says how many of the facts that tshark and other tools certify were found (recall), and how much of
what was reported any of them gives (precision). corpus.json holds the least that is accepted; facts that it does not
name are printed and not judged. A capture that crashes the program or is not accounted for to the last packet fails.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

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


def judge(tally, kind, total, bars, rows):
    certain, found, reported, false = (total.get(key, 0) for key in ('certain', 'found', 'reported', 'false'))
    figures = {'recall': found / certain if certain else 1.0, 'precision': 1 - false / reported if reported else 1.0}
    note = f'recall {figures["recall"]:.2%} of {certain}, precision {figures["precision"]:.2%} of {reported}'
    if not bars:
        print(f'        not judged: {kind}  ({note})')
        return
    low = [name for name, bar in bars.items() if figures[name] < bar]
    if not low:
        tally.ok(kind, note)
        return
    lines = [f'{name} {figures[name]:.2%} is below {bars[name]:.2%}' for name in low]
    for name, title in (('recall', 'missed'), ('precision', 'false')):
        if name in low:
            lines += [f'{title}: {value} in {capture}' for k, value, capture in rows[title] if k == kind][:20]
    tally.fail(kind, '\n'.join(lines), note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    tally = Tally('corpus', arguments.pattern)
    with open(os.path.join(HERE, 'corpus.json'), encoding='utf8') as file:
        bars = json.load(file)
    items = [item for item in (*RUNS, *bars['facts']) if tally.wants(item)]
    if not items:
        return tally.end()
    if not os.path.exists(os.path.join(CORPUS, 'score.py')):
        print(f'!! {CORPUS} is absent: the {len(items)} checks against real captures are NOT made')
        for item in items:
            tally.skip(item, 'no captures')
        return tally.end()

    watch = Stopwatch()
    try:
        result, summary = score(os.path.join(os.path.abspath(arguments.build), 'control/sluice'), bars['captures'])
    except RuntimeError as error:
        tally.fail('score', error)
        return tally.end()
    bad_lines = int(summary.split(' bad EVE lines')[0].split()[-1])
    rows = {'crashes': result['crashes'], 'accounting': result['unaccounted'],
            'event-lines': [['all captures', f'{bad_lines} lines are no JSON']] if bad_lines else []}
    if rows['crashes'] and len(rows['crashes']) == int(summary.split()[0]):
        tally.fail('score', 'no capture could be replayed: ' + rows['crashes'][0][1])
        return tally.end()
    for item in RUNS:
        if item not in items:
            continue
        if rows[item]:
            tally.fail(item, '\n'.join(f'{capture}: {what}' for capture, what in rows[item][:40]), f'{len(rows[item])}')
        else:
            tally.ok(item)
    for kind, total in result['total'].items():
        if tally.wants(kind):
            judge(tally, kind, total, bars['facts'].get(kind), result)
    for kind in set(bars['facts']) - set(result['total']):
        tally.fail(kind, 'the scorer knows no such fact')
    print(f'        {summary}; {watch}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
