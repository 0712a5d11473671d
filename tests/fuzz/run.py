#!/usr/bin/python3
"""Runs the libFuzzer targets, two at a time (four in a short run): NAME_fuzz.cc is built as fuzz-NAME. An input that
crashes is kept. Short runs have a build of their own, without optimisation: it takes half the time to build."""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '../..'))
sys.path.insert(0, os.path.join(HERE, '..'))
from tally import Stopwatch, Tally  # noqa: E402

AT_ONCE = 2
SMOKE_S = 5
SMOKES_AT_ONCE = 4  # each gets half a core then: it looks for what breaks at once
SMOKE_SEED = 1  # a test does the same each time; what is new is looked for by longer runs
GRACE_S = 120  # for reading the corpus and for the report of a crash
INPUT_LIMIT_S = 10  # one input that takes longer is a finding
ENVIRONMENT = {
    'ASAN_OPTIONS': 'detect_leaks=1',
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
    'ASAN_SYMBOLIZER_PATH': '/usr/lib/llvm-14/bin/llvm-symbolizer',
}


def names():
    return sorted(os.path.basename(p).removesuffix('_fuzz.cc') for p in glob.glob(os.path.join(HERE, '*_fuzz.cc')))


def make_seeds(tally, build):
    """seeds.py FOLDER writes FOLDER/NAME/*: inputs that the parser NAME accepts, to start from"""
    script = os.path.join(HERE, 'seeds.py')
    if not os.path.exists(script):
        print('        no seeds.py: fuzzing starts from nothing')
        return
    done = subprocess.run([sys.executable, script, os.path.join(build, 'seeds')],
                          capture_output=True, text=True)
    if done.returncode:
        tally.fail('seeds', done.stdout + done.stderr)


def fuzz(name, seconds, build):
    """-> (what went wrong or None, a note)"""
    corpus, seeds, crashes = (os.path.join(build, folder, name) for folder in ('corpus', 'seeds', 'crashes'))
    for folder in (corpus, crashes):
        os.makedirs(folder, exist_ok=True)
    program = os.path.join(build, 'tests/fuzz/fuzz-' + name)
    command = [program, f'-max_total_time={seconds}', f'-timeout={INPUT_LIMIT_S}', '-rss_limit_mb=2048',
               '-print_final_stats=1', f'-artifact_prefix={crashes}/', corpus]
    command += [seeds] if os.path.isdir(seeds) else []
    command += [f'-seed={SMOKE_SEED}'] if seconds <= SMOKE_S else []
    watch = Stopwatch()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors='replace', timeout=seconds + GRACE_S,
                              env={**ENVIRONMENT, **os.environ})
        status, output = done.returncode, done.stdout
    except OSError as error:
        return str(error), ''
    except subprocess.TimeoutExpired:
        return f'{name} did not end within {seconds + GRACE_S} s', ''
    units = re.search(r'stat::number_of_executed_units:\s*(\d+)', output)
    if status == 0 and units and int(units.group(1)) > 0:
        return None, f'{int(units.group(1)):,} inputs, {watch}'
    artefacts = re.findall(r'Test unit written to (\S+)', output)
    found = re.search(r'runtime error|== ?ERROR', output)
    report = output[found.start():].splitlines()[:60] if found else output.splitlines()[-60:]
    inputs = [f'input: {path}\nagain: {program} {path}' for path in artefacts]
    return '\n'.join([f'exit status {status}', *inputs, *report]), str(watch)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--target', help='this one only')
    parser.add_argument('--seconds', type=int, default=SMOKE_S, help=f'for each target, {SMOKE_S} unless told')
    arguments = parser.parse_args()
    tally = Tally('fuzz', arguments.pattern)
    chosen = [name for name in names() if tally.wants(name) and arguments.target in (None, name)]
    if not names():
        tally.fail('targets', 'there is no *_fuzz.cc')
    elif arguments.target and not chosen:
        tally.fail(arguments.target, 'no such target; there are ' + ', '.join(names()))
    if not chosen:
        return tally.end()
    kind = 'smoke' if arguments.seconds <= SMOKE_S else 'fuzz'
    build = os.path.join(ROOT, 'build-' + kind)
    built = subprocess.run([os.path.join(ROOT, 'dev'), 'build', '--' + kind], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, errors='replace')
    if built.returncode:
        tally.fail('build', built.stdout)
        return tally.end()
    make_seeds(tally, build)
    at_once = SMOKES_AT_ONCE if arguments.seconds <= SMOKE_S else AT_ONCE
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        runs = pool.map(lambda name: fuzz(name, arguments.seconds, build), chosen)
        for name, (wrong, note) in zip(chosen, runs):
            if wrong:
                tally.fail(name, wrong, note)
            else:
                tally.ok(name, note)
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
