#!/usr/bin/python3
"""The checks that need no running program: layers, text, format; with --tidy clang-tidy too (`./dev lint`)."""
import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
import includes  # noqa: E402
import text  # noqa: E402
from tally import Stopwatch, Tally  # noqa: E402
from tree import ROOT, changed_files, cpp_files, files  # noqa: E402


def report(tally, item, lines, note=''):
    if not tally.wants(item):
        return
    if lines:
        tally.fail(item, '\n'.join(lines), note)
    else:
        tally.ok(item, note)


def unformatted():
    """-> diagnostics of clang-format, for files that it would change"""
    found = subprocess.run(['clang-format', '--dry-run', '-Werror', '--ferror-limit=1', *cpp_files()], cwd=ROOT,
                           capture_output=True, text=True)
    lines = [line for line in found.stderr.splitlines() if 'clang-format-violations' in line]
    if found.returncode != 0:
        lines = lines or found.stderr.splitlines()
        lines.append('remedy: clang-format -i FILE…')
    return lines


HEADERS = ('config', 'rules', 'dataplane', 'control', 'tests/unit')  # that have a folder pch/


def tidy(tally, build, chosen):
    if not shutil.which('clang-tidy'):
        tally.skip('tidy', 'clang-tidy is not installed')
        return
    # Headers are read through the .cc files that include them.
    units = [path for path in chosen if path.endswith('.cc') and not path.startswith('tests/fuzz/')]

    def one(path):
        watch = Stopwatch()
        # g++ has compiled the headers that each file begins with, in a form of its own: clang reads their text.
        headers = [f'--extra-arg=-I{folder}/pch' for folder in (os.path.join(ROOT, top) for top in HEADERS)]
        found = subprocess.run(['clang-tidy', '-p', build, '--quiet', *headers, path], cwd=ROOT, capture_output=True,
                               text=True)
        return path, found.returncode, found.stdout, str(watch)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, status, output, took in pool.map(one, units):
            if status:
                tally.fail(f'tidy/{path}', output, took)
            else:
                tally.ok(f'tidy/{path}', took)
    if not units:
        print('no changed .cc file for clang-tidy; --all looks at every one')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', default=os.path.join(ROOT, 'build'), help='has compile_commands.json')
    parser.add_argument('--tidy', action='store_true', help='clang-tidy on changed files, or on those named')
    parser.add_argument('--all', action='store_true', help='clang-tidy on every file')
    parser.add_argument('pattern_or_files', nargs='*', help='with --tidy files, else one PATTERN')
    arguments = parser.parse_args()
    named = [os.path.relpath(path, ROOT) for path in arguments.pattern_or_files] if arguments.tidy else []
    tally = Tally('lint', '' if arguments.tidy else ''.join(arguments.pattern_or_files))

    report(tally, 'includes', includes.problems(ROOT))
    report(tally, 'includes-self-test', includes.self_test())
    problems, warnings = text.check()
    report(tally, 'text', problems)
    report(tally, 'text-self-test', text.self_test())
    if tally.wants('text'):
        for warning in warnings:
            print('    warning: ' + warning)
    if tally.wants('format'):
        if shutil.which('clang-format'):
            report(tally, 'format', unformatted(), f'{len(cpp_files())} files')
        else:
            tally.skip('format', 'clang-format is not installed')
    if arguments.tidy:
        tidy(tally, arguments.build, named or (files() if arguments.all else changed_files()))
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
