#!/usr/bin/python3
"""Writes examples of the rows of indicator lists: what each must match, and the nearest that it must not.

    rules/packs/row_examples.py NAME.csv...

In NAME.examples the lines of rows are written anew from the list; what stands above the line that says so (examples of
signatures, examples made by hand) stays as it is. A row that changes by mistake then no longer fits its example, and
one that is lost leaves an example of nothing: `sluice rules test` tells both. Run it where rows change on purpose, and
read what changed.
"""
import csv
import ipaddress
import os
import sys

MARK = '# Of the rows, by row_examples.py:'
LABEL_LIMIT = 63  # RFC 1035 section 2.3.4


def neighbour(name):
    """-> the name with one more letter in its first label, or one less where it is full"""
    label = name.split('.', 1)[0]
    return 'x' + name if len(label) < LABEL_LIMIT else name[1:]


def example(row):
    """-> the line of a row; nothing for kinds of which no traffic follows"""
    name, kind = row['indicator'], row['kind']
    if kind == 'domain':
        return f"{row['id']} names {name} x.{name} ! {neighbour(name)}"
    if kind == 'host':
        return f"{row['id']} names {name} ! x.{name}"
    if kind in ('ip', 'cidr'):
        network = ipaddress.ip_network(name)
        ends = dict.fromkeys((network[0], network[-1]))
        return f"{row['id']} addresses {' '.join(map(str, ends))} ! {network[-1] + 1}"
    return None


def rows_of(path):
    with open(path, encoding='utf8') as file:
        return list(csv.DictReader(line for line in file if not line.startswith('#')))


def update(path):
    beside = os.path.splitext(path)[0] + '.examples'
    by_hand = ''
    if os.path.exists(beside):
        with open(beside, encoding='utf8') as file:
            by_hand = file.read().split(MARK)[0]
    with open(beside, 'w', encoding='utf8') as file:
        file.write(by_hand + '\n'.join([MARK, *filter(None, map(example, rows_of(path)))]) + '\n')


if __name__ == '__main__':
    for path in sys.argv[1:]:
        update(path)
