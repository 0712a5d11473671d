"""What traffic sees of a data plane that dies, hangs or starts anew beside sluice-guard: as good as nothing."""

import contextlib
import mmap
import os
import signal
import statistics

import monitor_tests
import tap
import wire_break
from bench import require
from lab import OUTSIDE4
from privilege_tests import changed, settings

RUNS, FULL_RUNS = 2, 5
# The goals are held to with --full, and reported by `./dev soak guard`. How busy a machine is decides on the rest, so an
# ordinary run asks only for what nothing but the guard can give: that it is not for long.
GOAL_MS, WORST_MS = 100.0, 400.0
NOT_FOR_LONG_MS = 1500.0
XDP_DEATH_MS = 10.0
BURST = 32  # what a worker had handed to its driver when it was stopped comes late
MEMORY_KIB = 5 * 1024
EPOCH = slice(64, 72)  # in the page of dataplane/exchange/guard_page.hh
INTERFACES = ("tap-in", "tap-out")


@contextlib.contextmanager
def guarded(wire):
    """A guard, started before the data plane and ended after it, as they should be."""
    tap.stop(wire.dataplane)
    wire.start_guard()
    try:
        wire.start_dataplane(wire_break.UNDER)
        wire_break.wait_until_back(wire)
        yield
    finally:
        tap.stop(wire.dataplane)
        tap.stop(wire.guard)
        wire.start_dataplane()


def filters(lab):
    return "".join(lab.check("tap", ["tc", *words.split(), "dev", interface, *rest.split()])
                   for interface in INTERFACES for words, rest in (("qdisc show", ""), ("filter show", "ingress")))


def survives(what, fail):
    def test(bench):
        with guarded(bench.wire):
            costs, megabits = wire_break.costs_of(bench.wire, fail, FULL_RUNS if bench.full else RUNS)
        said = wire_break.shown(costs, megabits)
        for gaps in ([cost.gap_ms for cost in costs], [cost.back_ms for cost in costs]):
            require(max(gaps) <= (WORST_MS if bench.full else NOT_FOR_LONG_MS), said)
            require(statistics.median(gaps) <= GOAL_MS or not bench.full, said)
        require(not sum(cost.twice for cost in costs), f"datagrams came twice: {said}")
        if bench.driver == "af_xdp" and bench.full:
            require(max(cost.reordered for cost in costs) <= BURST, f"datagrams came late: {said}")
            if what == "kill -9":
                require(statistics.median(cost.gap_ms for cost in costs) <= XDP_DEATH_MS, said)
        bench.note(said)
    return f"traffic survives {what}", test


def without_a_data_plane_the_wire_is_a_wire(bench):
    lab, wire = bench.lab, bench.wire
    tap.stop(wire.dataplane)
    before = settings(lab), filters(lab)
    wire.start_guard()
    try:
        bench.ping(OUTSIDE4, count=3)
        for _, crosses in monitor_tests.SINGLE_FRAMES:
            crosses(bench)
        monitor_tests.frames_of_every_length_cross_unchanged(bench)
        monitor_tests.an_idle_tap_emits_nothing(bench)
        tap.stop(wire.guard)
        require(wire.guard.returncode == 0, f"it ended with status {wire.guard.returncode}")
        left = changed(before[0], settings(lab))
        require(not left, f"not as before: {left}")
        require(filters(lab) == before[1], f"left behind: {filters(lab)}")
    finally:
        tap.stop(wire.guard)
        wire.start_dataplane()


def a_killed_guard_leaves_the_wire_as_it_is_and_the_next_one_takes_it_over(bench):
    wire = bench.wire
    with guarded(wire):
        for begin, end in ((lambda: os.kill(wire.dataplane.pid, signal.SIGSTOP),
                            lambda: os.kill(wire.dataplane.pid, signal.SIGCONT)),
                           (wire.kill_dataplane, lambda: wire.start_dataplane(wire_break.UNDER))):
            wire.guard.kill()  # while the data plane has the wire
            wire.guard.wait()
            bench.ping(OUTSIDE4, count=3)
            wire.start_guard()
            bench.ping(OUTSIDE4, count=3)
            begin()
            wire.wait_for_guard("holds the wire")
            wire.guard.kill()  # while it holds it
            wire.guard.wait()
            bench.ping(OUTSIDE4, count=3)
            wire.start_guard()
            bench.ping(OUTSIDE4, count=3)
            end()
            wire.wait_for_guard("stands by")
            bench.ping(OUTSIDE4, count=3)


def a_guard_that_is_killed_while_it_hands_the_wire_back_leaves_the_next_one_to_finish(bench):
    wire = bench.wire
    with guarded(wire):
        os.kill(wire.dataplane.pid, signal.SIGSTOP)
        wire.wait_for_state("BYPASS", 5)
        wire.guard.kill()
        wire.guard.wait()
        with open(wire.config.parent / "guard", "r+b") as file:  # its last word: the epoch is even, have it
            page = mmap.mmap(file.fileno(), mmap.PAGESIZE)
            held = int.from_bytes(page[EPOCH], "little")
            require(held % 2 == 1, f"the epoch of a wire that is held: {held}")
            page[EPOCH] = (held + 1).to_bytes(8, "little")
            page.close()
        wire.start_guard()
        os.kill(wire.dataplane.pid, signal.SIGCONT)
        wire_break.wait_until_back(wire)
        wire.wait_for_state("INSPECTING", 5)
        before = wire.status()["statistics"]["packets"]["received"]
        bench.ping(OUTSIDE4, count=3)
        after = wire.status()["statistics"]["packets"]["received"]
        require(after - before >= 6, f"what crosses does so past the data plane: {before}, then {after}")


