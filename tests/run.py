#!/usr/bin/python3
"""Runs every section of the tests in order and adds up their figures; `./dev test` calls it.

A section is a program of its own that prints a line an item and ends with `N passed, N failed[, N skipped]`. One that
ends in any other way, or takes longer than its limit, counts as one failure more.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import threading

from tally import Stopwatch, figures

TESTS = os.path.dirname(os.path.abspath(__file__))
FIGURES = re.compile(r'(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$')

# name, program, limit in seconds, whether a sanitized build runs it (the lab judges timing; the corpus takes hours)
SECTIONS = [
    ('lint', 'lint/run.py', 300, False),
    ('unit', 'unit/run.py', 900, True),
    ('cases', 'cases/run.py', 900, True),
    ('bench', 'bench/run.py', 300, True),
    ('splits', 'splits/run.py', 420, False),
    ('corpus', 'corpus.py', 600, False),
    ('imports', 'imports.py', 120, False),
    ('workers', 'workers.py', 600, False),
    ('monitoring', 'monitoring.py', 120, False),
    ('suricata-verify', 'suricata_verify.py', 240, False),
    ('evasion', 'evasion/run.py', 240, False),
    ('lab', 'lab/run.py', 1500, False),
    ('fuzz', 'fuzz/run.py', 1500, False),
]

# An exit status of their own, so that no case takes a sanitizer's report for the refusal that it expects.
SANITIZERS = {
    'ASAN_OPTIONS': 'exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
    'UBSAN_OPTIONS': 'exitcode=99:halt_on_error=1:print_stacktrace=1',
}
GRACE_S = 15  # from the polite signal to the other one


def run_section(name, command, limit, build):
    """-> (passed, failed, skipped) of one section, whose lines are printed as they come; nothing where no item ran"""
    title = f'== {name}\n'
    watchdog_fired = threading.Event()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors='replace',
                               start_new_session=True, env={'SLUICE_BUILD': build, **SANITIZERS, **os.environ})

    def stop():
        watchdog_fired.set()
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)

    watchdog = threading.Timer(limit, stop)
    watchdog.start()
    last = None
    try:
        for line in process.stdout:
            if last is not None:
                print(title + last, end='', flush=True)
                title = ''
            last = line
        status = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        raise
    finally:
        watchdog.cancel()
    counts = FIGURES.fullmatch(last or '')
    if not counts and last is not None:
        print(title + last, end='')
        title = ''
    passed, failed, skipped = (int(n or 0) for n in counts.groups()) if counts else (0, 0, 0)
    if watchdog_fired.is_set():
        print(f'{title}FAILED  stopped after {limit} s')
        failed += 1
    elif not counts or (status != 0) != (failed > 0):
        print(f'{title}FAILED  exit status {status}' + ('' if counts else ', no figures'))
        failed += 1
    return passed, failed, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='', help='only items whose SECTION/NAME holds or matches it')
    parser.add_argument('--build', required=True, help='build directory')
    parser.add_argument('--sanitize', action='store_true', help='the build is sanitized: no lab, corpus, fuzz')
    arguments = parser.parse_args()

    whole = Stopwatch()
    total = [0, 0, 0]
    for name, program, limit, when_sanitized in SECTIONS:
        if arguments.sanitize and not when_sanitized:
            continue
        watch = Stopwatch()
        build = os.path.abspath(arguments.build)
        command = [sys.executable, os.path.join(TESTS, program)]
        if name not in ('lab', 'fuzz'):  # the lab is told by its environment, fuzzing has a build of its own
            command += ['--build', build]
        counts = run_section(name, command + ([arguments.pattern] if arguments.pattern else []), limit, build)
        if sum(counts):
            print(f'   {figures(*counts)} in {watch}\n', flush=True)
        total = [a + b for a, b in zip(total, counts)]
    if sum(total) == 0:
        print(f"no item matches '{arguments.pattern}'")
        total[1] = 1
    print(f'all sections: {whole}')
    print(figures(*total), flush=True)
    return 1 if total[1] else 0


if __name__ == '__main__':
    sys.exit(main())
