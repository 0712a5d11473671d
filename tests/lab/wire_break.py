"""The ways in which a data plane fails beside sluice-guard, and what they cost the traffic that flows meanwhile."""

import contextlib
import json
import os
import shutil
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
from load import DOWNLOAD_RATE, Downloads
from trap import standing_still, worker_threads

PORT = 7777
BROKEN_S = 0.7  # so long it is left dead or hung: the gaps of before and after lie apart
SETTLED_S = 0.7
RETURN_LIMIT_S = 10.0
# In the field a worker has a CPU of its own. Here it has two with everybody else, and would seem to hang.
UNDER = ("nice", "-n", "-15")


class MemoryGroup:
    """A control group with a limit of memory (cgroups(7), both versions), as a context."""

    TAKES = "import sys, time; taken = [bytearray(b'x' * (1 << 20)) for _ in range(int(sys.argv[1]))]; time.sleep(60)"
    ROOM = 64 << 20

    def __init__(self):
        root = Path("/sys/fs/cgroup")
        first = not (root / "cgroup.controllers").exists()
        self._group = (root / "memory" if first else root) / f"sluice-lab-{os.getpid()}"
        self._limit, self._usage = (("memory.limit_in_bytes", "memory.usage_in_bytes") if first else
                                    ("memory.max", "memory.current"))
        self._enter = ("sh", "-c", f'echo $$ > {self._group}/cgroup.procs; exec "$@"', "sh")
        self._hog = None

    def __enter__(self):
        self._group.mkdir()
        require((self._group / self._limit).exists(), "this machine limits no memory: cgroups(7)")
        return self

    def take(self, process):
        """It is the first that the kernel ends where the group's memory is used up (proc_pid_oom_score_adj(5))."""
        (self._group / "cgroup.procs").write_text(str(process.pid), encoding="ascii")
        Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000", encoding="ascii")

    def exhaust(self, process):
        """Returns when the process has been killed for it: the moment (monotonic) at which memory began to fill."""
        room = int((self._group / self._usage).read_text(encoding="ascii")) + self.ROOM
        (self._group / self._limit).write_text(str(room), encoding="ascii")
        began = time.monotonic()
        self._hog = subprocess.Popen([*self._enter, sys.executable, "-c", self.TAKES, str(2 * self.ROOM >> 20)])
        try:
            process.wait(RETURN_LIMIT_S)
        except subprocess.TimeoutExpired:
            require(False, "nobody was killed for want of memory")
        return began

    def __exit__(self, *_):
        if self._hog:
            self._hog.kill()
            self._hog.wait()
        deadline = time.monotonic() + RETURN_LIMIT_S
        while True:
            try:
                return self._group.rmdir()
            except OSError:  # the last one in it has not gone yet
                require(time.monotonic() < deadline, f"{self._group} cannot be removed")
                time.sleep(0.02)


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


def control_killed(wire):
    wire.kill_control()
    time.sleep(BROKEN_S)
    yield
    wire.start_control()


def upgraded(wire):
    """As a package does: another program under another name takes the place of the one that ran."""
    other = wire.lab.directory / "sluice-dataplane-of-another-version"
    if not other.exists():
        shutil.copy2(tap.program("sluice-dataplane"), other)
    os.utime(other)
    tap.stop(wire.dataplane)
    yield
    wire.start_dataplane(UNDER, other)


def out_of_memory(wire):
    """The kernel's own choice of whom to end: the data plane shares a group's memory with somebody who takes all of it."""
    with MemoryGroup() as group:
        group.take(wire.dataplane)
        began = group.exhaust(wire.dataplane)
        time.sleep(BROKEN_S)
        yield began
        wire.start_dataplane(UNDER)


def a_damaged_pack(pack):
    """Pushed, and refused: nothing changes."""
    def pushed(wire):
        done = wire.sluice("push", pack)
        require(done.returncode != 0 and "signature" in done.stderr, f"it was not refused: {done.stdout}{done.stderr}")
        time.sleep(BROKEN_S)
        yield
    return pushed


BREAKS = {"kill -9": killed, "SIGSTOP": stopped, "a worker stands still": worker_stopped, "a restart": restarted}
# What takes long, or a machine of one's own.
MORE_BREAKS = {"the control plane's death": control_killed, "an upgrade": upgraded, "out of memory": out_of_memory}


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
        begin = next(failing) or begin
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


def costs_of(wire, fail, runs, rate=DOWNLOAD_RATE):
    """The same of some runs, while files are downloaded, whose connections must survive; and their Mbit/s."""
    receive_on_one_cpu(wire.lab)
    with Downloads(wire.lab, rate) as downloads:
        costs = [cost_of(wire, fail) for _ in range(runs)]
        megabits = downloads.megabits()
    require(not downloads.failed, f"TCP did not survive: {downloads.failed}")
    return costs, megabits


def shown(costs, megabits):
    gaps, backs = [cost.gap_ms for cost in costs], [cost.back_ms for cost in costs]
    return (f"gap {statistics.median(gaps):.1f} ms, worst {max(gaps):.1f}; coming back {statistics.median(backs):.1f}, "
            f"worst {max(backs):.1f}; lost {statistics.median(cost.lost for cost in costs):.0f}, "
            f"twice {sum(cost.twice for cost in costs)}, reordered {sum(cost.reordered for cost in costs)} "
            f"in {len(costs)} runs beside {megabits:.0f} Mbit/s of TCP")
