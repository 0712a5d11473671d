#!/usr/bin/python3
"""The lab tests: real clients and servers in network namespaces, and the tap on the wire between them.

Prints a line an item; the last line is `N passed, N failed[, N skipped]`. Needs root; without the rights for network
namespaces every item is skipped, and says so.
"""

import argparse
import contextlib
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import access_tests
import browse_tests
import chromium_tests
import cost_tests
import demo_tests
import devices_tests
import enforce_tests
import events_tests
import evidence_tests
import exceptions_tests
import exhaustion_tests
import findings_tests
import guard_tests
import hostile_tests
import lab_tests
import link_tests
import memory_tests
import monitor_tests
import monitoring_tests
import overload_tests
import packet_capture_tests
import phone
import planes_tests
import policy_tests
import privilege_tests
import probe_tests
import pushes_tests
import reload_tests
import rollout_tests
import ruleset_tests
import sources_tests
import store_tests
import swap_tests
import tap
import vantage_tests
import vendor_tests
import worker_tests
from bench import LISTED_NAMES, NEIGHBOURS, Bench, Failed, Skipped, write_rules
from lab import PROGRAMS, TEST_PROGRAMS, Lab, Missing, NoRights, check_programs, check_rights
from publisher import Publisher
from tally import Stopwatch, Tally


class Group:
    """Tests that share a tap: its mode, whether it has the rules that ship, and whether it takes signed packs from the
    lab's publisher."""

    def __init__(self, mode, tests, shipped=True, packs=False, drivers=tap.DRIVERS):
        self.mode, self.shipped, self.packs, self.drivers = mode, shipped, packs, drivers
        self.tests = tests + events_tests.TESTS


