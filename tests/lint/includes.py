#!/usr/bin/python3
"""Proves that includes run one way.

Between folders: the order of the subdir() lines in the root meson.build; a file includes only its own folder and what
stands before it. Inside a folder whose meson.build says "in layer order": the order in which it lists the files; a
header without a .cc stands in that list as a comment, `# headers alone: a.hh, b.hh`. Everywhere: no cycle.
"""
import os
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
ALONE = re.compile(r'#\s*headers alone:\s*(.+)$')
SUFFIXES = ('.hh', '.cc')
ORDERED = 'in layer order'  # what a meson.build says in whose list the order counts


def folders(root):
    with open(os.path.join(root, 'meson.build'), encoding='utf8') as text:
        return re.findall(r"^\s*subdir\('([^']+)'\)", text.read(), re.M)


def sources(root, names):
    """-> {path: [(line, included path)]} of every C++ file in these folders; only our own includes"""
    found = {}
    for name in names:
        for at, below, files in os.walk(os.path.join(root, name)):
            if 'pch' in below:
                below.remove('pch')  # precompiled headers: of libraries, and no file of ours includes them
            for file in files:
                if not file.endswith(SUFFIXES):
                    continue
                path = os.path.join(at, file)
                with open(path, encoding='utf8') as text:
                    included = [(number, match.group(1)) for number, line in enumerate(text, 1)
                                if (match := INCLUDE.match(line))]
                found[os.path.relpath(path, root)] = [(n, i) for n, i in included if i.split('/')[0] in names]
    return found


def listed(root, folder):
    """-> ['dataplane/bytes.hh', 'dataplane/event', …] in the order of the folder's meson.build: headers alone with
    their suffix, a .hh/.cc pair without one; None where that order has no meaning"""
    order = []
    with open(os.path.join(root, folder, 'meson.build'), encoding='utf8') as file:
        text = file.read()
    if ORDERED not in text.lower():
        return None
    for line in text.splitlines():
        alone = ALONE.search(line)
        if alone:
            order += [f'{folder}/{name.strip()}' for name in alone.group(1).split(',') if name.strip()]
        else:
            order += [f'{folder}/{name}' for name in re.findall(r"'([^']+)\.cc'", line.split('#')[0])]
    return order


def between_folders(files, names):
    place = {name: number for number, name in enumerate(names)}
    for path, included in sorted(files.items()):
        own = path.split('/')[0]
        for line, target in included:
            other = target.split('/')[0]
            if place[other] > place[own]:
                yield (f'{path}:{line}: includes "{target}", but {own}/ comes before {other}/ in meson.build; '
                       f'move what is shared down into {own}/, or let {other}/ hand it in')


def inside(root, folder, files):
    order = listed(root, folder)
    if order is None:
        return
    place = {name: number for number, name in enumerate(order)}

    def where(path):
        return place.get(path, place.get(os.path.splitext(path)[0]))

    for name in sorted({name for name in order if order.count(name) > 1}):
        yield f'{folder}/meson.build: lists {name} twice; leave one'
    mine = {path for path in files if path.startswith(folder + '/')}
    for path in sorted(mine):
        file = path.removeprefix(folder + '/')
        if where(path) is None:
            if path.endswith('.hh') and os.path.splitext(path)[0] + '.cc' in mine:
                continue  # told at its .cc
            yield (f'{path}:1: is not in {folder}/meson.build; '
                   + (f"add '{file}' to the list at its place" if path.endswith('.cc') else
                      f'add it to a line `# headers alone: {file}` at its place in the list'))
            continue
        if path.endswith('.hh') and path in place and os.path.splitext(path)[0] + '.cc' in mine:
            yield f'{folder}/meson.build: calls {path} a header alone, but its .cc exists; list the .cc only'
        for line, target in files[path]:
            if not target.startswith(folder + '/') or os.path.splitext(target)[0] == os.path.splitext(path)[0]:
                continue
            if where(target) is not None and where(target) >= where(path):
                yield (f'{path}:{line}: includes "{target}", which stands later in {folder}/meson.build; move it '
                       f'above {file} there, or move what both need into a file before both')
    for name in order:
        if name not in files and name + '.cc' not in files:
            yield f'{folder}/meson.build: lists {name}, which does not exist; take it out'


