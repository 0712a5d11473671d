"""A tap that watches proves it: whatever keeps it from finding what it must, it says so within 15 seconds, and why."""

import contextlib
import time

from bench import LISTED, require
from publisher import signature
from reload_tests import reload, settings, write
from servers import WEB4
from trap import standing_still, worker_threads

SAID_LIMIT_S = 15.0
PROBE_EVERY_S = 5.0
LASTS_S = 1.0  # the control plane looks for changes five times a second
PATH = "/probe-path-of-the-lab"

# How a database begins in memory (Hyperscan 5.4, src/database.h): its magic number, then the library's version.
DATABASE = bytes.fromhex("dbdbdbdb") + bytes.fromhex("00000405")
SPOILT = bytes.fromhex("dadbdbdb")


def own_memory(pid):
    """[(begin, end)] of what a process has written to itself, and shares with nobody: proc(5)."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        for line in maps:
            place, rights, _, _, inode, *_ = line.split()
            if rights == "rw-p" and inode == "0":
                yield tuple(int(number, 16) for number in place.split("-"))


def places_of(memory, pid, wanted):
    found = []
    for begin, end in own_memory(pid):
        memory.seek(begin)
        with contextlib.suppress(OSError):
            bytes_there = memory.read(end - begin)
            at = bytes_there.find(wanted)
            while at >= 0:
                found.append(begin + at)
                at = bytes_there.find(wanted, at + 1)
    return found


@contextlib.contextmanager
def spoilt(pid, right, wrong):
    """The bytes `right`, wherever a process has them in memory, begin with `wrong` for a while."""
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        places = places_of(memory, pid, right)
        require(places, "there is nothing to spoil: does another version of Hyperscan have another form?")

        def put(text):
            for place in places:
                memory.seek(place)
                memory.write(text)

        put(wrong)
        try:
            yield
        finally:
            put(right)


def sample(bench, name):
    """Of the one worker."""
    return next(value for (found, _), value in bench.wire.samples().items() if found == name)


def follow(bench, cause, reason):
    """Within the context `cause` the tap is to say within the limit that it does not inspect, for that reason, and
    behind it, that it does; with both in events."""
    bench.wire.wait_for_state("INSPECTING", SAID_LIMIT_S)
    with bench.events():
        pass  # what was said before stands in the file by now
    with bench.events() as events:
        with cause:
            begin = time.monotonic()
            why = bench.wire.wait_for_state("UNINSPECTED", SAID_LIMIT_S)["reason"]
            took = time.monotonic() - begin
            time.sleep(LASTS_S)
        begin = time.monotonic()
        bench.wire.wait_for_state("INSPECTING", SAID_LIMIT_S)
        back = time.monotonic() - begin
    require(reason in why, f"{reason!r} was to be the reason, it is {why!r}")
    states = [event["state"] for event in events if event["event_type"] == "state"]
    names = [(state.get("before"), state["name"]) for state in states]
    require(names == [("INSPECTING", "UNINSPECTED"), ("UNINSPECTED", "INSPECTING")], f"events: {states}")
    require(states[0]["reason"] == why, f"the event says {states[0]}, the status {why!r}")
    bench.note(f"said after {took:.1f} s, back after {back:.1f} s: {why}")


@contextlib.contextmanager
def without_rules(bench):
    full = settings(bench)
    write(bench, full | {"rules": full["rules"] | {"indicators": [], "signatures": []}})
    reload(bench)
    try:
        yield
    finally:
        write(bench, full)
        reload(bench)


def rules_that_are_emptied_are_said(bench):
    follow(bench, without_rules(bench), "no rules")
    require(not bench.address_of(LISTED), "the listed name gets through although the rules are back")


def finds_the_path(bench):
    with bench.alerts() as alerts:
        bench.get(f"http://neighbour.example{PATH}", WEB4)
    return any(alert["alert"]["signature_id"] == 9_000_006 for alert in alerts)


def a_scan_that_fails_is_said(bench):
    rules = bench.publisher.rules("probe", ["probe.pushed.example"], [signature(9_000_006, PATH)])
    bench.wire.push(bench.publisher.compile("probe", 1, rules))
    require(finds_the_path(bench), "the path is not found while all is well")
    failed = sample(bench, "sluice_probe_failures_total")
    missed = []

    @contextlib.contextmanager
    def cause():
        with spoilt(bench.wire.dataplane.pid, DATABASE, SPOILT):
            yield
            missed.append(not finds_the_path(bench))

    follow(bench, cause(), "worker 0: the known-answer probe failed: patterns of ")
    require(missed == [True], "the path is found although its scan fails: nothing was spoilt")
    require(sample(bench, "sluice_probe_failures_total") > failed, "no failure was counted")
    require(finds_the_path(bench), "the path is not found although the scan is right again")


def a_name_that_is_lost_is_said(bench):
    with spoilt(bench.wire.dataplane.pid, b".probe.sluice.invalid", b".PROBE"):
        why = bench.wire.wait_for_state("UNINSPECTED", SAID_LIMIT_S)["reason"]
    require(why == "worker 0: the known-answer probe failed: the name was not found", why)
    bench.wire.wait_for_state("INSPECTING", SAID_LIMIT_S)


def a_worker_that_is_stopped_is_said(bench):
    follow(bench, standing_still(worker_threads(bench.wire.dataplane.pid)[0]), "worker 0 has stopped moving")
    bench.ping(WEB4)


def probes_are_run_and_counted_and_nobody_else_sees_them(bench):
    def counts():
        found = bench.wire.samples()
        return {name: sum(value for (key, _), value in found.items() if key == f"sluice_{name}_total")
                for name in ("probes", "probe_failures", "findings", "events", "signature_candidates")}

    before = counts()
    time.sleep(2 * PROBE_EVERY_S + 1)
    after = counts()
    ran = after.pop("probes") - before.pop("probes")
    require(2 <= ran <= 3, f"{ran} probes in {2 * PROBE_EVERY_S + 1} s")
    require(after == before, f"{before} became {after} by probes")
    age = time.time() - sample(bench, "sluice_probe_last_success_timestamp_seconds")
    require(age < PROBE_EVERY_S + 1, f"the last one succeeded {age:.1f} s ago")


TESTS = [
    rules_that_are_emptied_are_said,
    a_scan_that_fails_is_said,
    a_name_that_is_lost_is_said,
    a_worker_that_is_stopped_is_said,
    probes_are_run_and_counted_and_nobody_else_sees_them,
]