GROUPS = {
    "monitor": Group("monitor", monitor_tests.TESTS + findings_tests.TESTS + vendor_tests.TESTS + chromium_tests.TESTS),
    # Before anything is blocked: it wants a wire on which nobody tries again.
    "sources": Group("monitor", sources_tests.TESTS, drivers=tap.DRIVERS[:1]),
    # What is between the planes does not depend on the driver: the other one with --full.
    "packs": Group("enforce", pushes_tests.TESTS + cost_tests.TESTS + swap_tests.TESTS + planes_tests.TESTS,
                   shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "probes": Group("enforce", probe_tests.TESTS, shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "monitoring": Group("enforce", monitoring_tests.TESTS, shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "browse": Group("monitor", browse_tests.TESTS, drivers=tap.DRIVERS[:1]),
    "rulesets": Group("enforce", ruleset_tests.TESTS, shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "rollout": Group("enforce", rollout_tests.TESTS, shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "exceptions": Group("enforce", exceptions_tests.TESTS + policy_tests.TESTS + reload_tests.TESTS +
                        packet_capture_tests.TESTS, shipped=False,
                        drivers=tap.DRIVERS[:1]),
    "evidence": Group("monitor", evidence_tests.TESTS, shipped=False, drivers=tap.DRIVERS[:1]),
    "store": Group("monitor", store_tests.TESTS, shipped=False, drivers=tap.DRIVERS[:1]),
    "access": Group("monitor", access_tests.TESTS, shipped=False, drivers=tap.DRIVERS[:1]),
    "devices": Group("monitor", devices_tests.TESTS, drivers=tap.DRIVERS[:1]),
    "vantage": Group("monitor", vantage_tests.TESTS, shipped=False, drivers=tap.DRIVERS[:1]),
    "overload": Group("enforce", overload_tests.TESTS + exhaustion_tests.TESTS, shipped=False, packs=True, drivers=tap.DRIVERS[:1]),
    "worker": Group("enforce", worker_tests.TESTS + privilege_tests.TESTS, packs=True),
    "links": Group("monitor", link_tests.TESTS, shipped=False),
    "guard": Group("monitor", guard_tests.TESTS, shipped=False),
    # Memory last: it leaves a full flow table, in which nothing is found for a minute.
    "limits": Group("monitor", hostile_tests.TESTS + memory_tests.TESTS, drivers=tap.DRIVERS[:1]),
    # Last: the connections that it leaves behind try again for a while, and are blocked, in whatever comes after it.
    "enforce": Group("enforce", enforce_tests.TESTS),
}


def named(tests):
    """Pairs (sentence, function): a function is named as a sentence, a row of a table brings its own."""
    return [test if isinstance(test, tuple) else (test.__name__.replace("_", " "), test) for test in tests]


def plan(options, tally):
    """{(driver, group): [(item, function)]} of what the pattern picks, in the order in which it runs."""
    groups = {(None, None): named(lab_tests.TESTS + findings_tests.WITHOUT_TAP + browse_tests.WITHOUT_TAP +
                                  demo_tests.TESTS)}
    for driver in [options.driver] if options.driver else tap.DRIVERS:
        for name, group in GROUPS.items():
            if driver in group.drivers or options.driver or options.full:
                tests = named(group.tests)
                groups[driver, name] = [(f"{driver}, {name}: {sentence}", test) for sentence, test in tests]
    picked = {key: [item for item in items if tally.wants(item[0])] for key, items in groups.items()}
    return {key: items for key, items in picked.items() if items}


def run_one(tally, item, test, bench):
    watch = Stopwatch()
    try:
        test(bench)
        if bench:
            bench.wire.must_live()
    except Skipped as reason:
        tally.skip(item, reason)
    except (Failed, RuntimeError, OSError, subprocess.SubprocessError, LookupError, TypeError, ValueError) as error:
        said = f"\n--- the tap said last:\n{bench.wire.log()}" if bench else ""
        tally.fail(item, f"{error}{said}", watch)
    else:
        tally.ok(item, f"{watch}; {bench.notes}" if bench and bench.notes else watch)
    finally:
        if bench:
            bench.notes = ""


def run_group(tally, lab, driver, group, items, full):
    waiting = list(items)
    try:
        rules = [write_rules(lab.directory), *(tap.shipped_rules() if group.shipped else [])]
        publisher = Publisher(lab) if group.packs else None
        with lab.tap(driver, group.mode, rules, [publisher.public_key] if publisher else []) as wire:
            bench = Bench(lab, wire, driver, full, publisher)
            while waiting:
                wire.must_live()
                run_one(tally, *waiting.pop(0), bench)
    except (RuntimeError, OSError) as error:
        # The tap did not start, or died in an earlier item, which has said so.
        for item, _ in waiting:
            tally.fail(item, error)


def hold(lab):
    print(f"the lab stands; enter it with: nsenter --net=/run/netns/{lab.netns('inside')}", flush=True)
    print(f"files: {lab.directory}; Ctrl-C takes it down", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def run_all(tally, groups, options):
    for item, test in groups.pop((None, None), []):
        run_one(tally, item, test, None)
    for driver in dict.fromkeys(driver for driver, _ in groups):
        # A lab of its own for each driver: nothing is left of the one before.
        with Lab() as lab:
            names = (*LISTED_NAMES, *NEIGHBOURS, *phone.NAMES, *(site.name for site in browse_tests.SITES))
            lab.start_servers(names, phone.addresses() | browse_tests.ADDRESSES, phone.leases())
            for name, group in GROUPS.items():
                if (driver, name) in groups:
                    run_group(tally, lab, driver, group, groups[driver, name], options.full)
            if options.keep:
                hold(lab)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="", help="only items whose lab/NAME holds or matches it")
    parser.add_argument("--only", metavar="PATTERN", help="the same")
    parser.add_argument("--list", action="store_true", help="name the items and end")
    parser.add_argument("--full", action="store_true", help="more bytes, more pushes, all with both drivers")
    parser.add_argument("--driver", choices=tap.DRIVERS, help="only this one")
    parser.add_argument("--keep", action="store_true", help="leave each lab standing until Ctrl-C")
    options = parser.parse_args()

    # Two destinations: an absent positional argument would overwrite the option with its default.
    tally = Tally("lab", options.only or options.pattern)
    groups = plan(options, tally)
    if options.list:
        for items in groups.values():
            for item, _ in items:
                print(item)
        return 0
    items = [item for group in groups.values() for item, _ in group]
    try:
        if items:
            check_rights()
            check_programs(PROGRAMS | TEST_PROGRAMS)
            tap.program("sluice-dataplane")
            run_all(tally, groups, options)
    except NoRights as reason:
        for item in items:
            tally.skip(item, reason)
    except (Missing, FileNotFoundError, RuntimeError) as error:
        tally.fail("the lab stands", error)
    except KeyboardInterrupt:
        tally.fail("all items run", "interrupted")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
