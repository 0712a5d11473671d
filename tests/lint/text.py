#!/usr/bin/python3
"""Checks the text of every file: no words of unfinished work, no paths of one machine, no stray blanks at line ends, a
newline at the end of the file, a README.md in every top-level
folder and in every folder of the programs' sources. Long source files are warned of, not refused."""
import os
import re
import sys

from tree import ROOT, files

# Put together here, so that this file does not name them itself.
UNFINISHED = re.compile(r'\b(' + '|'.join(['TO' + 'DO', 'FIX' + 'ME', 'X' * 3]) + r')\b')
MACHINE_PATH = re.compile(r'(?<![\w.~}-])/(' + '|'.join(['ho' + 'me', 'wo' + 'rk', 'ro' + 'ot']) + r')/')
LONG = 400
CODE = ('.cc', '.hh', '.py', '.sh', '.ts', '.tsx', '.js', '.css')
# Texts of others, kept as they came.
PROGRAMS = ('config', 'rules', 'dataplane', 'control')
VERBATIM = ('LICENSE',)


def problems_of(path, raw):
    if b'\0' in raw or path in VERBATIM:
        return
    try:
        text = raw.decode('utf8')
    except UnicodeDecodeError:
        yield f'{path}:1: is neither UTF-8 text nor binary'
        return
    for number, line in enumerate(text.split('\n'), 1):
        if match := UNFINISHED.search(line):
            yield f'{path}:{number}: {match.group()}: finish it, or make it an issue'
        if match := MACHINE_PATH.search(line):
            yield f'{path}:{number}: {match.group()}…: a path of one machine'
        if line.rstrip('\r') != line.rstrip():
            yield f'{path}:{number}: blanks at the end of the line'
    if text and not text.endswith('\n'):
        yield f'{path}:{text.count(chr(10)) + 1}: no newline at the end of the file'


def missing_readmes(paths):
    tops = {path.split('/')[0] for path in paths if '/' in path}
    for top in sorted(top for top in tops if not top.startswith('.')):
        if f'{top}/README.md' not in paths:
            yield f'{top}/README.md is missing: why the folder exists, what flows through it, what has no place in it'
    sources = {os.path.dirname(path) for path in paths if path.split('/')[0] in PROGRAMS and path.endswith('.cc')}
    for folder in sorted(sources):
        if f'{folder}/README.md' not in paths:
            yield f'{folder}/README.md is missing: what the folder is for, what flows through it, what has no place in it'


def check():
    """-> (problems, warnings)"""
    paths = files()
    problems, warnings = list(missing_readmes(paths)), []
    for path in paths:
        with open(os.path.join(ROOT, path), 'rb') as file:
            raw = file.read()
        problems += problems_of(path, raw)
        if path.endswith(CODE) and raw.count(b'\n') > LONG:
            warnings.append(f"{path} has {raw.count(chr(10).encode())} lines: is it still one noun?")
    return problems, warnings


def self_test():
    """-> what is wrong with this check itself: each bad text must be told, the good one not"""
    bad = ['a ' + 'TO' + 'DO b\n', '// FIX' + 'ME\n', 'x ' + 'X' * 3 + '\n', 'cp /ho' + 'me/me/a .\n',
           '"/wo' + 'rk/a"\n', 'a \n', 'a\t\n', 'a']
    good = ['', 'mktemp -d /tmp/a.' + 'X' * 6 + '\n', 'https://example.org/wo' + 'rk/a\n', '$x/ro' + 'ot/\n', 'todos\n']
    failures = [f'passes {text!r}' for text in bad if not list(problems_of('t', text.encode()))]
    failures += [f'refuses {text!r}' for text in good if list(problems_of('t', text.encode()))]
    if list(missing_readmes(['a/README.md', 'b/c/README.md', '.ci/run', 'dev'])) == []:
        failures.append('misses that b/ has no README.md')
    return failures


if __name__ == '__main__':
    lines, notes = (self_test(), []) if sys.argv[1:] == ['--self-test'] else check()
    for line in lines + ['warning: ' + note for note in notes]:
        print(line)
    sys.exit(1 if lines else 0)
