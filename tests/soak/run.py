#!/usr/bin/python3
"""Tests that take long: `swaps`, the large pack swapped 1,000 times under traffic; `browse`, an hour of visits to
harmless names; `guard`, a data plane that dies and hangs 20 times in each way. Needs root."""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "lab")]

import browse  # noqa: E402
import guard_tests  # noqa: E402
import sites  # noqa: E402
import swaps  # noqa: E402
import tap  # noqa: E402
import wire_break  # noqa: E402
from bench import LISTED, Bench, Failed, require, write_rules  # noqa: E402
from lab import Lab  # noqa: E402
from publisher import Publisher  # noqa: E402


TCP_RATE = 64 << 20  # bytes a second; what arrives is shown


def say(line):
    print(line, flush=True)


def swap(lab, options):
    lab.start_servers(("neighbour.example",))
    publisher = Publisher(lab)
    with lab.tap(options.driver, "monitor", [], [publisher.public_key]) as wire:
        bench = Bench(lab, wire, options.driver, True, publisher)
        return swaps.swap_under_traffic(bench, options.scale, options.swaps, say)


def visit(lab, options):
    visited = sites.sites()
    lab.start_servers([LISTED, *(site.name for site in visited)], sites.addresses(visited))
    with lab.tap(options.driver, "monitor", [write_rules(lab.directory), *tap.shipped_rules()]) as wire:
        bench = Bench(lab, wire, options.driver, True)
        return browse.browse(bench, visited, options.minutes * 60, browse.EVERY_S, say)


def break_wire(lab, options):
    """Figures, and no judgement but what holds of every run: the lab judges the times."""
    lab.start_servers(("neighbour.example",))
    publisher = Publisher(lab)
    pack = publisher.compile("damaged", 1, publisher.rules("damaged", ["one.example"]))
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.write_bytes(content)
    breaks = wire_break.BREAKS | wire_break.MORE_BREAKS | {"a damaged pack": wire_break.a_damaged_pack(pack)}
    with lab.tap(options.driver, "monitor", [write_rules(lab.directory)], [publisher.public_key]) as wire, \
            guard_tests.guarded(wire):
        for what, fail in breaks.items():
            costs, megabits = wire_break.costs_of(wire, fail, options.runs, TCP_RATE)
            say(f"{options.driver}, {what}: {wire_break.shown(costs, megabits)}")
            require(not sum(cost.twice for cost in costs), "datagrams came twice")
    return "the wire held"


TESTS = {"swaps": swap, "browse": visit, "guard": break_wire}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test", choices=TESTS)
    parser.add_argument("--swaps", type=int, default=1000, help="so many (1000)")
    parser.add_argument("--scale", type=float, default=1.0, help="of the large pack (1.0)")
    parser.add_argument("--minutes", type=float, default=60.0, help="of browsing (60)")
    parser.add_argument("--runs", type=int, default=20, help="of each failure (20)")
    parser.add_argument("--driver", default="af_xdp", choices=tap.DRIVERS)
    options = parser.parse_args()
    try:
        with Lab() as lab:
            say(TESTS[options.test](lab, options))
    except (Failed, RuntimeError) as error:
        print(f"FAILED: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
