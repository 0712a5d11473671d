"""A configuration that changes while traffic flows: what `sluice reload` takes up, and what it refuses as a whole."""

import json
import subprocess

from bench import LISTED, require
from servers import WEB4

INSIDE = "192.168.77.0/24"  # where the lab's device is
MORE = "more.example"


def settings(bench):
    return json.loads(bench.wire.config.read_text(encoding="utf-8"))


def write(bench, changed):
    bench.wire.config.write_text(json.dumps(changed, indent=2), encoding="utf-8")


def reload(bench, *options, status=0):
    """What it says; fails where it ends otherwise."""
    done = bench.wire.sluice("reload", *options)
    require(done.returncode == status, f"ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def gets_through(bench, name=LISTED):
    return bench.get(f"http://{name}/", WEB4, limit_s=2) is not None


def a_policy_is_taken_up_while_pings_cross(bench):
    bench.wire.configure(policy={})
    require(not gets_through(bench), "the listed name is not blocked")
    started = settings(bench)
    write(bench, started | {"policy": {"lines": [{"name": "let-be", "devices": [INSIDE], "action": "observe"}]}})
    planned = reload(bench, "--dry-run")
    require("policy.lines[let-be]: nothing -> " in planned and "Nothing was changed" in planned, planned)
    require(not gets_through(bench), "a dry run has let the listed name through")
    generation = bench.wire.status()["generation"]
    with bench.lab.start("inside", ["ping", "-n", "-q", "-c", 100, "-i", "0.01", WEB4], subprocess.PIPE) as pings:
        said = reload(bench)
        lost = pings.communicate(timeout=20)[0].decode()
    require(f"generation {generation + 1}" in said and " 0% packet loss" in lost, said + lost)
    require(gets_through(bench), "the line of the policy is not in use")
    require("Nothing has changed" in reload(bench), "a second reload says that something changed")


def the_mode_goes_to_and_fro(bench):
    write(bench, settings(bench) | {"policy": {}, "mode": "monitor"})
    require('mode: "enforce" -> "monitor"' in reload(bench) and gets_through(bench), "monitor blocks")
    require(bench.wire.status()["mode"] == "monitor", "the status does not say so")
    write(bench, settings(bench) | {"mode": "enforce"})
    reload(bench)
    require(not gets_through(bench), "enforce lets the listed name through")


def a_list_is_read_again(bench):
    path = bench.lab.directory / "more.csv"
    path.write_text("indicator,kind,confidence\nx.invalid,domain,defined\n", encoding="utf-8")
    changed = settings(bench)
    changed["rules"]["indicators"].append(str(path))
    write(bench, changed)
    reload(bench)
    require(gets_through(bench, MORE), f"{MORE} is blocked by a list that has another name")
    path.write_text(f"indicator,kind,confidence\n{MORE},domain,defined\nx.invalid,domain,defined\n", encoding="utf-8")
    said = reload(bench)
    require("list more (contents): 1 row -> 2 rows" in said and not gets_through(bench, MORE), said)


def errors_and_what_takes_a_restart_change_nothing(bench):
    good = settings(bench)
    generation = bench.wire.status()["generation"]
    write(bench, good | {"mode": "monitor", "workers": 2})
    said = reload(bench, "--dry-run", status=1)
    require("workers: 1 -> 2 (takes a restart)" in said, said)
    said = reload(bench, status=1)
    require("workers: 1 -> 2 (takes a restart)" in said and "nothing was changed" in said, said)
    write(bench, good | {"policy": {"lines": [{"name": "one", "action": "burn"}, {"name": "one"}]}})
    said = bench.lab.check("tap", ["curl", "--silent", "--unix-socket", bench.wire.config.with_name("control.sock"),
                                   "--data", "", "http://sluice/v1/reload"])
    require(f"{bench.wire.config.name}:" in said and "burn" in said and "a second line" in said, said)
    write(bench, good)
    require(bench.wire.status()["generation"] == generation and not gets_through(bench), "something was changed")
    require("Nothing has changed" in reload(bench), "what was refused is in use")


# Each goes on where the one before it ended.
TESTS = [
    a_policy_is_taken_up_while_pings_cross,
    the_mode_goes_to_and_fro,
    a_list_is_read_again,
    errors_and_what_takes_a_restart_change_nothing,
]
