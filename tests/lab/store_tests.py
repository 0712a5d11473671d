"""What the control plane keeps of findings: over restarts, kills and full disks."""

import contextlib
import errno
import json
import os
import random
import sqlite3
import sys
import time
from pathlib import Path

import tap
from bench import LISTED, require
from lab import OUTSIDE4

WRITTEN_LIMIT_S = 5.0
RETRY_LIMIT_S = 20.0
KILLS, FULL_KILLS = 4, 200
HERE = Path(__file__).resolve().parent
DISK = "2m"  # of the control plane's own, which a test fills


def sluice(bench, command, *arguments):
    """`sluice findings COMMAND`; returns CompletedProcess."""
    return bench.lab.run("tap", [tap.program("sluice"), "findings", command, "--config", bench.wire.config, *arguments])


def stored(bench, *arguments):
    done = sluice(bench, "list", "--json", *arguments)
    require(done.returncode == 0, f"sluice findings list: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)["findings"]


def listed(bench):
    """The findings about the listed name, by device."""
    return {finding["device"]["address"]: finding for finding in stored(bench) if finding["destination"] == LISTED}


def asks(bench):
    """Looks the listed name up; returns the alerts."""
    with bench.alerts() as alerts:
        bench.address_of(LISTED)
    return alerts


def findings_and_what_people_made_of_them_outlive_a_kill(bench):
    alerts = asks(bench)
    require(alerts, "a look-up of the listed name is no finding")
    device = alerts[0]["src_ip"]
    first = listed(bench)[device]
    require(first["rule_id"] == alerts[0]["alert"]["metadata"]["rule_id"][0], f"another rule: {first}")
    # An event leads to its finding.
    done = sluice(bench, "set", alerts[0]["sluice"]["finding_id"], "--state", "confirmed", "--owner",
                             "a team", "--note", "seen in the lab", "--json")
    require(done.returncode == 0, f"sluice findings set: {done.stderr}")
    changed = json.loads(done.stdout)
    require(changed["number"] == first["number"] and changed["notes"][0]["text"] == "seen in the lab", changed)
    bench.wire.kill_control()
    bench.wire.start_control()
    again = asks(bench)
    after = listed(bench)[device]
    require(after["number"] == first["number"] and after["state"] == "confirmed" and after["owner"] == "a team",
            f"before {first}, then {after}")
    require(after["count"] == first["count"] + len(again), f"before {first}, then {len(again)} alerts and {after}")
    require(len(stored(bench, "--state", "confirmed")) == 1, "the list of confirmed findings is another")
    shown = sluice(bench, "show", str(first["number"]))
    require(shown.returncode == 0 and "seen in the lab" in shown.stdout, f"{shown.stdout}{shown.stderr}")
    none = sluice(bench, "show", "999999")
    require(none.returncode == 1 and "no such finding" in none.stderr, f"{none.stdout}{none.stderr}")


def a_disk_that_is_full_is_said_and_costs_no_finding(bench):
    state = bench.wire.config.with_name("control-state")
    bench.wire.kill_control()
    bench.wire.start_control(["unshare", "--mount", "sh", "-c",
                              f'mount -t tmpfs -o size={DISK} none {state} && exec "$@"', "sh"])
    try:
        asks(bench)
        before = listed(bench)
        folder = Path(f"/proc/{bench.wire.control.pid}/root/{state}")
        try:
            with open(folder / "filler", "wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(1024))
        except OSError as error:
            require(error.errno == errno.ENOSPC, error)
        asks(bench)
        bench.wait_for(WRITTEN_LIMIT_S, "failing",
                       lambda: bench.wire.samples().get(("sluice_store_failing", ())) == 1)
        status = bench.wire.status()["store"]
        require(status["failing"] and "full" in status["reason"] and status["unwritten"] >= 1, status)
        bench.ping(OUTSIDE4, count=3)
        os.unlink(folder / "filler")
        bench.wait_for(RETRY_LIMIT_S, "well again", lambda: not bench.wire.status()["store"]["failing"])
        bench.wait_for(WRITTEN_LIMIT_S, "written", lambda: bench.wire.status()["store"]["unwritten"] == 0)
        after = listed(bench)
        require(all(after[device]["count"] > before[device]["count"] for device in before), f"{before}, then {after}")
    finally:
        bench.wire.kill_control()
        bench.wire.start_control()


def written(bench):
    """{number of the finding: its count}, as the control plane answers: what it says so is on disk."""
    return {finding["number"]: finding["count"] for finding in stored(bench, "--limit", "1000")}


def on_disk(bench):
    """The same, as SQLite reads the file, of a program that was killed; fails where the file is not whole."""
    with contextlib.closing(sqlite3.connect(bench.wire.config.with_name("control-state") / "store.db")) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        require(whole == "ok", f"the store is damaged: {whole}")
        return dict(database.execute("SELECT number, count FROM finding"))


def is_whole_after_kills(bench, kills):
    """Kills the control plane at moments drawn, while findings come in; returns what to say of it."""
    draw, known, before = random.Random(kills), {}, 0
    asker = bench.lab.start("inside", [sys.executable, HERE / "asker.py", OUTSIDE4, LISTED])
    try:
        for _ in range(kills):
            time.sleep(draw.uniform(0.05, 0.5))
            if draw.random() < 0.7:
                known = written(bench)
            time.sleep(draw.uniform(0.0, 1.2))
            bench.wire.kill_control()
            found = on_disk(bench)
            lost = {number: (count, found.get(number)) for number, count in known.items()
                    if found.get(number, 0) < count}
            require(not lost, f"what was written is lost: {lost}")
            require(sum(found.values()) >= before, f"{before} alerts stood there, then {sum(found.values())}")
            before = sum(found.values())
            bench.wire.start_control()
        require(before > 0, "nothing was ever found")
        require(not bench.wire.status()["store"]["failing"], bench.wire.status()["store"])
    finally:
        tap.stop(asker)
    return f"{kills} kills, {len(found)} findings of {before:,} alerts"


def a_kill_at_any_moment_takes_nothing_that_was_written(bench):
    bench.note(is_whole_after_kills(bench, FULL_KILLS if bench.full else KILLS))


TESTS = [findings_and_what_people_made_of_them_outlive_a_kill, a_kill_at_any_moment_takes_nothing_that_was_written,
         a_disk_that_is_full_is_said_and_costs_no_finding]
