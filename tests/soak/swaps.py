"""A large pack swapped again and again under traffic: what it costs to make, to bring into use and to hold, and that it
costs no packet."""

import os
import re
import threading
import time
from pathlib import Path

import large_pack
import tap
from bench import require
from load import Crossing, Downloads, Queries

SAMPLE_S = 0.01
SETTLED_S, SETTLE_LIMIT_S = 1.0, 15.0
LOOK_EVERY = 20  # swaps from one look at settled memory to the next: the look takes a second and more
WARM_SWAPS = 4  # after these two generations have lived, and memory has found its size
ACTIVATION_LIMIT_MS = 100.0
SHORT_ACTIVATION_LIMIT_MS = 1000.0  # beside all else that a run of all tests does
DRIFT_LIMIT = 0.01
SMALL_DRIFT_KIB = 6 << 10  # of a small pack a hundredth is less than what the loader's heap varies by
COMPILE_LIMIT_S, COMPILE_LIMIT_KIB = 60.0, 4 << 20
PACK_LIMIT_BYTES = 100_000_000
PUSH_LIMIT_S = 300.0
TIMINGS = re.compile(r"verify ([\d.]+) ms, compile ([\d.]+) ms, build ([\d.]+) ms, publish ([\d.]+) ms")


def resident_kib(process):
    """Memory of the process that is in use, packs as memory files too: proc(5)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)[1])


class Peak:
    """The most memory that a process had while the context lasted."""

    def __init__(self, process):
        self._process, self._over = process, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.kib = 0

    def _watch(self):
        while not self._over.is_set():
            self.kib = max(self.kib, resident_kib(self._process))
            time.sleep(SAMPLE_S)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def settled_kib(process):
    """The same once it does not fall any more: what an old generation held goes back in the background."""
    last, since, deadline = resident_kib(process), time.monotonic(), time.monotonic() + SETTLE_LIMIT_S
    while time.monotonic() < min(deadline, since + SETTLED_S):
        time.sleep(0.1)
        if (now := resident_kib(process)) < last:
            last, since = now, time.monotonic()
    return last


def compiled(bench, sequence, sources):
    """-> (path of a signed pack, seconds, KiB) that making it took."""
    path = bench.lab.directory / f"large-{sequence}.slpk"
    begin = time.monotonic()
    process = bench.lab.start("tap", [tap.program("sluice"), "rules", "compile", "--name", "large", "--sequence", sequence,
                                      "--created", "2026-01-01", "--secret-key", bench.publisher.secret_key,
                                      "--output", path, *sources])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    require(process.returncode == 0, f"sluice rules compile ended with {process.returncode}")
    return path, time.monotonic() - begin, usage.ru_maxrss


def push(bench, path):
    """Pushes a pack, which may be older than the live one; returns [verify, compile, build, publish] in ms."""
    done = bench.lab.run("tap", [tap.program("sluice"), "push", "--config", bench.wire.config, "--allow-rollback", path],
                         timeout=PUSH_LIMIT_S)
    require(done.returncode == 0, f"sluice push ended with {done.returncode}: {done.stdout}{done.stderr}")
    return [float(text) for text in TIMINGS.search(done.stdout).groups()]


def median(values):
    return sorted(values)[len(values) // 2]


def swap_under_traffic(bench, scale, count, say=lambda line: None):
    """Makes packs of `scale` times the large one and swaps them `count` times; returns the figures as text. Fails for a
    packet that is lost, for memory that grows, and, of a whole pack, for every goal that is missed."""
    bench.lab.directory.chmod(0o755)
    directory = bench.lab.directory / "large"
    directory.mkdir(exist_ok=True)
    sources = large_pack.write(directory, scale)
    first, compile_s, compile_kib = compiled(bench, 2, sources)
    packs = [first, compiled(bench, 3, sources)[0]]
    size = first.stat().st_size
    say(f"compiled in {compile_s:.1f} s and {compile_kib >> 10} MiB, {size / 1e6:.1f} MB")
    for number in range(WARM_SWAPS):
        push(bench, packs[number % 2])
    steady = settled_kib(bench.wire.dataplane)
    timings, rests = [], []
    with Crossing(bench.lab) as crossing, Queries(bench.lab) as queries, Downloads(bench.lab) as downloads, \
            Peak(bench.wire.dataplane) as peak:
        for number in range(count):
            timings.append(push(bench, packs[number % 2]))
            if (count - 1 - number) % LOOK_EVERY != 0 and number < count - 3:
                continue
            rests.append(settled_kib(bench.wire.dataplane))
            say(f"swap {number + 1} of {count}: verify, compile, build, publish {timings[-1]} ms, {rests[-1] >> 10} MiB")
    lost = {"questions without an answer": queries.missing(), "downloads": downloads.failed,
            "frames to the outside": crossing.lost_outwards, "frames to the inside": crossing.lost_inwards}
    require(not any(lost.values()), f"lost in {count} swaps: {lost}")
    drift, beyond = median(rests[-3:]) - steady, (peak.kib - steady) * 1024
    publish = max(timing[3] for timing in timings)
    figures = (f"{count} swaps of {size / 1e6:.1f} MB, compiled in {compile_s:.1f} s and {compile_kib >> 10} MiB; verify "
               f"{median([t[0] for t in timings]):.0f}, build {median([t[2] for t in timings]):.0f}, activation "
               f"{median([t[3] for t in timings]):.1f} ms (at most {publish:.1f}); steady {steady >> 10} MiB, peak "
               f"{peak.kib >> 10} MiB, {beyond / size:.1f} times the pack more; drift {drift:+} KiB; {queries.sent} "
               "questions and all frames arrived")
    require(drift <= max(steady * DRIFT_LIMIT, SMALL_DRIFT_KIB if scale < 1 else 0), f"memory grows: {figures}")
    require(publish <= (ACTIVATION_LIMIT_MS if scale >= 1 else SHORT_ACTIVATION_LIMIT_MS),
            f"activation takes too long: {figures}")
    if scale >= 1:
        require(compile_s <= COMPILE_LIMIT_S and compile_kib <= COMPILE_LIMIT_KIB and size <= PACK_LIMIT_BYTES, figures)
    return figures
