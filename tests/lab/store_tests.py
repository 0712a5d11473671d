"""What the control plane keeps of findings: over restarts, kills and full disks."""

import errno
import json
import os
import time
from pathlib import Path

import tap
from bench import LISTED, require
from lab import OUTSIDE4

WRITTEN_LIMIT_S = 5.0
RETRY_LIMIT_S = 20.0
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


def wait_for(bench, limit_s, what, holds):
    deadline = time.monotonic() + limit_s
    while not holds():
        require(time.monotonic() < deadline, f"not {what} after {limit_s} s:\n{bench.wire.log()}")
        time.sleep(0.05)


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
        wait_for(bench, WRITTEN_LIMIT_S, "failing",
                 lambda: bench.wire.samples().get(("sluice_store_failing", ())) == 1)
        status = bench.wire.status()["store"]
        require(status["failing"] and "full" in status["reason"] and status["unwritten"] >= 1, status)
        bench.ping(OUTSIDE4, count=3)
        os.unlink(folder / "filler")
        wait_for(bench, RETRY_LIMIT_S, "well again", lambda: not bench.wire.status()["store"]["failing"])
        wait_for(bench, WRITTEN_LIMIT_S, "written", lambda: bench.wire.status()["store"]["unwritten"] == 0)
        after = listed(bench)
        require(all(after[device]["count"] > before[device]["count"] for device in before), f"{before}, then {after}")
    finally:
        bench.wire.kill_control()
        bench.wire.start_control()


TESTS = [findings_and_what_people_made_of_them_outlive_a_kill, a_disk_that_is_full_is_said_and_costs_no_finding]
