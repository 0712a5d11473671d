"""What the threads of a running data plane do: trap.cc under it, strace beside it."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import tap

WORKER = "rte-worker"  # how DPDK names the threads of workers
LIBRARY = tap.BUILD / "tests" / "lab" / "sluice-trap.so"
STRACE_LIMIT_S = 5.0

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000  # waitpid(2): threads, too
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if LIBC.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


@contextlib.contextmanager
def standing_still(thread):
    """One thread of a process stands still, the others go on. (ptrace(2))"""
    ptrace(PTRACE_SEIZE, thread)
    try:
        ptrace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WALL)
        yield
    finally:
        ptrace(PTRACE_DETACH, thread)


class Trap:
    """A data plane under trap.cc, in place of the one that runs; afterwards that one again.

        with Trap(wire) as trap:
            ...
        trap.calls["malloc"].after
    """

    class Counts:
        def __init__(self, before, after, others):
            """By workers before and after `ready`, by all other threads after it."""
            self.before, self.after, self.others = before, after, others

    def __init__(self, wire):
        self._wire, self._report = wire, wire.lab.directory / "trap"
        self.workers, self.calls, self.first = 0, {}, ""

    def __enter__(self):
        if not LIBRARY.exists():
            raise FileNotFoundError(f"{LIBRARY} is not there: build the tree first")
        self._report.unlink(missing_ok=True)
        tap.stop(self._wire.dataplane)
        self._wire.start_dataplane(["env", f"LD_PRELOAD={LIBRARY}", f"SLUICE_TRAP={self._report}"])
        return self

    def __exit__(self, *failure):
        tap.stop(self._wire.dataplane)
        status = self._wire.dataplane.returncode
        self._wire.start_dataplane()
        if failure[0]:
            return
        if status != 0 or not self._report.exists():
            raise RuntimeError(f"the data plane ended with status {status}, and the trap said nothing")
        self._read(self._report.read_text(encoding="utf-8").splitlines())

    def _read(self, lines):
        for number, line in enumerate(lines):
            name, *figures = line.split()
            if name == "workers":
                self.workers = int(figures[0])
            elif name == "first":
                self.first = "\n".join([line, *map(located, lines[number + 1:])])
                return
            else:
                self.calls[name] = self.Counts(*map(int, figures))

    def after(self):
        """{call: how often workers made it after `ready`}"""
        return {name: counts.after for name, counts in self.calls.items() if counts.after}


def located(line):
    """A line of a backtrace with function and source line, where addr2line is there and knows them."""
    match = re.match(r"(\S+)\(\+(0x[0-9a-f]+)\)", line)
    if not match:
        return line
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(["addr2line", "-Cfpe", match[1], match[2]], capture_output=True, text=True, check=True)
        return f"{line} {found.stdout.strip()}"
    return line


def worker_threads(process):
    """The thread ids of the workers of a data plane."""
    return [int(thread) for thread in os.listdir(f"/proc/{process}/task")
            if Path(f"/proc/{process}/task/{thread}/comm").read_text(encoding="ascii").startswith(WORKER)]


@contextlib.contextmanager
def traced(threads, directory):
    """A dictionary that holds, after the context, {system call: how often} these threads made it within it."""
    calls = {}
    counts = directory / "strace"
    strace = subprocess.Popen(["strace", "-c", "-U", "name,calls", "-o", counts,
                               *(argument for thread in threads for argument in ("-p", str(thread)))],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for_tracer(threads, strace)
        yield calls
    finally:
        strace.send_signal(signal.SIGINT)
        _, said = strace.communicate(timeout=STRACE_LIMIT_S)
    rows = [line.split() for line in counts.read_text(encoding="ascii").splitlines()]
    calls.update({row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit() and row[0] != "total"})
    if not calls:
        raise RuntimeError(f"strace saw nothing: {said}")


def wait_for_tracer(threads, strace):
    deadline = time.monotonic() + STRACE_LIMIT_S
    while not all(re.search(r"^TracerPid:\t[1-9]", status_of(thread), re.M) for thread in threads):
        if strace.poll() is not None:
            raise RuntimeError(f"strace ended with {strace.returncode}: {strace.stderr.read()}")
        if time.monotonic() > deadline:
            raise RuntimeError("strace does not attach")
        time.sleep(0.02)


def status_of(thread):
    """proc(5), /proc/PID/status"""
    return Path(f"/proc/{thread}/status").read_text(encoding="ascii")
