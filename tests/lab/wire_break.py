"""The ways in which a data plane fails beside sluice-guard, and what they cost the traffic that flows meanwhile."""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import echo
import tap
from bench import require
from lab import OUTSIDE4
from load import Downloads
from trap import standing_still, worker_threads

PORT = 7777
BROKEN_S = 0.7  # so long it is left dead or hung: the gaps of before and after lie apart
SETTLED_S = 0.7
RETURN_LIMIT_S = 10.0
# In the field a worker has a CPU of its own. Here it has two with everybody else, and would seem to hang.
UNDER = ("nice", "-n", "-15")


@contextlib.contextmanager
def echoes(lab):
    """A Report of the datagrams that went to and fro within the context; whole after it."""
    def start(role, *words):
        process = subprocess.Popen(
            lab.command(role, [sys.executable, Path(echo.__file__), *words]), stdout=subprocess.PIPE, text=True,
            env=lab.environment)
        require(process.stdout.readline() == "ready\n", f"echo.py {words} does not start")
        return process

    report = echo.Report()
    answering = start("outside", "answer", OUTSIDE4, str(PORT))
    asking = start("inside", "ask", OUTSIDE4, str(PORT))
    try:
        yield report
        asking.terminate()
        said, _ = asking.communicate(timeout=60)
        report.__dict__.update(json.loads(said))
    finally:
        for process in (asking, answering):
            process.kill()
            process.wait()


# Each lets the data plane fail and come back, and yields the moments of both.

def killed(wire):
    wire.kill_dataplane()
    time.sleep(BROKEN_S)
    yield
    wire.start_dataplane(UNDER)


def stopped(wire):
    os.kill(wire.dataplane.pid, signal.SIGSTOP)
    time.sleep(BROKEN_S)
    yield
    os.kill(wire.dataplane.pid, signal.SIGCONT)


def worker_stopped(wire):
    with standing_still(worker_threads(wire.dataplane.pid)[0]):  # as if it span
        time.sleep(BROKEN_S)
        yield


def restarted(wire):
    tap.stop(wire.dataplane)
    yield
    wire.start_dataplane(UNDER)


BREAKS = {"kill -9": killed, "SIGSTOP": stopped, "a worker stands still": worker_stopped, "a restart": restarted}


@dataclass
class Cost:
    gap_ms: float  # when it failed
    back_ms: float  # when it came back
    lost: int
    twice: int
    reordered: int


def wait_until_back(wire):
    deadline = time.monotonic() + RETURN_LIMIT_S
    while (said := wire.guard_log()).rfind("holds the wire") > said.rfind("stands by"):
        require(time.monotonic() < deadline, f"the wire does not go back: {said}")
        time.sleep(0.02)


def cost_of(wire, fail):
    """What one failure costs; the wire is the data plane's before and after."""
    with echoes(wire.lab) as report:
        time.sleep(SETTLED_S)
        failing = fail(wire)
        begin = time.monotonic()
        next(failing)
        back = time.monotonic()
        next(failing, None)
        wait_until_back(wire)
        time.sleep(SETTLED_S)
        end = time.monotonic()
    return Cost(report.longest(begin, back), report.longest(back, end), report.lost(), report.twice, report.reordered)


def receive_on_one_cpu(lab):
    """Else the hosts themselves have datagrams overtake each other: a virtual interface hands each to the queue of the
    CPU that sent it (Linux, Documentation/networking/scaling.rst, "RPS")."""
    mask = f"{1 << min(os.sched_getaffinity(0)):x}"
    for role, interface in (("inside", "inside0"), ("outside", "outside0")):
        subprocess.run(["ip", "netns", "exec", lab.netns(role), "sh", "-ec",
                        f"for queue in /sys/class/net/{interface}/queues/rx-*; do echo {mask} > $queue/rps_cpus; done"],
                       check=True, capture_output=True)


def costs_of(wire, fail, runs):
    """The same of some runs, while files are downloaded: whose connections must survive."""
    receive_on_one_cpu(wire.lab)
    with Downloads(wire.lab) as downloads:
        costs = [cost_of(wire, fail) for _ in range(runs)]
    require(not downloads.failed, f"TCP did not survive: {downloads.failed}")
    return costs


def shown(costs):
    gaps, backs = [cost.gap_ms for cost in costs], [cost.back_ms for cost in costs]
    return (f"gap {statistics.median(gaps):.1f} ms, worst {max(gaps):.1f}; coming back {statistics.median(backs):.1f}, "
            f"worst {max(backs):.1f}; lost {statistics.median(cost.lost for cost in costs):.0f}, "
            f"twice {sum(cost.twice for cost in costs)}, reordered {sum(cost.reordered for cost in costs)} "
            f"in {len(costs)} runs")
