#!/usr/bin/python3
"""Runs Suricata's own tests (suricata-verify, where it lies beside the checkout) through `sluice replay`.

suricata_verify.json holds, for each tier, the least share of tests that is accepted, and each failing test of plain
setup with the cause, of a closed list there. A failing test that it does not name fails here; one that it names and
that passes is printed, to be taken off the list.
"""
import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from tally import Stopwatch, Tally

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '../../shared/corpus/suricata-verify'))


def check_reasons(tally, known):
    used = set(known['reasons'].values())
    faults = [f'{cause}: not in the list of causes' for cause in sorted(used - set(known['causes']))]
    faults += [f'{cause}: a cause that no test has' for cause in sorted(set(known['causes']) - used)]
    if faults:
        tally.fail('reasons', '\n'.join(faults))
    else:
        tally.ok('reasons', f'{len(known["reasons"])} tests')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    tally = Tally('suricata-verify', arguments.pattern)
    with open(os.path.join(HERE, 'suricata_verify.json'), encoding='utf8') as file:
        known = json.load(file)
    items = [item for item in ('reasons', *known['bars']) if tally.wants(item)]
    if not items:
        return tally.end()
    if 'reasons' in items:
        check_reasons(tally, known)
    tiers = [tier for tier in known['bars'] if tier in items]
    if not os.path.exists(os.path.join(ROOT, 'sv_run.py')):
        print(f'!! {ROOT} is absent: Suricata\'s {known["tests"]} tests are NOT run')
        tally.skip('tests', 'no suricata-verify', known['tests'])
        return tally.end()
    sys.path.insert(0, ROOT)
    import sv_run  # lies there, beside the tests
    with open(os.path.join(ROOT, 'manifest.json'), encoding='utf8') as file:
        tests = [test for test in json.load(file) if test['plain_setup'] and f'tier-{test["tier"]}' in tiers]
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    # As Suricata is where a test says nothing else of it: addresses in full, and stream.midstream is off.
    command = [program, 'replay', '--ipv6', 'full', '--midstream', 'off']
    watch = Stopwatch()
    results = {tier: [] for tier in tiers}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for test, passed, why in pool.map(lambda test: sv_run.one(test, ROOT, command), tests):
            if passed is not None:
                results[f'tier-{test["tier"]}'].append((test['test'], passed, why))
    for tier, rows in results.items():
        failing = [(name, why) for name, passed, why in rows if not passed]
        share = 1 - len(failing) / len(rows) if rows else 1.0
        note = f'{share:.1%} of {len(rows)}'
        faults = [f'{name}: fails, and has no reason in suricata_verify.json: {why}' for name, why in failing
                  if name not in known['reasons']]
        if share < known['bars'][tier]:
            faults.append(f'{share:.1%} is below {known["bars"][tier]:.1%}')
        for name, passed, _ in rows:
            if passed and name in known['reasons']:
                print(f'        passes now, take it off suricata_verify.json: {name}')
        if faults:
            tally.fail(tier, '\n'.join(faults), note)
        else:
            tally.ok(tier, note)
    print(f'        {watch}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