def the_guard_is_small_locked_in_memory_real_time_and_without_privileges(bench):
    with guarded(bench.wire):
        process = bench.wire.guard.pid
        with open(f"/proc/{process}/status", encoding="ascii") as status:
            kib = {words[0].rstrip(":"): int(words[1]) for words in map(str.split, status) if words[-1] == "kB"}
        require(kib["VmHWM"] < MEMORY_KIB, f"{kib['VmHWM']} KiB resident")
        require(kib["VmLck"] >= kib["VmRSS"] - 64, f"{kib['VmLck']} KiB locked of {kib['VmRSS']}")
        require(os.sched_getscheduler(process) & ~os.SCHED_RESET_ON_FORK == os.SCHED_FIFO, "it is not real-time")
        require(not privileges_beyond(process), privileges_beyond(process))
        bench.note(f"{kib['VmRSS']} KiB resident, at the peak {kib['VmHWM']}, locked {kib['VmLck']}")


# As dataplane/guard/README.md has it (numbers of capability.h): DAC_READ_SEARCH, NET_ADMIN, IPC_LOCK, SYS_ADMIN.
KEPT = sum(1 << number for number in (2, 12, 14, 21))


def privileges_beyond(process):
    """What it has beyond what its page says, a text; empty where nothing is."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        said = dict(line.split(":", 1) for line in status)
    sets = {name: int(said[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    wrong = [f"{name} {value:x}" for name, value in sets.items() if value & ~(KEPT if name in ("CapPrm", "CapEff") else 0)]
    wrong += [f"{name} {said[name].strip()}" for name, value in (("NoNewPrivs", "1"), ("Seccomp", "2"))
              if said[name].strip() != value]
    return ", ".join(wrong)


def order(wire, word):
    done = wire.sluice("bypass", word)
    require(done.returncode == 0, f"sluice bypass {word}: {done.stdout}{done.stderr}")
    return done.stdout


def what_goes_past_the_data_plane_is_said(bench):
    wire = bench.wire
    with guarded(wire):
        require(wire.wait_for_state("INSPECTING", 10)["bypass"]["holder"] == "data-plane", "the guard holds the wire")
        os.kill(wire.dataplane.pid, signal.SIGSTOP)
        said = wire.wait_for_state("BYPASS", 2)
        require("hangs" in said["reason"] and said["bypass"]["guard_up"], said)
        samples = wire.samples()
        require(samples["sluice_tap_state", (("state", "bypass"),)] == 1, "no metric says BYPASS")
        require(samples["sluice_guard_up", ()] == 1 and samples["sluice_bypass_takeovers_total", ()] >= 1,
                "the guard's metrics are wrong")
        os.kill(wire.dataplane.pid, signal.SIGCONT)
        wire.wait_for_state("INSPECTING", 10)
        wire.kill_dataplane()
        require("no data plane runs" in wire.wait_for_state("BYPASS", 2)["reason"], wire.status())
        bench.ping(OUTSIDE4, count=3)


def the_operator_orders_a_bypass_and_forbids_it(bench):
    lab, wire = bench.lab, bench.wire
    with guarded(wire):
        wire.wait_for_state("INSPECTING", 10)
        require("past the data plane" in order(wire, "on"), "it does not say what it does")
        said = wire.wait_for_state("BYPASS", 2)
        require("ordered" in said["reason"] and said["bypass"]["order"] == "on", said)
        before = wire.status()["statistics"]["packets"]["received"]
        bench.ping(OUTSIDE4, count=5)
        after = wire.status()["statistics"]["packets"]
        require(bench.driver != "af_xdp" or after["received"] == before, f"the data plane had packets: {after}")
        wire.guard.kill()  # the order outlives it
        wire.guard.wait()
        bench.ping(OUTSIDE4, count=3)
        wire.start_guard()
        wire.wait_for_guard("an order of before: bypass on")
        bench.ping(OUTSIDE4, count=3)
        order(wire, "auto")
        wire.wait_for_state("INSPECTING", 10)
        bench.ping(OUTSIDE4, count=3)

        order(wire, "off")
        bench.ping(OUTSIDE4, count=3)
        wire.kill_dataplane()
        dead = lab.run("inside", ["ping", "-n", "-c", "2", "-i", "0.2", "-W", "1", OUTSIDE4])
        require(dead.returncode != 0, f"something crossed although the bypass is off: {dead.stdout}")
        require(wire.status()["state"] == "ABSENT", wire.status())
        order(wire, "auto")
        wire.wait_for_state("BYPASS", 2)
        bench.ping(OUTSIDE4, count=3)
        require(wire.sluice("bypass", "perhaps").returncode == 2, "an order that is none is taken")
    none = wire.sluice("bypass", "on")
    require(none.returncode == 1 and "sluice-guard" in none.stderr, f"without a guard: {none.stdout}{none.stderr}")


TESTS = [
    *(survives(what, fail) for what, fail in wire_break.BREAKS.items()),
    without_a_data_plane_the_wire_is_a_wire,
    a_killed_guard_leaves_the_wire_as_it_is_and_the_next_one_takes_it_over,
    a_guard_that_is_killed_while_it_hands_the_wire_back_leaves_the_next_one_to_finish,
    the_guard_is_small_locked_in_memory_real_time_and_without_privileges,
    what_goes_past_the_data_plane_is_said,
    the_operator_orders_a_bypass_and_forbids_it,
]
