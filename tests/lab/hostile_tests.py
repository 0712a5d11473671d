"""Memory that the two planes share and one of them fills with garbage: the other one goes on, and so does traffic."""

import contextlib
import json
import os
import time
from pathlib import Path

import vandal
from bench import LISTED, require
from load import Crossing, Downloads, Queries

SEED = 20260
VANDALISM_S = 3.0
ANSWER_LIMIT_S = 5.0  # of `sluice status`, on a busy machine
BACK_LIMIT_S = 10.0
# Seconds of CPU that the control plane may use in a second of that: a loop without an end uses all of one.
BUSY_LIMIT = 0.8
BETWEEN_S = 0.5


def cpu_seconds(process):
    """proc(5): utime and stime."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def statuses(bench, seconds):
    """What `sluice status` said again and again for that time; each answer must come, and be one."""
    deadline, said = time.monotonic() + seconds, []
    while time.monotonic() < deadline:
        begun = time.monotonic()
        done = bench.wire.sluice("status", "--json")
        took = time.monotonic() - begun
        require(took < ANSWER_LIMIT_S, f"sluice status took {took:.1f} s")
        try:
            said.append(json.loads(done.stdout))
        except ValueError:
            require(False, f"sluice status ended with {done.returncode}: {done.stdout}{done.stderr}")
        bench.wire.must_live()
        time.sleep(BETWEEN_S)
    return said


@contextlib.contextmanager
def crossing_traffic(bench):
    """Traffic that makes a finding a millisecond, of which every frame has to cross. (Whether each question was answered
    is up to a server that has to share the CPUs.)"""
    with Crossing(bench.lab) as crossing, Downloads(bench.lab) as downloads, Queries(bench.lab, LISTED) as queries:
        yield queries
    lost = crossing.lost_outwards, crossing.lost_inwards
    require(not downloads.failed and lost == (0, 0), f"frames lost, to the outside and back: {lost}; {downloads.failed}")


@contextlib.contextmanager
def vandalism(bench, pick):
    """Garbage where `pick` says, while traffic flows. Gives what was said, and fails where traffic was lost, a plane died or
    the control plane was busy with nothing."""
    said = []
    path = bench.lab.directory / "tap" / "dataplane"
    with crossing_traffic(bench) as queries:
        used, begun = cpu_seconds(bench.wire.control), time.monotonic()
        with vandal.Vandal(bench.lab, path, pick, SEED) as writer:
            said += statuses(bench, VANDALISM_S)
        busy = (cpu_seconds(bench.wire.control) - used) / (time.monotonic() - begun)
        yield said
    require(writer.written > 1000, f"{writer.written} words of garbage prove nothing")
    require(busy < BUSY_LIMIT, f"the control plane was busy {busy:.0%} of the time")
    bench.note(f"{writer.written} words, {queries.sent} questions, control busy {busy:.0%}")


def findings_come_again(bench):
    """A name of its own, so that it is no finding of before."""
    name = f"again-{time.time_ns()}.{LISTED}"
    deadline = time.monotonic() + BACK_LIMIT_S
    while True:
        with bench.alerts() as alerts:
            bench.address_of(name)
        if any(alert["sluice"]["matched"]["value"] == name for alert in alerts):
            return
        require(time.monotonic() < deadline, f"no finding on {name} within {BACK_LIMIT_S} s: {bench.wire.status()}")


def counted(said, *names):
    return sum(said["control"][name] for name in names)


def garbage_from_the_control_plane_stops_no_traffic(bench):
    memory = bench.lab.directory / "tap" / "dataplane"
    constant = memory.read_bytes()[:32]
    with vandalism(bench, vandal.consumer):
        pass
    require(memory.read_bytes()[:32] == constant, "the header has changed")
    findings_come_again(bench)


def garbage_from_the_data_plane_stops_no_control_plane(bench):
    before = bench.wire.status()
    with vandalism(bench, vandal.pages_and_rings):
        pass
    after = bench.wire.status()
    given_up = [counted(said, "rings_damaged", "events_malformed") for said in (before, after)]
    require(given_up[1] > given_up[0], f"nothing was counted as damaged: {after['control']}")
    findings_come_again(bench)


def a_header_of_garbage_is_left_and_a_good_one_is_found_again(bench):
    memory = bench.lab.directory / "tap" / "dataplane"
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)  # the header says it; events lost before are no more said
    good = memory.read_bytes()[vandal.HEADER]
    with vandalism(bench, vandal.header) as said:
        pass
    absent = {one["reason"] for one in said if one["state"] == "ABSENT"}
    require(absent and all(absent), f"the control plane took garbage for a data plane: {said}")
    with open(memory, "r+b") as file:
        file.write(good)
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    findings_come_again(bench)


def memory_that_is_cut_short_ends_nobody(bench):
    path = bench.lab.directory / "tap" / "dataplane"
    with crossing_traffic(bench) as queries, vandal.Cutter(bench.lab, path, SEED) as cutter:
        statuses(bench, VANDALISM_S)
    require(cutter.cuts > 10, f"{cutter.cuts} cuts prove nothing")
    bench.note(f"{cutter.cuts} cuts, {queries.sent} questions")
    # What it said of itself is gone: a data plane that starts says it again.
    bench.wire.kill_dataplane()
    bench.wire.start_dataplane()
    bench.wire.wait_for_state("INSPECTING", BACK_LIMIT_S)
    findings_come_again(bench)


TESTS = [garbage_from_the_control_plane_stops_no_traffic, garbage_from_the_data_plane_stops_no_control_plane,
         a_header_of_garbage_is_left_and_a_good_one_is_found_again, memory_that_is_cut_short_ends_nobody]
