"""The sites that `browse.py` visits: the harmless names of browse_names.txt, and look-alikes of listed ones."""

import csv
import random
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

import tap
from servers import QUIC4, QUIC6, WEB4, WEB6

NAMES = Path(__file__).with_name("browse_names.txt")
SEED = 20261122
LOOK_ALIKES = 8  # rows of each list that ships, which look-alikes are made of
NAME_LIMIT = 60  # characters, for a certificate's CN
QUIC_EVERY = 4  # of so many sites one speaks HTTP/3 to the browser

Row = namedtuple("Row", "rule kind indicator")


@dataclass(frozen=True)
class Site:
    name: str
    address: str  # of its TCP
    quic: str  # of its HTTP/3
    by_quic: bool  # whether the browser goes there by HTTP/3


def listed_rows():
    """{name of a list that ships: its rows that name a host}"""
    lists = {}
    for path in (path for path in tap.shipped_rules() if path.suffix == ".csv"):
        with open(path, newline="", encoding="utf-8") as file:
            lists[path.stem] = [Row(f"{path.stem}/{row['id']}", row["kind"], row["indicator"])
                                for row in csv.DictReader(line for line in file if not line.startswith("#"))
                                if row["kind"] in ("host", "domain")]
    return lists


class Listed:
    """Which names the lists that ship cover, read by rules/README.md: a host is that name alone, a domain also what
    stands below it."""

    def __init__(self):
        rows = [row for listed in listed_rows().values() for row in listed]
        self._hosts, self._domains = ({row.indicator for row in rows if row.kind == kind}
                                      for kind in ("host", "domain"))

    def cover(self, name):
        labels = name.split(".")
        return name in self._hosts or any(".".join(labels[n:]) in self._domains for n in range(len(labels)))


def harmless_names():
    lines = (line.strip() for line in NAMES.read_text(encoding="ascii").splitlines())
    return [name for line in lines if not line.startswith("#") and not line.endswith(":") for name in line.split()]


def look_alikes(count):
    """Names that contain listed ones and are not: a label that only ends alike, and the name in front of another."""
    listed, dice = Listed(), random.Random(SEED)
    made = [name for rows in listed_rows().values() for row in dice.sample(rows, count)
            for name in (f"not{row.indicator}", f"{row.indicator}.example")]
    return [name for name in made if len(name) <= NAME_LIMIT and not listed.cover(name)]


def sites(every=1, count=LOOK_ALIKES):
    """One of `every` harmless names, and look-alikes of so many rows of each list."""
    names = dict.fromkeys([*harmless_names()[::every], *look_alikes(count)])  # two lists may have a name
    return [Site(name, (WEB4, WEB6)[n % 2], (QUIC4, QUIC6)[n // 2 % 2], n % QUIC_EVERY == 0)
            for n, name in enumerate(names)]


def addresses(visited):
    """What DNS says of those that the browser reaches by HTTP/3: {name: (IPv4, IPv6)}."""
    return {site.name: (QUIC4, QUIC6) for site in visited if site.by_quic}


def one_of_each_list():
    """{rule: the name that it lists}: a rule of each list that ships."""
    dice = random.Random(SEED)
    return {row.rule: row.indicator for row in (dice.choice(rows) for rows in listed_rows().values())}
