#!/usr/bin/python3
"""Runs the unit test programs of a build and counts their Boost.Test cases; an item is one suite of one program.

A case that lacks something it needs says so: a line (or BOOST_TEST_MESSAGE) that begins with `SKIPPED`, one a case.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tally import Stopwatch, Tally  # noqa: E402

LIMIT_S = 300


def listed(program):
    """-> {suite: [case]} from --list_content: four blanks a level, a star after each name; data rows are `name/_3`"""
    done = subprocess.run([program, '--list_content'], capture_output=True, text=True, timeout=LIMIT_S, check=True)
    lines = [re.fullmatch(r'( *)(.*?)\*?(?:: .*)?', line).groups() for line in done.stderr.splitlines()]
    depths = [len(blanks) // 4 for blanks, _ in lines] + [0]
    suites, path = {}, []
    for number, (_, name) in enumerate(lines):
        path[depths[number]:] = [name]
        if depths[number + 1] <= depths[number]:  # nothing below it: a case
            suites.setdefault('/'.join(path[:-1]), []).append(path[-1])
    return suites


def logged(path):
    """-> the test cases of a log in JUnit's format"""
    with open(path, encoding='utf8', errors='replace') as file:
        text = file.read()
    # Boost writes compared values as they are; XML 1.0 (section 2.2) has no place for most control characters.
    text = re.sub('[^\t\n\r\x20-\ufffd\U00010000-\U0010ffff]', '\ufffd', text)
    return ElementTree.fromstring(text.removeprefix('<?xml version="1.0" encoding="UTF-8"?>')).iter('testcase')


def run_suite(program, suite, cases):
    """-> (passed, failed, [what was skipped], what went wrong) of one suite"""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, 'log.xml')
        chosen = (suite + '/' if suite else '') + ','.join(cases)
        command = [program, '--run_test=' + chosen, '--log_level=test_suite', '--log_format=JUNIT', '--log_sink=' + log,
                   '--report_level=no', '--color_output=no']
        try:
            process = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=folder, text=True,
                                     stderr=subprocess.STDOUT, errors='replace', timeout=LIMIT_S)
            status, output = process.returncode, process.stdout
        except subprocess.TimeoutExpired:
            status, output = f'none: stopped after {LIMIT_S} s', ''
        said, unread = output, ''
        try:
            found = [case for case in logged(log) if case.find('skipped') is None]  # skipped = not chosen
            said += '\n'.join(part.text or '' for case in found for part in case.findall('system-out'))
        except (OSError, ElementTree.ParseError) as error:
            found, unread = [], f'; the log: {error}'
    wrong = []
    for case in found:
        problems = [p for kind in ('failure', 'error') for p in case.findall(kind)]
        if problems:
            texts = [(problem.text or problem.get('message') or '').strip() for problem in problems]
            wrong.append('\n'.join([case.get('name') + ':', *texts]))
    failed = len(cases) - len(found) + len(wrong)
    skipped = re.findall(r'(?:^|message: )SKIPPED:? *(.*)$', said, re.M)
    passed = len(cases) - failed - len(skipped)
    if len(found) != len(cases):
        wrong.append(f'{len(cases)} cases are listed, {len(found)} ran{unread}')
    if status != 0 and (not wrong or len(found) != len(cases)):
        wrong.append(f'exit status {status}\n{output.strip()[-4000:]}')
        failed = max(failed, 1)
    return passed, failed, skipped, '\n'.join(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    tally = Tally('unit', arguments.pattern)
    found = glob.glob(os.path.join(os.path.abspath(arguments.build), 'tests/unit/unit-*'))
    programs = sorted(path for path in found if os.path.isfile(path))
    if not programs and tally.wants('programs'):
        tally.fail('programs', f'{arguments.build} holds no unit test program')
    chosen = []
    for program in programs:
        layer = os.path.basename(program).removeprefix('unit-')
        try:
            suites = listed(program)
        except (OSError, subprocess.SubprocessError) as error:
            tally.fail(layer, f'cannot list its cases: {error}\n{getattr(error, "stderr", "") or ""}')
            continue
        for suite, cases in suites.items():
            if any(tally.wants(f'{layer}/{suite}/{case}') for case in cases):
                chosen.append((program, f'{layer}/{suite}', suite, cases))

    def run(choice):
        watch = Stopwatch()
        return *run_suite(choice[0], *choice[2:]), str(watch)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (_, item, _, cases), (passed, failed, skipped, wrong, took) in zip(chosen, pool.map(run, chosen)):
            for why in skipped:
                tally.skip(item, why)
            if failed:
                tally.fail(item, wrong, f'{failed} of {len(cases)}', count=failed)
                tally.passed += passed
            elif passed:
                tally.ok(item, f'{passed} cases, {took}', count=passed)
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