def cycles(files):
    """One line for each cycle of includes, told at its first step"""
    state, path = {}, []

    def visit(file):
        state[file] = 'open'
        path.append(file)
        for line, target in files.get(file, ()):
            if state.get(target) == 'open':
                ring = path[path.index(target):] + [target]
                yield (f'{file}:{line}: includes "{target}", which closes a cycle: ' + ' -> '.join(ring)
                       + '; break it with a forward declaration, or move what both need into a third file')
            elif target in files and target not in state:
                yield from visit(target)
        path.pop()
        state[file] = 'done'

    for file in sorted(files):
        if file not in state:
            yield from visit(file)


def problems(root):
    names = folders(root)
    files = sources(root, names)
    in_order = [line for name in names for line in inside(root, name, files)]
    return [*between_folders(files, names), *in_order, *cycles(files)]


def self_test():
    """-> what is wrong with this check itself: small trees with one mistake each must fail, and the sound one pass"""
    sound = {
        'meson.build': "subdir('rules')\nsubdir('dataplane')\nsubdir('control')\n",
        'rules/meson.build': "files('address.cc')\n",
        'control/meson.build': '',
        'dataplane/meson.build': ("# In layer order\nfiles(\n  # headers alone: bytes.hh, tick.hh\n"
                                  "  'event.cc',\n  'flow.cc',\n)\n"),
        'rules/address.hh': '#include <array>\n',
        'dataplane/bytes.hh': '',
        'dataplane/tick.hh': '#include "dataplane/bytes.hh"\n',
        'dataplane/event.hh': '#include "dataplane/tick.hh"\n#include "rules/address.hh"\n',
        'dataplane/event.cc': '#include "dataplane/event.hh"\n',
        'dataplane/flow.hh': '',
        'dataplane/flow.cc': '#include "dataplane/flow.hh"\n\n#include "dataplane/event.hh"\n',
        'control/eve.hh': '#include "dataplane/event.hh"\n',
    }
    wrong = {
        'rules/address.hh:2:': {'rules/address.hh': '\n#include "dataplane/bytes.hh"\n'},
        'dataplane/event.cc:2:': {'dataplane/event.cc': '\n#include "dataplane/flow.hh"\n'},
        'dataplane/event.hh:1:': {'dataplane/event.hh': '#include <control/eve.hh>\n'},
        'dataplane/bytes.hh:1:': {'dataplane/bytes.hh': '#include "dataplane/tick.hh"\n', 'dataplane/tick.hh': ''},
        'dataplane/new.hh:1: is not in': {'dataplane/new.hh': ''},
        'dataplane/new.cc:1: is not in': {'dataplane/new.cc': ''},
        'closes a cycle: rules/a.hh -> rules/b.hh -> rules/a.hh': {
            'rules/a.hh': '#include "rules/b.hh"\n', 'rules/b.hh': '#include "rules/a.hh"\n'},
    }
    failures = []
    for expected, change in [(None, {}), *wrong.items()]:
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**sound, **change}.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), 'w', encoding='utf8') as file:
                    file.write(text)
            found = problems(root)
        if (expected is None and found) or (expected is not None and not any(expected in line for line in found)):
            failures.append(f'expected {expected or "nothing"}, found {found or "nothing"}')
    return failures


if __name__ == '__main__':
    if sys.argv[1:] == ['--self-test']:
        lines = self_test()
    else:
        lines = problems(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
    print('\n'.join(lines), end='\n' if lines else '')
    sys.exit(1 if lines else 0)
